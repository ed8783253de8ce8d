import { AgentHarness } from '../support/agent-harness';
import { ConnectProxy } from '../support/connect-proxy';
import { withEnvironment } from '../support/environment';
import { settled } from '../support/fake-clock';
import { Gateway } from '../support/gateway';
import { until } from '../support/until';

let h: AgentHarness;
/** ms; so that a handshake without an answer ends before the tests do. */
const SHORT_HANDSHAKE = { handshake: 15_000 };
const warnings = () => h.log.filter((line) => line.startsWith('warn'));
/** Time goes on, and the network keeps up with it. */
async function pass(seconds: number): Promise<void> {
	for (let passed = 0; passed < seconds; passed += 5) await h.settle(5000);
}

afterEach(() => h.stop());

describe('a link that only carries polling', () => {
	it('is known to be broken as soon as a kept connection of it is reset, long before a heartbeat is due', async () => {
		h = await AgentHarness.start({ linked: true, heartbeatInterval: 300 });
		h.club.faults.websocketBlocked();
		const trigger = h.run();
		await h.connected();
		await h.say('so that the next poll takes a kept connection');
		await trigger.started(1);
		await h.unreadBecomes();
		h.link.break('reset');
		await h.connected(2);
		await h.say('after the reset');
		expect(await trigger.started(2)).toHaveLength(2);
	});
});

describe('something in between that accepts websockets and closes them before their first frame', () => {
	it('is noticed at once, and polling gets its chance', async () => {
		h = await AgentHarness.start({ linked: true });
		h.link.editFrames(() => {
			void settled().then(() => {
				h.link.break('end');
			});
			return [];
		});
		await h.say('all the same');
		const trigger = h.run();
		await h.connected();
		expect(await trigger.started(1)).toEqual(['all the same']);
		expect(h.log.filter((line) => line.includes('does not complete'))).toEqual([]);
		expect(h.club.requests.some(({ path }) => path.includes('transport=polling'))).toBe(true);
	});
});

describe('a gateway in front of the server', () => {
	let gateway: Gateway;
	beforeEach(async () => {
		h = await AgentHarness.start({ policy: SHORT_HANDSHAKE, heartbeatInterval: 30 });
		gateway = await Gateway.start(h.club.url, h.clock);
	});
	afterEach(() => gateway.stop());

	const credentials = () => h.credentials({ url: gateway.url });

	it('that strips the upgrade leaves polling, with which everything goes', async () => {
		const trigger = h.run({}, credentials());
		await h.connected();
		await h.sayAll(['one', 'two']);
		await trigger.started(2);
		await h.unreadBecomes();
		const { session } = h.action(credentials());
		await session.send(h.text('an answer'));
		await pass(100);
		expect(h.club.connectionsEver(h.agent.id)).toBe(1);
		expect(warnings()).toEqual([]);
	});

	it('that swallows the upgrade costs one deadline, and polling gets its chance', async () => {
		gateway.swallowUpgrades();
		await h.say('patience');
		const trigger = h.run({}, credentials());
		await h.logged(/no answer at all within 15 s, so something in between may swallow it/);
		expect(await trigger.started(1)).toEqual(['patience']);
		await h.unreadBecomes();
		h.club.faults.kill(h.agent.id);
		await h.connected(2);
		expect(h.log.filter((line) => line.includes('no answer at all'))).toHaveLength(1);
	});

	it('that keeps each answer for a while before it passes it on makes things late, and nothing worse', async () => {
		gateway.holdsAnswers = 2000;
		const trigger = h.run({}, credentials());
		await h.connected();
		const { session } = h.action(credentials());
		const sending = session.send(h.text('an answer'));
		await h.sayAll(['one', 'two', 'three']);
		await expect(sending).resolves.toMatchObject({ messageId: expect.any(String) as string });
		expect(await trigger.started(3)).toEqual(['one', 'two', 'three']);
		await h.unreadBecomes();
		await pass(100);
		expect(h.club.connectionsEver(h.agent.id)).toBe(1);
		expect(warnings()).toEqual([]);
	});

	it('that waits for no answer as long as a quiet poll takes breaks the connection again and again: nothing is lost, late or doubled', async () => {
		gateway.patience = 10_000;
		const trigger = h.run({}, credentials());
		const said: string[] = [];
		for (let round = 1; round <= 4; round += 1) {
			await h.connected(round);
			const texts = [`${round} live`, `${round} behind it`];
			await h.sayAll(texts);
			said.push(...texts);
			await pass(15);
		}
		expect(await trigger.started(8)).toEqual(said);
		await h.unreadBecomes();
		await h.settle(30_000);
		expect(trigger.texts).toEqual(said);
		expect(warnings()[0]).toMatch(
			/HTTP status 504: a gateway in front of Agent Club does not reach it/,
		);
	});

	describe.each<[number, RegExp]>([
		[502, /HTTP status 502: a gateway in front of Agent Club does not reach it/],
		[503, /HTTP status 503: a gateway in front of Agent Club does not reach it/],
		[504, /HTTP status 504: a gateway in front of Agent Club does not reach it/],
		[404, /HTTP status 404: no Agent Club at this address/],
		[403, /HTTP status 403: something in front of Agent Club refuses n8n/],
		[401, /HTTP status 401: something in front of Agent Club refuses n8n/],
		[200, /a web page came instead of an answer of Agent Club: .*does the network ask for a login/],
	])('that answers everything with %i and a page of its own', (status, reason) => {
		const error = {
			code: status > 500 ? 'UNREACHABLE' : 'NOT_AGENT_CLUB',
			retriable: status > 500,
			remedy: expect.stringMatching(/gateway/) as string,
		};

		it('at the start is told once, with what it is, and all is well as soon as it is over', async () => {
			await h.sayAll(['one', 'two']);
			const end = gateway.answerItself(status);
			const trigger = h.run({}, credentials());
			await h.logged(reason);
			await pass(30);
			expect(h.log.filter((line) => !line.startsWith('debug'))).toEqual([
				expect.stringMatching(/^warn: No connection to Agent Club, trying again/),
			]);
			end();
			expect(await trigger.started(2)).toEqual(['one', 'two']);
			await h.unreadBecomes();
			expect(h.club.connectionsEver(h.agent.id)).toBe(1);
		});

		it('later breaks the connection, and what was said and sent meanwhile comes in order', async () => {
			const trigger = h.run({}, credentials());
			await h.say('before');
			await trigger.started(1);
			await h.unreadBecomes();
			const end = gateway.answerItself(status);
			await h.say('so that the poll ends');
			await h.logged(reason);
			const { session } = h.action(credentials());
			const sending = session.send(h.text('an answer'));
			await h.say('while it lasts');
			await pass(20);
			end();
			expect(await trigger.started(3)).toEqual([
				'before',
				'so that the poll ends',
				'while it lasts',
			]);
			await sending;
			await h.unreadBecomes();
			await h.settle();
			expect(trigger.texts).toHaveLength(3);
			expect(await h.contents()).toEqual([
				'before',
				'so that the poll ends',
				'while it lasts',
				'an answer',
			]);
		});

		it('makes every request an error that says what to do', async () => {
			gateway.answerItself(status, /\/(api|media)\//);
			const { session } = h.action(credentials());
			const { http } = session;
			async function* content() {
				yield await Promise.resolve(Buffer.from('abc'));
			}
			await expect(http.chats()).rejects.toMatchObject(error);
			await expect(http.members(h.group.id)).rejects.toMatchObject(error);
			await expect(http.history(h.group)).rejects.toMatchObject(error);
			await expect(http.upload('a.txt', content(), 3)).rejects.toMatchObject(error);
			await expect(
				session.download('/media/uploads/a.txt', 'a.txt', { maxBytes: 1000, idleTimeout: 1000 }),
			).rejects.toMatchObject(
				status >= 500
					? error
					: { code: 'FILE', remedy: expect.stringMatching(/gateway|deletes files/) as string },
			);
		});

		it('says nothing about a send whose answer was lost: its fate is looked up when that is over', async () => {
			const { session } = h.action(credentials());
			await session.whenReady(10_000);
			const end = gateway.answerItself(status, /\/messages\//);
			h.club.faults.dropAnswer('send_message');
			const sending = session.send(h.text('once'));
			await h.sentBecomes('send_message', 1);
			h.club.faults.kill(h.agent.id);
			await h.connected(2);
			await h.clock.skip(10_000);
			end();
			await expect(sending).resolves.toMatchObject({ confirmedBy: 'history' });
			expect(await h.contents()).toEqual(['once']);
		});

		it('leaves a message its roster as it was, and says that the file is missing', async () => {
			const trigger = h.run({ fetches: { rosterMaxAge: 1000 } }, credentials());
			await h.say('before');
			await trigger.started(1);
			gateway.answerItself(status, /\/(api|media)\//);
			await h.clock.skip(10_000);
			const { url } = await h.club.uploadAs(h.mia.id, 'a.pdf', Buffer.from('abc'));
			await h.club.say(h.mia.id, h.group, {
				content: '',
				contentType: 'file',
				fileUrl: url,
				fileName: 'a.pdf',
			});
			const { prepared } = await trigger.execution(2);
			expect(prepared?.roster?.map(({ name }) => name).sort()).toEqual(['Helper', 'Mia', 'Tom']);
			expect(prepared?.attachments).toMatchObject([
				{ stored: undefined, problem: expect.any(String) as string },
			]);
			await h.unreadBecomes();
		});
	});
});

describe('a proxy that cuts what is idle for a shorter time than a heartbeat', () => {
	it('loses nothing: each break is followed by a connection, which brings what was said', async () => {
		h = await AgentHarness.start({ linked: true, heartbeatInterval: 30 });
		h.link.cutIdle(20_000);
		const trigger = h.run();
		const { session } = h.action();
		const said: string[] = [];
		for (let round = 1; round <= 4; round += 1) {
			await h.connected(round);
			await h.say(`${round} live`);
			await session.send(h.text(`${round} answered`));
			await pass(25);
			await h.say(`${round} after a while`);
			said.push(`${round} live`, `${round} after a while`);
		}
		expect(await trigger.started(8)).toEqual(said);
		await h.unreadBecomes();
		await h.settle();
		expect(trigger.texts).toEqual(said);
		expect((await h.contents()).filter((content) => content.includes('answered'))).toHaveLength(4);
	});
});

describe('a proxy of the environment', () => {
	let proxy: ConnectProxy;
	beforeEach(async () => {
		h = await AgentHarness.start({ policy: SHORT_HANDSHAKE });
		proxy = await ConnectProxy.start();
	});
	afterEach(() => proxy.stop());

	const throughProxy = (run: () => Promise<void>) =>
		withEnvironment({ http_proxy: proxy.url('mia:secret'), no_proxy: undefined }, run);

	describe.each<[NonNullable<ConnectProxy['instead']>, RegExp, RegExp]>([
		[
			403,
			/No connection to Agent Club.*HTTP status 403: something in front of Agent Club refuses n8n/,
			/The proxy \S+ \(http_proxy\) refuses the way to the server \(HTTP 403\)/,
		],
		[
			407,
			/No connection to Agent Club.*HTTP status 407: the proxy wants a user name and a password/,
			/The proxy \S+ \(http_proxy\) refuses the way to the server \(HTTP 407\)/,
		],
		[
			502,
			/No connection to Agent Club.*HTTP status 502: a gateway in front of Agent Club does not reach it/,
			/The proxy \S+ \(http_proxy\) refuses the way to the server \(HTTP 502\)/,
		],
		[
			'hang up',
			/No connection to Agent Club.*(Proxy connection ended|socket hang up|ECONNRESET)/,
			/The proxy \S+ \(http_proxy\) opens no way to the server/,
		],
		[
			'speak itself',
			/No connection to Agent Club.*(socket hang up|Parse Error)/,
			/The proxy \S+ \(http_proxy\) refuses the way to the server \(HTTP 200\)/,
		],
		[
			'silence',
			/no answer at all within 15 s, so something in between may swallow it/,
			/did not answer/,
		],
	])('that will not open a way (%s)', (instead, line, message) => {
		it('is told, asked again at a measured pace, and used as soon as it does', async () => {
			await throughProxy(async () => {
				proxy.instead = instead;
				await h.sayAll(['one', 'two']);
				const trigger = h.run();
				await h.logged(line);
				await pass(30);
				expect(warnings()).toHaveLength(1);
				expect(h.log.join('\n')).not.toContain('secret');
				// 30 s with pauses of 2 s at most, and two transports each time.
				expect(proxy.tunnels.length).toBeLessThan(60);
				proxy.instead = undefined;
				await h.clock.skip(30_000);
				expect(await trigger.started(2)).toEqual(['one', 'two']);
				await h.unreadBecomes();
			});
		});

		it('makes a request an error that names the proxy, in time, without a storm of tries', async () => {
			await throughProxy(async () => {
				proxy.instead = instead;
				const { http } = h.action().session;
				await expect(http.chats()).rejects.toMatchObject({
					code: instead === 'silence' ? 'TIMEOUT' : 'UNREACHABLE',
					retriable: true,
					message: expect.stringMatching(message) as string,
				});
				const asked = proxy.tunnels.length;
				await h.settle(60_000);
				expect(asked).toBeLessThanOrEqual(2);
				expect(proxy.tunnels.length - asked).toBe(0);
				proxy.instead = undefined;
				await expect(http.chats()).resolves.toMatchObject({ groups: [{ id: h.group.id }] });
			});
		});
	});

	it('that says nothing keeps no connection of an attempt that is over, and hears of a request that is called off', async () => {
		await throughProxy(async () => {
			proxy.instead = 'silence';
			const trigger = h.run();
			for (let attempt = 1; attempt <= 4; attempt += 1) {
				await until('an attempt', () => proxy.tunnels.length >= attempt);
				await h.clock.skip(300_000);
			}
			await h.close(trigger);
			await h.clock.skip(70_000);
			await until('the connections to end', () => proxy.open === 0);
			const cut = new AbortController();
			const asking = h.action().session.http.history(h.group, { signal: cut.signal });
			await until('the request', () => proxy.open === 1);
			cut.abort();
			await expect(asking).rejects.toMatchObject({ code: 'CANCELLED' });
		});
	});
});

describe('a slow link with a big backlog', () => {
	it.each(['websocket', 'polling'] as const)(
		'is waited for as long as bytes come, by %s: through many deadlines of the handshake, and longer than pings may stay out',
		async (transport) => {
			// The pings are the library's own, in real time. They come ten times as fast as the real
			// server's, which is right on the fast clock.
			h = await AgentHarness.start({
				linked: true,
				policy: SHORT_HANDSHAKE,
				pingInterval: 2500,
				pingTimeout: 2000,
			});
			if (transport === 'polling') h.club.faults.websocketBlocked();
			const texts = Array.from({ length: 40 }, (_, index) => `${index} ${'x'.repeat(25_000)}`);
			await h.sayAll(texts);
			h.link.slow('toClient', { bytesPerSecond: 16_000 });
			const trigger = h.run();
			expect(await trigger.started(40, 20_000)).toEqual(texts);
			await h.unreadBecomes();
			expect(warnings()).toEqual([]);
			expect(h.club.connectionsEver(h.agent.id)).toBe(1);
		},
	);
});
