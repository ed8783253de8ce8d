import type { RequestListener } from 'node:http';
import type { IBinaryData, ICredentialTestFunctions } from 'n8n-workflow';
import type { AgentSession } from '../../client/agent/agent-session';
import { systemPlatform } from '../../client/agent/platform';
import * as registryModule from '../../client/agent/registry';
import { verifyCredentials } from '../../client/agent/verify';
import { systemClock } from '../../client/clock';
import { type AgentCredentials, makeCredentials } from '../../client/connection/credentials';
import { CONNECTION_POLICY } from '../../client/connection/policy';
import type { PreparedMessage } from '../../client/inbound/item/prepare';
import { composeText } from '../../client/outbound/compose';
import { Outbox } from '../../client/outbound/outbox';
import { buildItem } from '../../nodes/AgentClubTrigger/items';
import { agentClubApiTest } from '../../nodes/shared/credential-test';
import { toNodeError } from '../../nodes/shared/errors';
import { hostLogger } from '../../nodes/shared/logger';
import { ObservedEvents } from '../../playground/club/observed-events';
import { PlaygroundClub } from '../../playground/club/playground-club';
import { Random } from '../simulation/random';
import { ActingTrigger, type Execution } from '../support/acting-trigger';
import { ConnectProxy } from '../support/connect-proxy';
import { withEnvironment } from '../support/environment';
import { FakeClock, settled } from '../support/fake-clock';
import { NODE } from '../support/fake-host';
import { FakeOutboxPort, type TransmittedSend } from '../support/fake-outbox-port';
import { FastClock } from '../support/fast-clock';
import { ForeignServer } from '../support/foreign-server';
import { OddServer } from '../support/odd-server';
import { allOf, anyToken, disguised, FORM_COUNT, tells } from '../support/planted-token';
import { GROUP } from '../support/sample-messages';
import { seedOfThisRun } from '../support/seed';
import { TlsFront } from '../support/tls-front';

/*
 * The token goes to the configured origin and nowhere else. The server knows it, so every word of
 * the server's may repeat it: no error, no log line and no answer of the package does. Items carry
 * what people wrote as they wrote it, for that is the user's data; nothing of the package adds the
 * token to it.
 */

const SEED = seedOfThisRun();

/** The client as n8n runs it, with n8n's log. */
class Process {
	readonly log: string[] = [];
	readonly news = new ObservedEvents();
	private readonly clock = new FastClock();
	private readonly registry = registryModule.makeRegistry({
		...systemPlatform,
		clock: this.clock,
		policy: { ...CONNECTION_POLICY, handshake: 60_000, retryFirst: 200, retryCap: 400 },
	});
	private readonly logger = hostLogger(this.hostLog(), 'workflow "W"');
	private readonly ends: Array<() => void> = [];

	session(credentials: AgentCredentials): AgentSession {
		const session = this.registry.session(credentials, this.logger);
		this.ends.push(session.lease());
		return session;
	}

	run(credentials: AgentCredentials, place = 'place'): ActingTrigger {
		const trigger = new ActingTrigger({ fetches: {} }, credentials, this.news);
		const running = this.registry.run(place, trigger, credentials, this.logger);
		this.ends.push(() => void running.close());
		return trigger;
	}

	async logged(pattern: RegExp): Promise<void> {
		await this.news
			.waitFor(() => this.log.some((line) => pattern.test(line)), String(pattern))
			.catch((cause: unknown) => {
				throw new Error(`waited in vain for ${pattern}; the log: ${this.log.join('\n')}`, {
					cause,
				});
			});
	}

	/** The credential's test, with this process's sessions. */
	async testCredential(data: { serverUrl: string; agentToken: string }): Promise<string> {
		const ours = jest.spyOn(registryModule, 'agentRegistry').mockReturnValue(this.registry);
		const context = { logger: this.hostLog() } as unknown as ICredentialTestFunctions;
		const result = await agentClubApiTest
			.call(context, { id: '', name: '', type: '', data })
			.finally(() => {
				ours.mockRestore();
			});
		return JSON.stringify(result);
	}

	async stop(): Promise<void> {
		for (const end of this.ends) end();
		await this.clock.skip(70_000);
		this.clock.stop();
	}

	private hostLog() {
		const write = (line: string) => {
			this.log.push(line);
			this.news.notify();
		};
		return { debug: write, info: write, warn: write, error: write, scoped: () => this.hostLog() };
	}
}

/** An error as n8n gets it. */
function asN8nSees(error: unknown): string {
	return allOf(toNodeError({ getNode: () => NODE }, error, 0));
}

function itemOf({ prepared, delivery }: Execution) {
	if (!prepared) throw new Error('the trigger fetches nothing');
	const settings = {
		binaryPropertyName: 'data',
		senderPrefix: true,
		mentionGuide: 'field',
		mentionGuideText: '',
		collected: false,
		ignoreMentionAll: false,
		includeRaw: true,
	} as const;
	return buildItem(prepared as unknown as PreparedMessage<IBinaryData>, settings, delivery);
}

describe(`a server that repeats the token (AGENTCLUB_SEED=${SEED})`, () => {
	const random = new Random(SEED);
	let n8n: Process;
	let server: OddServer | undefined;
	beforeEach(() => {
		n8n = new Process();
	});
	afterEach(async () => {
		await server?.stop();
		await n8n.stop();
	});

	/** So many by chance, each run others. */
	const some = <T>(all: readonly T[], count: number): T[] =>
		Array.from({ length: count }, () => random.pick(all));
	const each = Array.from({ length: FORM_COUNT }, (_, form) => form);

	/** Every way over HTTP: the errors, whoever shows them. */
	async function httpErrors(credentials: AgentCredentials): Promise<unknown[]> {
		const session = n8n.session(credentials);
		async function* content() {
			yield await Promise.resolve(Buffer.from('x'));
		}
		const calls = await Promise.allSettled([
			session.http.chats(),
			session.http.members('g'),
			session.http.history({ type: 'group', id: 'g' }),
			session.http.upload('a.txt', content(), 1),
			session.download('/media/uploads/a.txt', 'a.txt', { maxBytes: 10, idleTimeout: 5000 }),
			verifyCredentials(credentials, systemClock, 5000),
		]);
		const errors = calls.flatMap((call) =>
			call.status === 'rejected' ? [call.reason as unknown] : [],
		);
		expect(errors.length).toBeGreaterThanOrEqual(5);
		return errors;
	}

	it.each(each)('in HTTP answers of every kind is quoted by no error (form %i)', async (form) => {
		let answer: RequestListener = () => undefined;
		server = await OddServer.start({
			request: (request, response) => {
				answer(request, response);
			},
		});
		for (const status of [
			302,
			401,
			...some([0, 200, 204, 301, 307, 400, 403, 404, 413, 422, 500, 503], 3),
		]) {
			const token = anyToken(random);
			const words = disguised(token, form, random);
			const header = encodeURI(words);
			answer = (request, response) => {
				request.resume();
				// Without a status it is no HTTP.
				if (status === 0) response.socket?.end(`${words}\r\n\r\n`);
				else
					response
						.writeHead(status, words.slice(0, 50), { location: header, 'x-token': header })
						.end(status === 200 ? words : JSON.stringify({ error: words }));
			};
			for (const error of await httpErrors(makeCredentials(server.url, token, false))) {
				const seen = asN8nSees(error);
				expect([status, token, seen, tells(seen, token)]).toEqual([status, token, seen, false]);
			}
			const result = await n8n.testCredential({ serverUrl: server.url, agentToken: token });
			expect([status, token, result, tells(result, token)]).toEqual([status, token, result, false]);
			expect([token, n8n.log.filter((line) => tells(line, token))]).toEqual([token, []]);
		}
	});

	/** What the wire's own layers say when all is well. */
	const OPEN =
		'0{"sid":"s","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}';
	const CONNECTED = '40{"sid":"a"}';
	const event = (name: string, payload: unknown) => `42${JSON.stringify([name, payload])}`;
	const identity = (name: string) =>
		event('auth_ok', {
			user_id: 'u_1',
			display_name: name,
			role: 'agent',
			is_agent: 1,
			heartbeat_interval: 300,
		});

	it.each<[string, (words: string) => readonly string[], RegExp]>([
		[
			'refuses the handshake',
			(words) => [OPEN, `44${JSON.stringify({ message: words })}`],
			/refuses the agent token/,
		],
		[
			'opens with it',
			(words) => [`0${JSON.stringify({ sid: words, upgrades: words })}`],
			/No connection/,
		],
		// A digit or a "b" at its start would make it a packet.
		['sends it as no frame', (words) => [`!${words}`], /No connection/],
		['sends it as no packet', (words) => [OPEN, `4${words}`], /No connection/],
		[
			'sends an event of that name',
			(words) => [OPEN, CONNECTED, event(words, 1), '42['],
			/No connection/,
		],
		[
			'greets with it in the wrong place',
			(words) => [OPEN, CONNECTED, event('auth_ok', { user_id: words, display_name: [words] })],
			/malformed/,
		],
		[
			'sends unreadable messages with it',
			(words) => [
				OPEN,
				CONNECTED,
				identity('R'),
				event('new_message', { id: words.slice(0, 200), [words]: words, chat_type: words }),
			],
			/unreadable/,
		],
		[
			'sends a batch with it',
			(words) => [
				OPEN,
				CONNECTED,
				event('offline_messages', [{ id: words.slice(-200), content: words }, words]),
				identity('R'),
			],
			/unreadable/,
		],
	])('and %s is quoted by no log line', async (_what, frames, reason) => {
		for (const [round, form] of some(each, 4).entries()) {
			const token = anyToken(random);
			const sent = frames(disguised(token, form, random));
			server = await OddServer.start({
				frames: sent,
				request: (_request, response) => response.end(sent.join('\u001e')),
			});
			const before = n8n.log.length;
			const trigger = n8n.run(makeCredentials(server.url, token, false), `place ${round}`);
			await n8n.news.waitFor(
				() => n8n.log.slice(before).some((line) => reason.test(line)),
				String(reason),
			);
			expect([token, n8n.log.filter((line) => tells(line, token))]).toEqual([token, []]);
			for (const outage of trigger.outages)
				expect([token, tells(asN8nSees(outage), token)]).toEqual([token, false]);
			await server.stop();
		}
		server = undefined;
	});

	it.each<[string, (box: Outbox, sent: TransmittedSend, words: string) => Promise<void>]>([
		['in the answer', (_box, sent, words) => sent.answer({ ok: false, error: words })],
		[
			'before the answer',
			async (box, sent, words) => {
				box.sawError(words);
				await sent.answer();
			},
		],
	])('and refuses a message (%s) is quoted by no error', async (_what, refuse) => {
		for (const form of each) {
			const { token } = makeCredentials('http://club.test', anyToken(random), false);
			const port = new FakeOutboxPort();
			const box = new Outbox(new FakeClock(), port);
			const outcome = Promise.allSettled([box.send(composeText(GROUP, 'hello', 'text'))]);
			await settled();
			await refuse(box, port.last, disguised(token, form, random));
			const [result] = await outcome;
			expect(result).toMatchObject({ status: 'rejected', reason: { code: 'REFUSED' } });
			const seen = asN8nSees((result as PromiseRejectedResult).reason);
			expect([token, seen, tells(seen, token)]).toEqual([token, seen, false]);
		}
	});

	it('in its answer to the credential test, as the name of the agent, is not quoted', async () => {
		for (const form of each) {
			const token = anyToken(random);
			const frames = [OPEN, CONNECTED, identity(disguised(token, form, random))];
			const answer: RequestListener = ({ url }, response) =>
				response.end(
					url?.includes('registration')
						? '{"allow_registration":true}'
						: '{"groups":[],"directs":[]}',
				);
			server = await OddServer.start({ frames, request: answer });
			const result = await n8n.testCredential({ serverUrl: server.url, agentToken: token });
			expect(result).toContain('Connected as');
			expect([token, result, tells(result, token)]).toEqual([token, result, false]);
			await server.stop();
		}
		server = undefined;
	});
});

describe(`people who write the token (AGENTCLUB_SEED=${SEED})`, () => {
	const random = new Random(SEED);
	let n8n: Process;
	let club: PlaygroundClub;
	beforeEach(async () => {
		n8n = new Process();
		club = await PlaygroundClub.start();
	});
	afterEach(async () => {
		await n8n.stop();
		await club.stop();
	});

	it('find it as data in the items, as they wrote it, and nowhere else', async () => {
		const agent = await club.addAgent('helper', 'Helper');
		const form = () => disguised(agent.token, random.int(0, FORM_COUNT - 1), random);
		const eve = await club.addHuman('eve', form());
		const group = await club.addGroup(form(), [eve.id, agent.id]);
		const credentials = makeCredentials(club.url, agent.token, false);
		const trigger = n8n.run(credentials);
		await n8n.logged(/Connected to Agent Club/);
		const said = Array.from({ length: 20 }, () => ({
			content: form(),
			contentType: 'file',
			fileUrl: `/media/uploads/${encodeURIComponent(form())}`,
			fileName: `${form()}.pdf`,
		}));
		for (const utterance of said) await club.say(eve.id, group, utterance);
		club.injectRaw(agent.id, 'new_message', {
			id: form().slice(0, 200),
			chat_id: form(),
			content: form(),
		});
		await trigger.started(said.length);
		await n8n.logged(/unreadable/);
		for (const [index, execution] of trigger.executions.entries()) {
			const { json } = itemOf(execution);
			expect(json.text).toBe(said[index]?.content);
			const [attachment] = json.attachments as Array<{ problem: string }>;
			expect(attachment?.problem).toMatch(/./);
			expect(tells(attachment?.problem ?? '', agent.token)).toBe(false);
		}
		expect(n8n.log.filter((line) => tells(line, agent.token))).toEqual([]);
	});

	it('get it from nobody: an item of ordinary words has it nowhere, raw frame and roster included', async () => {
		const agent = await club.addAgent('helper', 'Helper');
		const mia = await club.addHuman('mia', 'Mia');
		const group = await club.addGroup('Kitchen', [mia.id, agent.id]);
		const credentials = makeCredentials(club.url, agent.token, false);
		const session = n8n.session(credentials);
		const trigger = n8n.run(credentials);
		await club.say(mia.id, group, {
			content: 'hello',
			contentType: 'file',
			fileUrl: '/media/uploads/a.pdf',
			fileName: 'a.pdf',
		});
		const item = itemOf(await trigger.execution(1));
		expect(item.json.raw).toBeDefined();
		const sent = await session.send(composeText(group, 'hello yourself', 'text'));
		expect(tells(allOf([item, sent, session.identity]), agent.token)).toBe(false);
	});

	it('make nobody show it to the server in an address, nor at all where a file is fetched', async () => {
		const agent = await club.addAgent('helper', 'Helper');
		const mia = await club.addHuman('mia', 'Mia');
		const group = await club.addGroup('Kitchen', [mia.id, agent.id]);
		club.faults.websocketBlocked();
		const trigger = n8n.run(makeCredentials(club.url, agent.token, false));
		await club.say(mia.id, group, {
			content: 'look',
			contentType: 'file',
			fileUrl: '/media/uploads/a.pdf',
			fileName: 'a.pdf',
		});
		await trigger.execution(1);
		expect(club.requests.some(({ path }) => path.includes('polling'))).toBe(true);
		expect(club.requests.filter(({ path }) => tells(path, agent.token))).toEqual([]);
		const shown = club.requests.filter(({ authorization }) => authorization !== undefined);
		expect(shown.length).toBeGreaterThan(0);
		expect(shown.filter(({ path }) => !path.includes('/api/agent/'))).toEqual([]);
	});
});

describe('a server that sends its visitors elsewhere', () => {
	it.each([301, 302, 303, 307, 308])(
		'(%i) is left there: nobody else is visited, with the token or without',
		async (status) => {
			const n8n = new Process();
			const foreign = await ForeignServer.start({ type: 'application/json', body: '{}' });
			const server = await OddServer.start({
				request: (request, response) => {
					request.resume();
					response.writeHead(status, { location: foreign.url + (request.url ?? '') }).end();
				},
				upgradeRefusal:
					`HTTP/1.1 ${status} Elsewhere\r\nLocation: ` +
					`${foreign.url}/socket.io/\r\nConnection: close\r\n\r\n`,
			});
			const credentials = makeCredentials(server.url, 'sk_agt_secret', false);
			const session = n8n.session(credentials);
			async function* content() {
				yield await Promise.resolve(Buffer.from('x'));
			}
			n8n.run(credentials);
			await n8n.logged(/No connection/);
			const limits = { maxBytes: 10, idleTimeout: 5000 };
			const calls = [
				session.http.chats(),
				session.http.upload('a.txt', content(), 1),
				session.download('/media/a.txt', 'a.txt', limits),
				session.download(`${foreign.url}/media/a.txt`, 'a.txt', limits),
			];
			expect((await Promise.allSettled(calls)).map((call) => call.status)).toEqual([
				'rejected',
				'rejected',
				'rejected',
				'rejected',
			]);
			expect(server.requests.some((request) => request.includes('transport=websocket'))).toBe(true);
			expect(server.requests.some((request) => request.includes('transport=polling'))).toBe(true);
			expect(foreign.visits).toEqual([]);
			await n8n.stop();
			await server.stop();
			await foreign.stop();
		},
	);
});

describe('a proxy of the environment', () => {
	let n8n: Process;
	let club: PlaygroundClub;
	let proxy: ConnectProxy;
	beforeEach(async () => {
		n8n = new Process();
		club = await PlaygroundClub.start();
		proxy = await ConnectProxy.start();
	});
	afterEach(async () => {
		await n8n.stop();
		await club.stop();
		await proxy.stop();
	});

	/** Works through the proxy; answers whether the token can be read in what it carried. */
	async function carriesTheToken(url: string): Promise<boolean> {
		const agent = await club.addAgent('helper', 'Helper');
		const credentials = makeCredentials(url, agent.token, true);
		await withEnvironment(
			{ http_proxy: proxy.url(), https_proxy: proxy.url(), no_proxy: undefined },
			async () => {
				const session = n8n.session(credentials);
				await session.whenReady(30_000);
				await session.http.chats();
			},
		);
		expect(proxy.plainRequests).toEqual([]);
		expect(proxy.tunnels.length).toBeGreaterThanOrEqual(2);
		// Websocket frames of clients are masked, so what shows is the header of the requests.
		return proxy.carried.some((bytes) => bytes.includes(agent.token));
	}

	it('in front of https gets the name of the server and nothing that it could read', async () => {
		const front = await TlsFront.start(club.url);
		expect(await carriesTheToken(front.url)).toBe(false);
		await front.stop();
	});

	it('in front of http is asked for a tunnel as well; what goes through it is open to whoever is on the way, and only https helps', async () => {
		expect(await carriesTheToken(club.url)).toBe(true);
	});
});
