import { verifyCredentials } from '../../client/agent/verify';
import { systemClock } from '../../client/clock';
import type { AgentCredentials } from '../../client/connection/credentials';
import { AgentHarness } from '../support/agent-harness';
import { ConnectProxy } from '../support/connect-proxy';
import { withEnvironment } from '../support/environment';
import { ScriptedEgress } from '../support/scripted-egress';

const LIMITS = { maxBytes: 1000, idleTimeout: 5000 };
const BLOCKED = {
	code: 'BLOCKED',
	message: expect.stringContaining('The host blocks') as string,
	remedy: 'Allow it in the settings of the host.',
	retriable: false,
};

let h: AgentHarness;
let egress: ScriptedEgress;
beforeEach(async () => {
	h = await AgentHarness.start();
	egress = new ScriptedEgress();
});
afterEach(() => h.stop());

/** The club under its address, or under a name that only the rules know. */
function at(host: string): AgentCredentials {
	return { ...h.credentials({ url: h.club.url.replace('127.0.0.1', host) }), egress };
}

async function everyRequestIsBlocked(credentials: AgentCredentials): Promise<void> {
	const { session } = h.action(credentials);
	await expect(session.http.chats()).rejects.toMatchObject(BLOCKED);
	await expect(session.download('/media/uploads/a.pdf', 'a.pdf', LIMITS)).rejects.toMatchObject(
		BLOCKED,
	);
	await expect(verifyCredentials(credentials, systemClock, 5000)).rejects.toMatchObject(BLOCKED);
}

describe.each([
	['an address', '127.0.0.1'],
	['a name', 'club.test'],
])('a server behind %s that the host blocks', (_what, host) => {
	it('is not contacted by anybody, and everybody is told why', async () => {
		egress.forbidden.add('127.0.0.1');
		const trigger = h.run({}, at(host));
		await h.logged(
			new RegExp(
				`error: Connecting to Agent Club is blocked.*The host blocks ${host}\\. Allow it in ` +
					'the settings',
			),
		);
		await expect(h.action(at(host)).session.send(h.text('hello'))).rejects.toMatchObject({
			code: 'BLOCKED',
			message: expect.stringContaining(`blocks ${host}`) as string,
		});
		await everyRequestIsBlocked(at(host));
		await h.settle(600_000);
		expect(trigger.outages.map(({ code }) => code)).toEqual(['BLOCKED']);
		expect(h.log.filter((line) => line.includes('is blocked'))).toHaveLength(1);
		expect(h.club.connectionsEver(h.agent.id)).toBe(0);
		expect(
			h.club.requests.filter(
				({ path }) => !path.includes('registration-status') || path.includes('agent'),
			),
		).toEqual([]);
	});

	it('is connected to by itself once the host allows it, and nothing is lost', async () => {
		egress.forbidden.add('127.0.0.1');
		const trigger = h.run({}, at(host));
		await h.logged(/is blocked/);
		await h.say('hello');
		egress.forbidden.clear();
		await h.clock.skip(600_000);
		expect(await trigger.started(1)).toEqual(['hello']);
		await h.unreadBecomes();
		await h.action(at(host)).session.send(h.text('hello yourself'));
		expect(await h.contents()).toEqual(['hello', 'hello yourself']);
	});

	it('is left at once where the credential is mended', async () => {
		egress.forbidden.add('127.0.0.1');
		const trigger = h.run({}, at(host));
		await h.logged(/is blocked/);
		trigger.found = h.credentials({ url: h.club.url.replace('127.0.0.1', 'localhost') });
		await h.clock.skip(1000);
		await h.connected();
	});
});

describe('a name that leads elsewhere by the time of connecting', () => {
	beforeEach(() => {
		egress.forbidden.add('127.0.0.1');
		egress.leadsTo = '192.0.2.1';
		egress.connectsTo = '127.0.0.1';
	});

	it('leads no request to what is forbidden', async () => {
		await everyRequestIsBlocked(at('club.test'));
		expect(egress.lookups).toBeGreaterThanOrEqual(3);
	});

	it.each(['websocket', 'polling'])(
		'leads no socket there, the log says why, and it is tried again (%s)',
		async (transport) => {
			if (transport === 'polling') h.club.faults.websocketBlocked();
			h.run({}, at('club.test'));
			await h.logged(/warn: No connection to Agent Club.*The host blocks club\.test/);
			// Both transports, and more than once.
			await h.clock.skip(10_000);
			expect(egress.lookups).toBeGreaterThan(2);
			expect(h.club.connectionsEver(h.agent.id)).toBe(0);
			expect(h.club.requests.filter(({ path }) => path.includes('socket.io'))).toEqual([]);
		},
	);
});

it('a name is asked of the host alone, for sockets and requests, and leads where the host says', async () => {
	const trigger = h.run({}, at('club.test'));
	await h.say('hello');
	expect(await trigger.started(1)).toEqual(['hello']);
	expect((await h.action(at('club.test')).session.http.chats()).groups).toHaveLength(1);
	expect(egress.lookups).toBeGreaterThanOrEqual(2);
});

describe('behind a proxy of the environment', () => {
	let proxy: ConnectProxy;
	beforeEach(async () => {
		proxy = await ConnectProxy.start();
	});
	afterEach(() => proxy.stop());

	it('a server that the host blocks is not asked for, though the proxy would connect', async () => {
		egress.forbidden.add('127.0.0.1');
		await withEnvironment({ http_proxy: proxy.url(), no_proxy: undefined }, async () => {
			h.run({}, at('127.0.0.1'));
			await h.logged(/is blocked/);
			await everyRequestIsBlocked(at('127.0.0.1'));
		});
		expect(proxy.tunnels).toEqual([]);
	});

	it("the proxy itself is the operator's own choice, and may lie where the host lets nothing else connect", async () => {
		egress.forbidden.add('10.0.0.1');
		egress.connectsTo = '10.0.0.1';
		await withEnvironment(
			{ http_proxy: proxy.url().replace('127.0.0.1', 'localhost'), no_proxy: undefined },
			async () => {
				h.run({}, at('127.0.0.1'));
				await h.connected();
				await h.action(at('127.0.0.1')).session.http.chats();
			},
		);
		expect(egress.lookups).toBe(0);
		expect(proxy.tunnels.length).toBeGreaterThanOrEqual(2);
	});
});
