import type { LookupAddress } from 'node:dns';
import type { NodeEgressFilter } from 'n8n-workflow';
import type { Egress } from '../../../../client/connection/egress';
import { fileWith } from '../../../support/file-with';
import { egressForCredentialTest, egressOf } from '../../../../nodes/shared/egress';

/** n8n's own errors, by what can be known of them. */
const ipError = (ip: string) =>
	Object.assign(new Error('restricted IP address'), { name: 'SsrfBlockedIpError', ip });
const nameError = () =>
	Object.assign(new Error('hostname is restricted'), { name: 'SsrfBlockedHostnameError' });

/** n8n's filter where everything ends like this. */
function filterWith(error?: Error): NodeEgressFilter {
	return {
		validateUrl: () =>
			Promise.resolve(error ? { ok: false, error } : { ok: true, result: undefined }),
		validateConnectionHost: () => ({ ok: true, result: undefined }),
		createSecureLookup: () => (_hostname, _options, done) => {
			done(error ?? null, error ? [] : [{ address: '192.0.2.1', family: 4 }]);
		},
		validateRedirectSync: () => undefined,
	};
}

function egressWith(error?: Error): Egress {
	const egress = egressOf({ getSecureEgressFilter: () => filterWith(error) });
	if (!egress) throw new Error('there is a filter');
	return egress;
}

function lookedUp(
	{ lookup }: Egress,
	name: string,
): Promise<{ error: Error | null; address: string | LookupAddress[] }> {
	return new Promise((resolve) => {
		lookup(name, { all: true }, (error, address) => {
			resolve({ error, address });
		});
	});
}

const FORGET = Symbol.for('n8n-nodes-agentclub.egress.1');
beforeEach(() => {
	Reflect.deleteProperty(globalThis, FORGET);
});

describe("n8n's rules about where nodes may connect", () => {
	it.each([undefined, {}])('are none where n8n has no such helper (%j)', (helpers) => {
		expect(egressOf(helpers)).toBeUndefined();
	});

	it('let pass what they allow', async () => {
		const egress = egressWith();

		await expect(egress.check('http://club.test:5555')).resolves.toBeUndefined();
		expect(await lookedUp(egress, 'club.test')).toEqual({
			error: null,
			address: [{ address: '192.0.2.1', family: 4 }],
		});
	});

	it.each([
		[
			'http://127.0.0.1:5555',
			'127.0.0.1',
			'blocks 127.0.0.1',
			'adding 127.0.0.1/32 to N8N_SSRF_ALLOWED_IP_RANGES',
		],
		['http://[::1]:5555', '::1', 'blocks ::1', 'adding ::1/128 to N8N_SSRF_ALLOWED_IP_RANGES'],
		[
			'https://club.test',
			'10.0.0.7',
			'blocks club.test (10.0.0.7)',
			'adding club.test to N8N_SSRF_ALLOWED_HOSTNAMES, or 10.0.0.7/32 to ' +
				'N8N_SSRF_ALLOWED_IP_RANGES',
		],
	])(
		'name what they block of %s, and the setting that allows it',
		async (url, ip, message, remedy) => {
			await expect(egressWith(ipError(ip)).check(url)).rejects.toMatchObject({
				code: 'BLOCKED',
				retriable: false,
				message: expect.stringContaining(message) as string,
				remedy: expect.stringContaining(remedy) as string,
			});
		},
	);

	it('do not advise a name where a host is an address, for n8n does not look there', async () => {
		await expect(
			egressWith(ipError('127.0.0.1')).check('http://127.0.0.1'),
		).rejects.not.toMatchObject({ remedy: expect.stringContaining('HOSTNAMES') as string });
	});

	it('name a name that is blocked as such', async () => {
		await expect(egressWith(nameError()).check('http://club.test')).rejects.toMatchObject({
			code: 'BLOCKED',
			message: expect.stringContaining('blocks the name club.test') as string,
			remedy: expect.stringContaining('N8N_SSRF_BLOCKED_HOSTNAMES') as string,
		});
	});

	it('hold at the moment of connecting too, in the same words', async () => {
		expect((await lookedUp(egressWith(ipError('10.0.0.7')), 'club.test')).error).toMatchObject({
			code: 'BLOCKED',
			message: expect.stringContaining('club.test (10.0.0.7)') as string,
		});
	});

	it('leave a name that leads nowhere the error that it is', async () => {
		const error = Object.assign(new Error('getaddrinfo ENOTFOUND club.test'), {
			code: 'ENOTFOUND',
		});

		await expect(egressWith(error).check('http://club.test')).rejects.toBe(error);
		expect((await lookedUp(egressWith(error), 'club.test')).error).toBe(error);
	});
});

describe('the rules for the test of a credential, which n8n does not tell them', () => {
	it('are those that a node was told', async () => {
		egressWith(ipError('127.0.0.1'));

		await expect(egressForCredentialTest({})?.check('http://127.0.0.1')).rejects.toMatchObject({
			code: 'BLOCKED',
			message: expect.stringContaining('127.0.0.1') as string,
		});
	});

	it('are not forgotten over a context without them', () => {
		egressWith();
		egressOf({});

		expect(egressForCredentialTest({})).toBeDefined();
	});

	it('are none where a node was told that there are none', () => {
		egressOf({});

		expect(egressForCredentialTest({ N8N_SSRF_PROTECTION_ENABLED: 'true' })).toBeUndefined();
	});

	it.each([
		{},
		{ N8N_SSRF_PROTECTION_ENABLED: 'false' },
		{ N8N_SSRF_PROTECTION_ENABLED: '' },
		{ N8N_SSRF_PROTECTION_ENABLED: '', N8N_SSRF_PROTECTION_ENABLED_FILE: fileWith('true') },
		{ N8N_SSRF_PROTECTION_ENABLED_FILE: fileWith('false') },
		{ N8N_SSRF_PROTECTION_ENABLED_FILE: '' },
	])('are none before that where n8n has them turned off (%j)', (environment) => {
		expect(egressForCredentialTest(environment)).toBeUndefined();
	});

	it.each([
		{ N8N_SSRF_PROTECTION_ENABLED: 'true' },
		{ N8N_SSRF_PROTECTION_ENABLED: 'TRUE' },
		{ N8N_SSRF_PROTECTION_ENABLED: ' 1 ' },
		{ N8N_SSRF_PROTECTION_ENABLED_FILE: fileWith('true') },
		{ N8N_SSRF_PROTECTION_ENABLED_FILE: '/run/secrets/which-nobody-can-read' },
	])(
		'allow nothing before that where they are turned on, and say how they become known (%j)',
		async (environment) => {
			const egress = egressForCredentialTest(environment);
			const notTold = {
				code: 'BLOCKED',
				remedy: expect.stringContaining('one of its lists') as string,
			};

			await expect(egress?.check('https://club.test')).rejects.toMatchObject(notTold);
			expect(egress && (await lookedUp(egress, 'club.test')).error).toMatchObject(notTold);
		},
	);
});
