import { getProxyForUrl } from 'proxy-from-env';
import { AgentClubError } from '../errors';

/** A proxy of n8n's environment. */
export interface Proxy {
	readonly url: string;
	/** How it is asked for a way to the server: CONNECT, or SOCKS 4 or 5. */
	readonly kind: 'http' | 'socks';
	/** Its host and the variable that names it, for people: "127.0.0.1:3128 (HTTPS_PROXY)". */
	readonly shown: string;
}

/** What to do about a proxy that does not work. */
export const PROXY_REMEDY =
	'It comes from the environment of n8n (HTTP_PROXY, HTTPS_PROXY, ALL_PROXY): check its ' +
	'address, with the user name and the password that it may want, or name the server in ' +
	'NO_PROXY.';

const KINDS: Readonly<Partial<Record<string, Proxy['kind']>>> = {
	'http:': 'http',
	'https:': 'http',
	'socks:': 'socks',
	'socks4:': 'socks',
	'socks4a:': 'socks',
	'socks5:': 'socks',
	'socks5h:': 'socks',
};

/**
 * The proxy for an address, as HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY say; undefined
 * without one. n8n's own proxy setting reaches neither websockets nor undici
 * (`test/client/transports.test.ts`), so both ask here.
 * @throws AgentClubError UNREACHABLE for a proxy that cannot be used, naming its variable
 */
export function proxyFor(address: string): Proxy | undefined {
	const variable = getProxyForUrl(address) && variableFor(address);
	if (!variable) return undefined;
	const value = process.env[variable]?.trim() ?? '';
	// Without a scheme most programs speak HTTP to a proxy, also about an https:// server.
	const url = value.includes('://') ? value : `http://${value}`;
	const parsed = URL.canParse(url) ? new URL(url) : undefined;
	// A "#", "?" or "/" in a password ends the host too early. What is shown as the host would then
	// be the name and a part of the password.
	const isMisread = parsed?.username === '' && parsed.password === '' && url.includes('@');
	if (!parsed || isMisread) throw unusable(`in ${variable}`, 'its address cannot be read');
	// Its address may hold a password, so only the harmless parts of it are shown.
	const { host, protocol, username, password } = parsed;
	const kind = KINDS[protocol];
	const shown = `${host} (${variable})`;
	if (!kind)
		throw unusable(
			`${protocol}//${shown}`,
			`${protocol}// is not one of http, https, socks, socks4, socks4a, socks5 and socks5h`,
		);
	if (!isDecodable(username + password))
		throw unusable(shown, 'a "%" in its user name or password has to be written as "%25"');
	return { url, kind, shown };
}

/** The environment variable that `getProxyForUrl` goes by: small letters come first. */
function variableFor(address: string): string | undefined {
	const scheme = new URL(address).protocol.slice(0, -1);
	return [`${scheme}_proxy`, 'all_proxy']
		.flatMap((name) => [name, name.toUpperCase()])
		.find((name) => process.env[name]);
}

function unusable(proxy: string, why: string): AgentClubError {
	return new AgentClubError('UNREACHABLE', `The proxy ${proxy} cannot be used: ${why}`, {
		remedy: PROXY_REMEDY,
	});
}

function isDecodable(encoded: string): boolean {
	try {
		decodeURIComponent(encoded);
		return true;
	} catch {
		return false;
	}
}

/** An IPv6 address as sockets want it. */
export function withoutBrackets(host: string): string {
	return host.replace(/^\[(.*)\]$/, '$1');
}
