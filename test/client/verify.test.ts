import { systemClock } from '../../client/clock';
import { verifyCredentials } from '../../client/agent/verify';
import { AgentHarness } from '../support/agent-harness';
import { ForeignServer } from '../support/foreign-server';
import { freePort } from '../../playground/host/free-port';
import { TlsFront } from '../support/tls-front';

const verify = (...[changes]: Parameters<AgentHarness['credentials']>) =>
	verifyCredentials(h.credentials(changes), systemClock, 10_000);

let h: AgentHarness;

describe.each(['G1', 'G2', 'G3'] as const)('the test of a credential against %s', (generation) => {
	beforeAll(async () => {
		h = await AgentHarness.start({ generation });
	});
	afterAll(() => h.stop());

	it('succeeds with the right address and the right token, without a socket', async () => {
		await expect(verify()).resolves.toBeUndefined();
		expect(h.club.requests.filter(({ path }) => path.includes('socket.io'))).toEqual([]);
	});

	it('names a token that the server does not know', async () => {
		await expect(verify({ token: `${h.agent.token}x` })).rejects.toMatchObject({
			code: 'TOKEN_REFUSED',
			status: 401,
		});
	});

	it('names a token that was reset', async () => {
		const robot = await h.club.addAgent('robot');
		await h.club.resetToken(robot.id);
		await expect(verify({ token: robot.token })).rejects.toMatchObject({ code: 'TOKEN_REFUSED' });
	});

	it('takes an address that leads past the server for another kind of server', async () => {
		await expect(verify({ url: new URL(h.club.url).origin })).rejects.toMatchObject({
			code: 'NOT_AGENT_CLUB',
		});
		await expect(verify({ url: `${h.club.url}/elsewhere` })).rejects.toMatchObject({
			code: 'NOT_AGENT_CLUB',
			remedy: expect.stringContaining('Check the server URL') as string,
		});
	});

	it.each(['/chat', '/admin/', '/chat?x=1#y'])(
		"says what to leave out where the address is that of the server's page %s",
		async (page) => {
			await expect(verify({ url: h.club.url + page })).rejects.toMatchObject({
				code: 'NOT_AGENT_CLUB',
				remedy: expect.stringContaining(`Leave the end out: ${h.club.url}`) as string,
			});
		},
	);

	it('says that a server fails', async () => {
		h.club.faults.failHttp({ path: /registration-status/, status: 502 });
		await expect(verify()).rejects.toMatchObject({
			code: 'UNREACHABLE',
			status: 502,
			retriable: true,
		});
	});

	it('waits no longer than it may', async () => {
		const end = h.club.faults.failHttp({ path: /registration-status/, mode: 'hang' });
		await expect(verifyCredentials(h.credentials(), systemClock, 100)).rejects.toMatchObject({
			code: 'TIMEOUT',
		});
		end();
	});

	it('says that nothing listens at the address', async () => {
		const url = `http://127.0.0.1:${await freePort()}`;
		await expect(verify({ url })).rejects.toMatchObject({
			code: 'UNREACHABLE',
			retriable: true,
			message: expect.stringContaining('ECONNREFUSED') as string,
		});
	});

	it('says that a certificate cannot be verified, unless that is wanted', async () => {
		const front = await TlsFront.start(h.club.url);
		await expect(verify({ url: front.url })).rejects.toMatchObject({
			code: 'UNREACHABLE',
			message: expect.stringContaining('certificate') as string,
			remedy: expect.stringContaining('Ignore SSL Issues') as string,
		});
		await expect(verify({ url: front.url, ignoreSslIssues: true })).resolves.toBeUndefined();
		await front.stop();
	});
});

describe('the test of a credential against a server of another kind', () => {
	beforeAll(async () => {
		h = await AgentHarness.start();
	});
	afterAll(() => h.stop());

	it.each([
		['a page', {}],
		['another JSON', { type: 'application/json', body: '{"name":"something else"}' }],
		['no object', { type: 'application/json', body: 'null' }],
		['a login of its own', { status: 401, body: '<h1>Sign in</h1>' }],
		['a refusal', { status: 403 }],
		['nothing at that address', { status: 404 }],
		['nothing at all', { status: 204, body: '' }],
	])('that answers with %s never shows it the token', async (_what, answer) => {
		const foreign = await ForeignServer.start(answer);
		await expect(verify({ url: foreign.url })).rejects.toMatchObject({ code: 'NOT_AGENT_CLUB' });
		expect(foreign.visits.length).toBeGreaterThan(0);
		expect(JSON.stringify(foreign.visits)).not.toContain(h.agent.token);
		await foreign.stop();
	});
});
