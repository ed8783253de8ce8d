import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/**
 * Another system, to which workflows hand something over: keeps what it is sent, and refuses it
 * where it is told to.
 */
export class Receiver {
	/** The JSON of every request, refused ones too. */
	readonly received: unknown[] = [];
	/** Statuses of the next answers; after them 200. */
	readonly nextStatuses: number[] = [];

	private constructor(private readonly server: Server) {}

	static async start(): Promise<Receiver> {
		const server = createServer();
		const receiver = new Receiver(server);
		server.on('request', (request, response) => {
			void text(request).then((body) => {
				receiver.received.push(JSON.parse(body));
				response
					.writeHead(receiver.nextStatuses.shift() ?? 200, { 'content-type': 'application/json' })
					.end('{}');
			});
		});
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		return receiver;
	}

	get url(): string {
		return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}/messages`;
	}

	async stop(): Promise<void> {
		this.server.closeAllConnections();
		this.server.close();
		await once(this.server, 'close');
	}
}
