import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listenOnFreshPort } from './fresh-port';

/** A server that is no Agent Club; it writes down who comes to it. */
export class ForeignServer {
	readonly visits: { readonly path: string; readonly headers: IncomingHttpHeaders }[] = [];

	private constructor(private readonly server: Server) {}

	/** Answers everything with this. */
	static async start(
		answer: { status?: number; type?: string; body?: string } = {},
	): Promise<ForeignServer> {
		const foreign = new ForeignServer(
			createServer((request, response) => {
				foreign.visits.push({ path: request.url ?? '', headers: request.headers });
				response
					.writeHead(answer.status ?? 200, { 'content-type': answer.type ?? 'text/html' })
					.end(answer.body ?? '<h1>Hello</h1>');
			}),
		);
		await listenOnFreshPort(foreign.server);
		return foreign;
	}

	get url(): string {
		const { port } = this.server.address() as AddressInfo;
		return `http://127.0.0.1:${port}`;
	}

	async stop(): Promise<void> {
		this.server.closeAllConnections();
		this.server.close();
		await once(this.server, 'close');
	}
}
