import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A SOCKS5 proxy (RFC 1928) for host names and IPv4 addresses, without a password. */
export class SocksProxy {
	/** Where it was asked to connect to ("host:port"), in order. */
	readonly tunnels: string[] = [];
	/** Answers "connection refused" (5) instead of opening a way. */
	refuses = false;
	private readonly sockets = new Set<Socket>();

	private constructor(private readonly server: Server) {
		server.on('connection', (client) => {
			this.keep(client);
			this.serve(client).catch(() => client.destroy());
		});
	}

	static async start(): Promise<SocksProxy> {
		const proxy = new SocksProxy(createServer());
		proxy.server.listen(0, '127.0.0.1');
		await once(proxy.server, 'listening');
		return proxy;
	}

	url(protocol: string): string {
		return `${protocol}://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
	}

	async stop(): Promise<void> {
		for (const socket of this.sockets) socket.destroy();
		this.server.close();
		await once(this.server, 'close');
	}

	private keep(socket: Socket): void {
		this.sockets.add(socket);
		socket.on('error', () => socket.destroy()).on('close', () => this.sockets.delete(socket));
	}

	private async serve(client: Socket): Promise<void> {
		await bytes(client);
		client.write(Buffer.from([5, 0]));
		const { host, port } = readTarget(await bytes(client));
		this.tunnels.push(`${host}:${port}`);
		if (this.refuses) {
			client.end(answer(5));
			return;
		}
		const server = connect(port, host);
		this.keep(server);
		await once(server, 'connect');
		client.write(answer(0));
		client.pipe(server).pipe(client);
	}
}

async function bytes(socket: Socket): Promise<Buffer> {
	const [chunk] = (await once(socket, 'data')) as [Buffer];
	return chunk;
}

function readTarget(request: Buffer): { host: string; port: number } {
	const isName = request[3] === 3;
	const end = isName ? 5 + (request[4] ?? 0) : 8;
	const host = isName ? request.toString('utf8', 5, end) : request.subarray(4, end).join('.');
	return { host, port: request.readUInt16BE(end) };
}

function answer(status: number): Buffer {
	return Buffer.from([5, status, 0, 1, 0, 0, 0, 0, 0, 0]);
}
