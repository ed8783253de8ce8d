import { makeCredentials } from '../../../../client/connection/credentials';
import { proxyFor } from '../../../../client/connection/proxy';
import { TransportAgent } from '../../../../client/connection/transport-agent';
import { withEnvironment } from '../../../support/environment';

const SERVER = 'https://club.example.com';
const NONE = {
	http_proxy: undefined,
	HTTP_PROXY: undefined,
	https_proxy: undefined,
	HTTPS_PROXY: undefined,
	all_proxy: undefined,
	ALL_PROXY: undefined,
	no_proxy: undefined,
	NO_PROXY: undefined,
};

const inEnvironment = (variables: Readonly<Record<string, string>>, look: () => void) =>
	withEnvironment({ ...NONE, ...variables }, () => {
		look();
		return Promise.resolve();
	});

describe('the proxy of the environment', () => {
	it.each([
		['http://proxy:3128', 'http://proxy:3128', 'http'],
		[' http://proxy:3128/ ', 'http://proxy:3128/', 'http'],
		// Most programs speak HTTP to a proxy without a scheme, whatever the server speaks.
		['proxy:3128', 'http://proxy:3128', 'http'],
		['mia:secret@proxy:3128', 'http://mia:secret@proxy:3128', 'http'],
		['https://proxy', 'https://proxy', 'http'],
		['socks5h://proxy', 'socks5h://proxy', 'socks'],
	])('given as %j is %s', async (value, url, kind) => {
		await inEnvironment({ HTTPS_PROXY: value }, () => {
			expect(proxyFor(SERVER)).toMatchObject({ url, kind });
		});
	});

	it.each([
		[{ HTTPS_PROXY: 'a', ALL_PROXY: 'b' }, 'a (HTTPS_PROXY)'],
		[{ HTTPS_PROXY: 'a', https_proxy: 'b' }, 'b (https_proxy)'],
		[{ HTTP_PROXY: 'a', ALL_PROXY: 'b:1080' }, 'b:1080 (ALL_PROXY)'],
		[{ HTTPS_PROXY: '', all_proxy: 'mia:secret@b' }, 'b (all_proxy)'],
	])('is shown with its variable, and without its password: %j', async (variables, shown) => {
		await inEnvironment(variables, () => {
			expect(proxyFor(SERVER)?.shown).toBe(shown);
		});
	});

	it.each(['*', 'club.example.com', '*.example.com', '.example.com', 'a, CLUB.example.com:443'])(
		'is passed by where NO_PROXY is %j',
		async (value) => {
			await inEnvironment({ HTTPS_PROXY: 'proxy', NO_PROXY: value }, () => {
				expect(proxyFor(SERVER)).toBeUndefined();
			});
		},
	);

	it.each([
		['"http://proxy:3128"', 'The proxy in ALL_PROXY cannot be used: its address cannot be read'],
		['http://mia:p#ss@proxy', 'The proxy in ALL_PROXY cannot be used: its address cannot be read'],
		['http://mia:1#ss@proxy', 'The proxy in ALL_PROXY cannot be used: its address cannot be read'],
		['ftp://mia:secret@proxy', 'The proxy ftp://proxy (ALL_PROXY) cannot be used: ftp:// is not'],
		['http://mia:100%@proxy', 'The proxy proxy (ALL_PROXY) cannot be used: a "%" in its user name'],
	])('that cannot be used is named with its variable: %j', async (value, message) => {
		await inEnvironment({ ALL_PROXY: value }, () => {
			expect(() => proxyFor(SERVER)).toThrow(message);
		});
	});

	it('that speaks SOCKS may have an IPv6 address', async () => {
		await inEnvironment({ ALL_PROXY: 'socks5h://[::1]:1080' }, () => {
			const { agent } = new TransportAgent(makeCredentials(SERVER, 'sk_agt_0123456789', false));
			expect(agent).toMatchObject({ proxy: { host: '::1', port: 1080 } });
		});
	});
});
