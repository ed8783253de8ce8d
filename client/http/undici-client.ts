import type { Dispatcher } from 'undici';
import connect from 'undici/lib/api/api-connect';
import request from 'undici/lib/api/api-request';
import Agent from 'undici/lib/dispatcher/agent';
import DispatcherClass from 'undici/lib/dispatcher/dispatcher';
import Pool from 'undici/lib/dispatcher/pool';
import buildConnector from 'undici/lib/core/connect';
import ProxyAgent from 'undici/lib/dispatcher/proxy-agent';
import { ABORTED, unlessAborted, unlessCancelled } from '../cancellation';
import type { AgentCredentials } from '../connection/credentials';
import { type Proxy, proxyFor } from '../connection/proxy';
import type { HttpAnswer, HttpClient, HttpRequest } from './http-client';
import { proxyFailed, proxyRefused } from './http-errors';
import { PROXY_TIMEOUT, socksWay } from './socks-way';

/**
 * The one file that knows undici. Redirects are never followed: the token, and our requests, stay
 * with the configured server.
 */

// The proxy's own CONNECT needs this method, which undici's index would have attached.
Object.assign(DispatcherClass.prototype, { connect });

/** Opened once for an agent: connections are kept and used again. */
export class UndiciClient implements HttpClient {
	private opened: Dispatcher | undefined;

	constructor(private readonly credentials: AgentCredentials) {}

	async send({
		method,
		url,
		headers,
		body,
		idleTimeout,
		signal,
	}: HttpRequest): Promise<HttpAnswer> {
		const {
			address: { origin },
			egress,
		} = this.credentials;
		const { origin: target, pathname, search } = new URL(url);
		if (target !== origin) throw new Error('A request would have left the configured server');
		if (egress) await unlessCancelled(egress.check(origin), signal, 'Nothing was asked');
		const answer = request.call(this.dispatcher(), {
			origin,
			path: pathname + search,
			method,
			headers: { ...headers },
			headersTimeout: idleTimeout,
			bodyTimeout: idleTimeout,
			...(body && { body: body as Dispatcher.RequestOptions['body'] }),
			...(signal && { signal }),
		});
		// undici does not look at the signal of a request that has no connection yet. With a proxy that
		// says nothing it would wait for ever (`test/faults/between.test.ts`).
		const answered = await unlessAborted(answer, signal);
		if (answered === ABORTED) throw new DOMException('The request was called off', 'AbortError');
		return { status: answered.statusCode, headers: answered.headers, body: answered.body };
	}

	close(): void {
		void this.opened?.destroy();
	}

	/**
	 * Made with the first request: a proxy of the environment that cannot be used fails that request,
	 * not a trigger's start.
	 */
	private dispatcher(): Dispatcher {
		const {
			address: { origin },
			egress,
			ignoreSslIssues,
		} = this.credentials;
		const tls = { rejectUnauthorized: !ignoreSslIssues };
		const proxy = proxyFor(origin);
		this.opened ??= proxy
			? throughProxy(proxy, tls)
			: new Agent({
					connect: { ...tls, ...(egress && { lookup: egress.lookup }) },
					connections: MOST_CONNECTIONS,
				});
		return this.opened;
	}
}

const MOST_CONNECTIONS = 8;

function throughProxy(proxy: Proxy, tls: { rejectUnauthorized: boolean }): Dispatcher {
	if (proxy.kind === 'socks') {
		return new Agent({ connect: throughSocks(proxy, tls), connections: MOST_CONNECTIONS });
	}
	return new ProxyAgent({
		uri: proxy.url,
		requestTls: tls,
		// As for the socket: https-proxy-agent has one setting for both.
		proxyTls: tls,
		...credentialsOf(proxy),
		connections: MOST_CONNECTIONS,
		clientFactory: (url, options) => wayThroughProxy(proxy, url, options),
	});
}

/** undici by itself tells the proxy a user name only where there is a password too. */
function credentialsOf({ url }: Proxy): { token?: string } {
	const { username, password } = new URL(url);
	if (username === '' && password === '') return {};
	const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
	return { token: `Basic ${Buffer.from(user).toString('base64')}` };
}

function throughSocks(
	{ url: proxyUrl, shown }: Proxy,
	tls: { rejectUnauthorized: boolean },
): buildConnector.connector {
	const openWay = socksWay(proxyUrl);
	const upgrade = buildConnector(tls);
	return (options, done) => {
		const isSecure = options.protocol === 'https:';
		openWay(options.hostname, Number(options.port || (isSecure ? 443 : 80))).then(
			(httpSocket) => {
				if (isSecure) upgrade({ ...options, httpSocket }, done);
				else done(null, httpSocket);
			},
			(error: unknown) => {
				done(proxyFailed(shown, error), null);
			},
		);
	};
}

/**
 * Asks the environment's proxy for a way to the server. If the proxy breaks off or answers itself,
 * undici would ask again and again, without a pause. It also reports a refusal as an abort
 * (`test/faults/between.test.ts`, "a proxy of the environment").
 */
function wayThroughProxy({ shown }: Proxy, url: URL, options: object): Dispatcher {
	const pool = new Pool(url, { ...options, headersTimeout: PROXY_TIMEOUT });
	const ask = async (params: Dispatcher.ConnectOptions) => {
		const answer = await connect.call(pool, params).catch((error: unknown) => {
			throw proxyFailed(shown, error);
		});
		// A server does not speak before it is asked.
		if (answer.statusCode === 200 && answer.socket.readableLength === 0) return answer;
		answer.socket.on('error', () => undefined).destroy();
		throw proxyRefused(shown, answer.statusCode);
	};
	return Object.assign(pool, { connect: ask });
}
