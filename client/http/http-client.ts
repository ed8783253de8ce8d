import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import connect from 'undici/lib/api/api-connect';
import request from 'undici/lib/api/api-request';
import Agent from 'undici/lib/dispatcher/agent';
import DispatcherClass from 'undici/lib/dispatcher/dispatcher';
import ProxyAgent from 'undici/lib/dispatcher/proxy-agent';
import type { AgentCredentials } from '../connection/credentials';
import { proxyFor } from '../connection/proxy';

/** The one file that knows undici. Redirects are never followed: the token, and our requests, stay with the configured server. */

// The proxy's own CONNECT needs this method, which undici's index would have attached.
Object.assign(DispatcherClass.prototype, { connect });

export interface HttpRequest {
	readonly method: 'GET' | 'POST';
	/** Absolute, on the configured origin. */
	readonly url: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: Readable | AsyncIterable<Uint8Array>;
	/** ms without a single byte, before the head of the answer or within its body. */
	readonly idleTimeout: number;
	readonly signal?: AbortSignal;
}

export interface HttpAnswer {
	readonly status: number;
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
	readonly body: Dispatcher.ResponseData['body'];
}

export interface HttpClient {
	/** Rejects with the network's own error; see http-errors.ts for what it means. */
	send(request: HttpRequest): Promise<HttpAnswer>;
	close(): void;
}

/** Opened once for an agent: connections are kept and used again. */
export function makeHttpClient(credentials: AgentCredentials): HttpClient {
	const tls = { rejectUnauthorized: !credentials.ignoreSslIssues };
	const { origin } = credentials.address;
	let opened: Dispatcher | undefined;
	// Made with the first request: a proxy of the environment that cannot be used fails that request, not a trigger's start.
	const dispatcher = (): Dispatcher => {
		const proxy = proxyFor(origin);
		opened ??= proxy
			? new ProxyAgent({ uri: proxy, requestTls: tls, connections: MOST_CONNECTIONS })
			: new Agent({ connect: tls, connections: MOST_CONNECTIONS });
		return opened;
	};
	return {
		async send({ method, url, headers, body, idleTimeout, signal }) {
			const { origin: target, pathname, search } = new URL(url);
			if (target !== origin) throw new Error('A request would have left the configured server');
			const answer = await request.call(dispatcher(), {
				origin,
				path: pathname + search,
				method,
				headers: { ...headers },
				headersTimeout: idleTimeout,
				bodyTimeout: idleTimeout,
				...(body && { body: body as Dispatcher.RequestOptions['body'] }),
				...(signal && { signal }),
			});
			return { status: answer.statusCode, headers: answer.headers, body: answer.body };
		},
		close: () => void opened?.destroy(),
	};
}

const MOST_CONNECTIONS = 8;
