import { getProxyForUrl } from 'proxy-from-env';
import { AgentClubError } from '../errors';

/** A proxy of n8n's environment. */
export interface Proxy {
	readonly url: string;
	/** How it is asked for a way to the server: CONNECT, or SOCKS 4 or 5. */
	readonly kind: 'http' | 'socks';
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
 * @throws AgentClubError UNREACHABLE for a proxy of a kind that cannot be used
 */
export function proxyFor(address: string): Proxy | undefined {
	const url = getProxyForUrl(address);
	if (!url) return undefined;
	const parsed = URL.canParse(url) ? new URL(url) : undefined;
	const kind = parsed && KINDS[parsed.protocol];
	if (kind) return { url, kind };
	// Its address may hold a password, so only the harmless parts of it are shown.
	const shown = parsed ? `${parsed.protocol}//${parsed.host}` : 'in the environment';
	const what = parsed
		? `${parsed.protocol}// is not one of http, https, socks, socks4, socks4a, socks5 and socks5h`
		: 'its address cannot be read';
	throw new AgentClubError('UNREACHABLE', `The proxy ${shown} cannot be used: ${what}`, {
		remedy: PROXY_REMEDY,
	});
}
