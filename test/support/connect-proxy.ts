import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** An HTTP proxy that knows CONNECT and nothing else, as many companies have one. */
export class ConnectProxy {
	/** Where it was asked to connect to ("host:port"), in order. */
	readonly tunnels: string[] = [];
	/** What clients said to prove who they are. */
	readonly authorizations: (string | undefined)[] = [];
	/** Requests of any other kind: what they carry, a proxy can read. */
	readonly plainRequests: string[] = [];
	/** What clients sent through the tunnels. */
	readonly carried: Buffer[] = [];
	/**
	 * What it does in place of opening a way. It answers with a status and a page, says nothing,
	 * hangs up, or speaks itself where the server should.
	 */
	instead: number | 'silence' | 'hang up' | 'speak itself' | undefined;
	private readonly sockets = new Set<Duplex>();
	private readonly clients = new Set<Socket>();

	private constructor(private readonly server: Server) {
		server.on('connect', (request, socket, head) => {
			this.take(request, socket, head);
		});
		server.on('connection', (socket) => {
			this.clients.add(socket);
			socket.on('error', () => socket.destroy()).on('close', () => this.clients.delete(socket));
		});
		server.on('request', ({ method, url }, response) => {
			this.plainRequests.push(`${method ?? ''} ${url ?? ''}`);
			response.writeHead(405).end();
		});
	}

	static async start(): Promise<ConnectProxy> {
		const proxy = new ConnectProxy(createServer());
		proxy.server.listen(0, '127.0.0.1');
		await once(proxy.server, 'listening');
		return proxy;
	}

	/** @param user "name:password", for those who need one */
	url(user = ''): string {
		const { port } = this.server.address() as AddressInfo;
		return `http://${user && `${user}@`}127.0.0.1:${port}`;
	}

	/** Connections that clients have open to it. */
	get open(): number {
		return this.clients.size;
	}

	async stop(): Promise<void> {
		for (const socket of [...this.sockets, ...this.clients]) socket.destroy();
		this.server.close();
		await once(this.server, 'close');
	}

	private take(request: IncomingMessage, client: Duplex, head: Buffer): void {
		const target = request.url ?? '';
		this.tunnels.push(target);
		this.authorizations.push(request.headers['proxy-authorization']);
		client.on('error', () => client.destroy());
		if (this.instead === undefined) this.openWay(target, client, head);
		else if (this.instead === 'hang up') client.destroy();
		else if (this.instead === 'silence') client.on('end', () => client.destroy()).resume();
		else client.end(page(this.instead === 'speak itself' ? 200 : this.instead));
	}

	private openWay(target: string, client: Duplex, head: Buffer): void {
		const [host = '', port = ''] = target.split(':');
		const server = connect(Number(port), host, () => {
			client.write('HTTP/1.1 200 Connection established\r\n\r\n');
			server.write(head);
			client.on('data', (bytes: Buffer) => this.carried.push(bytes));
			this.join(client, server);
		});
		server.on('error', () => client.destroy());
	}

	private join(client: Duplex, server: Socket): void {
		for (const [from, to] of [
			[client, server],
			[server, client],
		] as const) {
			this.sockets.add(from);
			from.on('error', () => to.destroy()).on('close', () => to.destroy());
			from.pipe(to);
		}
	}
}

function page(status: number): string {
	const body = '<h1>No way</h1>';
	return (
		`HTTP/1.1 ${status} Of its own\r\nContent-Type: text/html\r\nContent-Length: ` +
		`${body.length}\r\n\r\n${body}`
	);
}
