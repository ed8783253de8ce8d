import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
	createServer,
	type IncomingMessage,
	type RequestListener,
	type Server,
	type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { listenOnFreshPort } from './fresh-port';

export interface OddServerScript {
	/**
	 * What each websocket is told, text or raw bytes of the websocket protocol; without it an upgrade
	 * is refused.
	 */
	readonly frames?: readonly (string | Buffer)[];
	/**
	 * The head of the answer that refuses an upgrade, with its empty line; a plain 400 where it is
	 * left out.
	 */
	readonly upgradeRefusal?: string;
	/** Answers plain requests; with 404 where it is left out. */
	readonly request?: RequestListener;
}

/**
 * A server that says just what a test wants, below every library: the socket's protocol by single
 * frames, HTTP by the test's own hand.
 */
export class OddServer {
	/** "GET /path", in order. */
	readonly requests: string[] = [];
	private readonly sockets = new Set<Duplex>();

	private constructor(
		private readonly server: Server,
		private readonly script: OddServerScript,
	) {
		server.on('request', (request, response) => {
			this.answer(request, response);
		});
		server.on('upgrade', (request, socket) => {
			this.upgrade(request, socket);
		});
		server.on('connection', (socket) => {
			this.sockets.add(socket);
			socket.on('error', () => socket.destroy()).on('close', () => this.sockets.delete(socket));
		});
	}

	static async start(script: OddServerScript): Promise<OddServer> {
		const odd = new OddServer(createServer(), script);
		await listenOnFreshPort(odd.server);
		return odd;
	}

	get url(): string {
		const { port } = this.server.address() as AddressInfo;
		return `http://127.0.0.1:${port}`;
	}

	async stop(): Promise<void> {
		for (const socket of this.sockets) socket.destroy();
		this.server.close();
		await once(this.server, 'close');
	}

	private answer(request: IncomingMessage, response: ServerResponse): void {
		this.note(request);
		if (this.script.request) this.script.request(request, response);
		else response.writeHead(404).end();
	}

	private note({ method, url }: IncomingMessage): void {
		this.requests.push(`${method ?? ''} ${url ?? ''}`);
	}

	private upgrade(request: IncomingMessage, socket: Duplex): void {
		this.note(request);
		const { frames, upgradeRefusal = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n' } =
			this.script;
		if (!frames) {
			socket.end(upgradeRefusal);
			return;
		}
		const key = createHash('sha1')
			.update(`${request.headers['sec-websocket-key'] ?? ''}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
			.digest('base64');
		socket.write(
			`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: ` +
				`Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`,
		);
		for (const frame of frames) socket.write(typeof frame === 'string' ? textFrame(frame) : frame);
	}
}

/** A whole, unmasked text frame of the websocket protocol. */
export function textFrame(text: string): Buffer {
	const payload = Buffer.from(text);
	if (payload.length < 126) return Buffer.concat([Buffer.from([0x81, payload.length]), payload]);
	const head = Buffer.alloc(10);
	head.writeUInt8(0x81, 0);
	head.writeUInt8(127, 1);
	head.writeBigUInt64BE(BigInt(payload.length), 2);
	return Buffer.concat([head, payload]);
}
