import { verifyCredentials } from '../../client/agent/verify';
import { systemClock } from '../../client/clock';
import { AgentHarness } from '../support/agent-harness';
import { ConnectProxy } from '../support/connect-proxy';
import { SocksProxy } from '../support/socks-proxy';
import { withEnvironment } from '../support/environment';
import { freePort } from '../../playground/host/free-port';
import { TlsFront } from '../support/tls-front';

/** A message comes, is marked, and is answered; and the HTTP endpoints are found as well. */
async function converse(h: AgentHarness, credentials = h.credentials()): Promise<void> {
	await h.say('hello');
	const trigger = h.run({}, credentials);
	expect(await trigger.started(1)).toEqual(['hello']);
	await h.unreadBecomes();
	const { session } = h.action(credentials);
	await session.send(h.text('hello yourself'));
	expect(await h.contents()).toEqual(['hello', 'hello yourself']);
	const { groups } = await session.http.chats();
	expect(groups.map(({ id }) => id)).toEqual([h.group.id]);
}

describe.each(['G1', 'G2', 'G3'] as const)('the transports to %s', (generation) => {
	let h: AgentHarness;
	beforeEach(async () => {
		h = await AgentHarness.start({ generation });
	});
	afterEach(() => h.stop());

	it('are the websocket where there is one', async () => {
		await converse(h);
		expect(h.club.requests.filter(({ path }) => path.includes('transport=polling'))).toEqual([]);
	});

	it('are polling where something in between refuses websockets', async () => {
		h.club.faults.websocketBlocked();
		await converse(h);
		expect(h.club.requests.some(({ path }) => path.includes('transport=polling'))).toBe(true);
		expect(h.club.connectionsEver(h.agent.id)).toBe(1);
	});

	it('bring a large backlog by polling too', async () => {
		h.club.faults.websocketBlocked();
		const texts = Array.from({ length: 6 }, (_, index) => `${index} ${'x'.repeat(1_000_000)}`);
		await h.sayAll(texts);
		expect(await h.run().started(6)).toEqual(texts);
		await h.unreadBecomes();
	});
});

describe.each(['', '/club', '/chat/club'])('a server at the path "%s"', (subPath) => {
	let h: AgentHarness;
	beforeEach(async () => {
		h = await AgentHarness.start({ subPath });
	});
	afterEach(() => h.stop());

	it.each(['', '/', '//', ' '])('is reached with "%s" behind its address', async (behind) => {
		await converse(h, h.credentials({ url: h.club.url + behind }));
		expect(h.club.requests.filter(({ path }) => path.includes('//'))).toEqual([]);
	});
});

describe('a proxy of the environment', () => {
	let h: AgentHarness;
	let proxy: ConnectProxy;
	beforeEach(async () => {
		h = await AgentHarness.start();
		proxy = await ConnectProxy.start();
	});
	afterEach(async () => {
		await h.stop();
		await proxy.stop();
	});

	it('carries the socket and the requests', async () => {
		await withEnvironment({ http_proxy: proxy.url(), no_proxy: undefined }, async () => {
			await converse(h);
		});
		const { host } = new URL(h.club.url);
		expect(proxy.tunnels.length).toBeGreaterThanOrEqual(2);
		expect(new Set(proxy.tunnels)).toEqual(new Set([host]));
	});

	it('is told who is asking where its address says so, and never the token', async () => {
		await withEnvironment(
			{ http_proxy: proxy.url('mia:secret'), no_proxy: undefined },
			async () => {
				await converse(h);
			},
		);
		const expected = `Basic ${Buffer.from('mia:secret').toString('base64')}`;
		expect(new Set(proxy.authorizations)).toEqual(new Set([expected]));
	});

	it.each(['mia', 'mia:', ':secret'])('is told %j by socket and requests alike', async (user) => {
		await withEnvironment({ http_proxy: proxy.url(user), no_proxy: undefined }, async () => {
			await converse(h);
		});
		const told = user.includes(':') ? user : `${user}:`;
		const expected = `Basic ${Buffer.from(told).toString('base64')}`;
		expect(new Set(proxy.authorizations)).toEqual(new Set([expected]));
	});

	it('with a certificate of its own making carries both where the credential says so', async () => {
		const front = await TlsFront.start(proxy.url());
		await withEnvironment({ http_proxy: front.url, no_proxy: undefined }, async () => {
			await converse(h, h.credentials({ ignoreSslIssues: true }));
		});
		await front.stop();
		expect(proxy.tunnels.length).toBeGreaterThanOrEqual(2);
	});

	it.each(['socks', 'socks5', 'socks5h'])(
		'that speaks %s carries the socket and the requests',
		async (protocol) => {
			const socks = await SocksProxy.start();
			await withEnvironment({ all_proxy: socks.url(protocol), no_proxy: undefined }, async () => {
				await converse(h);
			});
			await socks.stop();

			expect(socks.tunnels.length).toBeGreaterThanOrEqual(2);
			expect(new Set(socks.tunnels)).toEqual(new Set([new URL(h.club.url).host]));
		},
	);

	it('that speaks SOCKS and opens no way is named to everybody', async () => {
		const socks = await SocksProxy.start();
		socks.refuses = true;
		await withEnvironment({ all_proxy: socks.url('socks5h'), no_proxy: undefined }, async () => {
			const error = {
				code: 'UNREACHABLE',
				message: expect.stringMatching(
					/^The proxy 127\.0\.0\.1:\d+ \(all_proxy\) opens no way/,
				) as string,
				remedy: expect.stringContaining('NO_PROXY') as string,
			};
			await expect(h.action().session.http.chats()).rejects.toMatchObject(error);
			await expect(verifyCredentials(h.credentials(), systemClock, 5000)).rejects.toMatchObject(
				error,
			);
			h.run();
			await h.logged(
				/No connection to Agent Club.*rejected.*through the proxy \S+ \(all_proxy\); NO_PROXY/,
			);
		});
		await socks.stop();
	});

	it('of a kind that cannot be used is named to everybody, without its password', async () => {
		await withEnvironment(
			{ all_proxy: 'ftp://mia:secret@127.0.0.1:2121', no_proxy: undefined },
			async () => {
				const message = 'The proxy ftp://127.0.0.1:2121 (all_proxy) cannot be used';
				const error = {
					code: 'UNREACHABLE',
					message: expect.stringContaining(message) as string,
					remedy: expect.stringContaining('NO_PROXY') as string,
				};
				const { session } = h.action();
				await expect(session.http.chats()).rejects.toMatchObject(error);
				await expect(verifyCredentials(h.credentials(), systemClock, 5000)).rejects.toMatchObject(
					error,
				);
				h.run();
				await h.logged(
					/The proxy ftp:\/\/127\.0\.0\.1:2121 \(all_proxy\) cannot be used.*NO_PROXY/,
				);
				expect(h.log.join()).not.toContain('secret');
			},
		);
	});

	it('carries polling where it refuses websockets', async () => {
		h.club.faults.websocketBlocked();
		await withEnvironment({ http_proxy: proxy.url(), no_proxy: undefined }, async () => {
			await converse(h);
		});
		expect(proxy.tunnels.length).toBeGreaterThanOrEqual(2);
	});

	it('is passed by for the hosts in NO_PROXY', async () => {
		await withEnvironment({ http_proxy: proxy.url(), no_proxy: '127.0.0.1' }, async () => {
			await converse(h);
		});
		expect(proxy.tunnels).toEqual([]);
	});

	it('that is down is told in the log, and the connection comes when it is up', async () => {
		const port = await freePort();
		await withEnvironment(
			{ http_proxy: `http://127.0.0.1:${port}`, no_proxy: undefined },
			async () => {
				h.run();
				await h.logged(
					/warn: No connection to Agent Club.*ECONNREFUSED.*, through the proxy \S+ \(http_proxy\)/,
				);
				process.env['http_proxy'] = proxy.url();
				await h.connected();
			},
		);
	});
});

describe('a server behind TLS with a certificate of its own making', () => {
	let h: AgentHarness;
	let front: TlsFront;
	beforeEach(async () => {
		h = await AgentHarness.start();
		front = await TlsFront.start(h.club.url);
	});
	afterEach(async () => {
		await h.stop();
		await front.stop();
	});

	it('is not talked to, and the log names the certificate', async () => {
		h.run({}, h.credentials({ url: front.url }));
		await h.logged(/No connection to Agent Club.*self-signed certificate/);
		expect(h.club.connectionsEver(h.agent.id)).toBe(0);
	});

	it('is talked to where the credential says so', async () => {
		await converse(h, h.credentials({ url: front.url, ignoreSslIssues: true }));
	});
});
