import { getProxyForUrl } from 'proxy-from-env';

/**
 * The proxy that the environment names for an address (HTTP_PROXY, HTTPS_PROXY, ALL_PROXY,
 * NO_PROXY), or undefined. n8n's own proxy setting reaches neither websockets nor undici
 * (measured), so both ask here.
 */
export function proxyFor(url: string): string | undefined {
	return getProxyForUrl(url) || undefined;
}
