/** What it means where one side speaks HTTPS and the other HTTP, or something else altogether. */

export interface WrongScheme {
	/** What the server does, after its name. */
	readonly what: string;
	readonly remedy: string;
	/** Whether it may only have been a moment's failure. */
	readonly retriable?: boolean;
}

export const SPEAKS_HTTPS: WrongScheme = {
	what: 'speaks HTTPS where HTTP was expected',
	remedy: 'Write https:// instead of http:// in the server URL, or check its port.',
};
const SPEAKS_HTTP: WrongScheme = {
	what: 'speaks HTTP where HTTPS was expected',
	remedy: 'Write http:// instead of https:// in the server URL, or check its port.',
};
export const MAY_WANT_HTTPS =
	'It may expect HTTPS: write https:// instead of http:// in the server URL, or check its port.';

/** What OpenSSL calls an answer that is no TLS. Older versions say so only in the message. */
const NO_TLS = /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG/;
const NO_TLS_MESSAGE = /wrong version number|packet length too long/;
/** How nginx, Caddy and Go, Apache, and Tomcat answer HTTP at their port for HTTPS. */
const HTTPS_WANTED =
	/HTTP request was sent to HTTPS port|HTTP request to an HTTPS server|speaking plain HTTP to an SSL|requires TLS/i;

/** Whether the body of an answer with the status 400 says that the server wants HTTPS. */
export function wantsHttps(body: string): boolean {
	return HTTPS_WANTED.test(body);
}

/**
 * @param error of undici, Node.js or the websocket library
 * @param url the server's, or one below it
 */
export function wrongScheme(error: unknown, url: string): WrongScheme | undefined {
	const isSecure = url.startsWith('https:');
	for (let at = error, depth = 0; typeof at === 'object' && at !== null && depth < 4; depth += 1) {
		const { code, name, message, cause, socket } = at as Partial<Record<string, unknown>>;
		const text = typeof message === 'string' ? message : '';
		const label = typeof code === 'string' ? code : '';
		if (NO_TLS.test(label) || (label === 'EPROTO' && NO_TLS_MESSAGE.test(text))) return SPEAKS_HTTP;
		// undici's own has no code, though its documentation promises one.
		if (name === 'HTTPParserError' || label.startsWith('HPE_')) {
			return {
				what: `does not answer in HTTP (${text})`,
				remedy: isSecure ? 'Check the server URL and its port.' : MAY_WANT_HTTPS,
			};
		}
		if (!isSecure && isClosedUnasked(label, text, socket)) {
			return {
				what: `closes the connection without an answer (${text})`,
				remedy: MAY_WANT_HTTPS,
				retriable: true,
			};
		}
		at = cause;
	}
	return undefined;
}

/** As most TLS servers do when they read HTTP. */
function isClosedUnasked(code: string, message: string, socket: unknown): boolean {
	if (code === 'ECONNRESET') return message === 'socket hang up';
	const { bytesRead } = (socket ?? {}) as { bytesRead?: unknown };
	return code === 'UND_ERR_SOCKET' && message === 'other side closed' && bytesRead === 0;
}
