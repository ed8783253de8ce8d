import { once } from 'node:events';
import {
	createServer,
	type IncomingMessage,
	request as ask,
	type Server,
	type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { type Clock, pause } from '../../client/clock';
import type { EndFault } from './link';

interface OwnAnswer {
	/** Tested on the path with the query. */
	readonly path: RegExp;
	readonly status: number;
	readonly body: string;
}

/**
 * A reverse proxy in front of a club that understands HTTP, and takes away what it does not know:
 * it strips every upgrade.
 */
export class Gateway {
	/** ms on the test's clock for which it keeps each answer when it has it whole. */
	holdsAnswers = 0;
	/**
	 * ms on the test's clock after which it answers 504 in the place of a server that has not
	 * answered.
	 */
	patience = Number.POSITIVE_INFINITY;
	private own: OwnAnswer | undefined;
	private readonly sockets = new Set<Duplex>();
	private readonly server: Server;

	private constructor(
		private readonly target: URL,
		private readonly clock: Clock,
	) {
		this.server = createServer((request, response) => {
			if (this.own?.path.test(request.url ?? '')) answer(response, this.own.status, this.own.body);
			else this.passOn(request, response);
		});
		this.server.on('connection', (socket) => {
			this.sockets.add(socket);
			socket.on('error', () => socket.destroy()).on('close', () => this.sockets.delete(socket));
		});
	}

	/** @param url of the club behind it; its path is kept */
	static async start(url: string, clock: Clock): Promise<Gateway> {
		const gateway = new Gateway(new URL(url), clock);
		gateway.server.listen(0, '127.0.0.1');
		await once(gateway.server, 'listening');
		return gateway;
	}

	get url(): string {
		const { port } = this.server.address() as AddressInfo;
		return `http://127.0.0.1:${port}${this.target.pathname}`;
	}

	/** Answers with a page of its own, in the server's place. */
	answerItself(status: number, path = /^/): EndFault {
		this.own = {
			path,
			status,
			body: `<!doctype html><title>${status}</title><h1>Not what you expected</h1>`,
		};
		return () => {
			this.own = undefined;
		};
	}

	/** From now on upgrades get no answer. */
	swallowUpgrades(): void {
		this.server.on('upgrade', () => undefined);
	}

	async stop(): Promise<void> {
		for (const socket of this.sockets) socket.destroy();
		this.server.close();
		await once(this.server, 'close');
	}

	private passOn(request: IncomingMessage, response: ServerResponse): void {
		const headers = { ...request.headers };
		delete headers.upgrade;
		delete headers.connection;
		const { hostname, port } = this.target;
		const onward = ask(
			{ hostname, port, path: request.url, method: request.method, headers },
			(answered) => void this.passBack(answered, response),
		);
		onward.on('error', () => response.destroy());
		response.on('close', () => onward.destroy());
		request.pipe(onward);
		if (this.patience === Number.POSITIVE_INFINITY) return;
		const timer = this.clock.after(this.patience, () => {
			answer(response, 504, '<h1>Gateway Time-out</h1>');
		});
		onward.on('response', () => {
			timer.cancel();
		});
	}

	private async passBack(answered: IncomingMessage, response: ServerResponse): Promise<void> {
		if (this.holdsAnswers === 0) {
			answered.pipe(response.writeHead(answered.statusCode ?? 502, answered.headers));
			return;
		}
		const body = await buffer(answered);
		await pause(this.clock, this.holdsAnswers);
		response.writeHead(answered.statusCode ?? 502, answered.headers).end(body);
	}
}

function answer(response: ServerResponse, status: number, body: string): void {
	if (!response.headersSent) response.writeHead(status, { 'content-type': 'text/html' }).end(body);
}
