import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { page, redirect, refusal, send, type Answer } from './http-answers';
import { failWith, type HttpFaults } from './http-faults';
import type { ObservedEvents } from './observed-events';
import { route, type Route } from './routing';
import type { Wire } from './wire';

export interface LoggedRequest {
	readonly method: string;
	/** As asked for: with the sub-path and the query. Those of Socket.IO are here too. */
	readonly path: string;
	readonly authorization: string | undefined;
}

/**
 * As proxies have it. Node.js' own 5 s begin when an answer has been written, and may be over
 * before it has arrived over a slow link.
 */
const KEEP_ALIVE_MS = 75_000;

/**
 * The listening server. It sees every request first, and passes on what the faults let through.
 * That goes to the routes, or to Socket.IO, which is attached to a server that never listens.
 */
export class HttpFront {
	readonly requests: LoggedRequest[] = [];
	/** What Socket.IO is attached to. */
	readonly inner: Server = createServer();
	private readonly server: Server;

	constructor(
		private readonly subPath: string,
		private readonly routes: readonly Route[],
		private readonly wire: Wire,
		private readonly faults: HttpFaults,
		private readonly observed: ObservedEvents,
	) {
		this.server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
			this.take(request, response);
		});
		this.server.on('connection', (socket: Socket) => {
			wire.accept(socket);
		});
		this.server.on('upgrade', (request, socket, head) => {
			this.upgrade(request, socket, head);
		});
	}

	/** Resolves with the port; 0 asks for any free one. */
	listen(port: number, host: string): Promise<number> {
		return new Promise((resolve, reject) => {
			this.server.once('error', reject);
			this.server.listen(port, host, () => {
				this.server.off('error', reject);
				const address = this.server.address();
				resolve(typeof address === 'object' && address ? address.port : port);
			});
		});
	}

	/** At once: whatever is open is destroyed. */
	close(): Promise<void> {
		return new Promise((resolve) => {
			this.server.close(() => {
				resolve();
			});
			this.wire.kill();
		});
	}

	private take(request: IncomingMessage, response: ServerResponse): void {
		this.log(request);
		const path = this.pathOf(request);
		if (path === null) {
			send(response, this.outside(request));
			return;
		}
		const failure = this.faults.take(path);
		if (failure) failWith(failure, response);
		else this.serve(request, response, path);
	}

	private serve(request: IncomingMessage, response: ServerResponse, path: string): void {
		if (path.startsWith('/socket.io/'))
			this.passOn(request, () => this.inner.emit('request', request, response));
		else void this.answer(request, response, path);
	}

	private async answer(
		request: IncomingMessage,
		response: ServerResponse,
		path: string,
	): Promise<void> {
		response.on('close', () => {
			this.observed.notify();
		});
		try {
			send(response, await route(this.routes, request, new URL(`http://club${path}`)));
		} catch (error) {
			// The client went away while its body was read: there is nobody to answer.
			if (request.destroyed && !request.complete) return;
			console.error(error);
			send(response, refusal(500, 'The playground failed'));
		}
	}

	/** As a reverse proxy does for a folder: its address without the slash leads to it. */
	private outside({ url }: IncomingMessage): Answer {
		return url === this.subPath ? redirect(301, `${this.subPath}/`) : page(404);
	}

	private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
		this.log(request);
		const path = this.pathOf(request);
		if (path === null || this.faults.websocketBlocked)
			socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
		else this.passOn(request, () => this.inner.emit('upgrade', request, socket, head));
	}

	/** A first request has no session yet: Socket.IO's own event tells which one it began. */
	private passOn(request: IncomingMessage, proceed: () => void): void {
		const session = new URLSearchParams(request.url?.split('?')[1]).get('sid') ?? '';
		this.wire.admit(session, request.socket, proceed);
	}

	private log(request: IncomingMessage): void {
		this.requests.push({
			method: request.method ?? '',
			path: request.url ?? '',
			authorization: request.headers.authorization,
		});
		this.observed.notify();
	}

	/** Without the sub-path; null for what lies outside it. */
	private pathOf({ url = '' }: IncomingMessage): string | null {
		return url.startsWith(`${this.subPath}/`) ? url.slice(this.subPath.length) : null;
	}
}
