import type { Readable } from 'node:stream';
import type { AgentCredentials } from '../connection/credentials';

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
	readonly body: Readable;
}

export interface HttpClient {
	/** Rejects with the network's own error; see http-errors.ts for what it means. */
	send(request: HttpRequest): Promise<HttpAnswer>;
	/** Loads what the first request needs; it may be called again and again, and never throws. */
	prepare?(): void;
	close(): void;
}

/** Redirects are never followed: the token, and our requests, stay with the configured server. */
export function makeHttpClient(credentials: AgentCredentials): HttpClient {
	return new LazyClient(credentials);
}

/**
 * undici is more than half of all code, and a connection needs none of it. It is loaded with the
 * first request, or once a connection is ready. Not later, because n8n's update of the package
 * replaces the files under a process that goes on.
 */
class LazyClient implements HttpClient {
	private opened: HttpClient | undefined;

	constructor(private readonly credentials: AgentCredentials) {}

	async send(request: HttpRequest): Promise<HttpAnswer> {
		this.opened ??= new (loadUndiciClient())(this.credentials);
		return await this.opened.send(request);
	}

	prepare(): void {
		try {
			loadUndiciClient();
			loadFirstBytes();
		} catch {
			// The requests say so, one by one; the connection that is ready needs none of it.
		}
	}

	close(): void {
		this.opened?.close();
	}
}

/** What tells a file's type, which needs a package as large as the connection's. */
export function loadFirstBytes() {
	// eslint-disable-next-line @typescript-eslint/no-require-imports -- at its time, and in dist/ from a file of its own
	return require('./first-bytes') as typeof import('./first-bytes');
}

function loadUndiciClient() {
	// eslint-disable-next-line @typescript-eslint/no-require-imports -- at its time, and in dist/ from a file of its own
	return (require('./undici-client') as typeof import('./undici-client')).UndiciClient;
}
