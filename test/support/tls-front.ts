import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { makeSelfSigned } from './self-signed-certificate';

/**
 * TLS in front of a club, with a certificate that nobody vouches for, as an operator without a real
 * one has it.
 */
export class TlsFront {
	private readonly sockets = new Set<TLSSocket>();

	private constructor(
		private readonly server: Server,
		private readonly path: string,
	) {}

	/** @param url of the club behind it */
	static async start(url: string): Promise<TlsFront> {
		const { hostname, port, pathname } = new URL(url);
		const server = createServer(makeSelfSigned());
		const front = new TlsFront(server, pathname);
		server.on('secureConnection', (outside: TLSSocket) => {
			const inside = connect(Number(port), hostname);
			front.sockets.add(outside);
			outside.on('error', () => inside.destroy()).on('close', () => inside.destroy());
			inside.on('error', () => outside.destroy()).on('close', () => outside.destroy());
			outside.pipe(inside).pipe(outside);
		});
		// A client that does not accept the certificate breaks off: that is what the tests are for.
		server.on('tlsClientError', (_error, socket) => socket.destroy());
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		return front;
	}

	get url(): string {
		const { port } = this.server.address() as AddressInfo;
		return `https://127.0.0.1:${port}${this.path}`;
	}

	async stop(): Promise<void> {
		for (const socket of this.sockets) socket.destroy();
		this.server.close();
		await once(this.server, 'close');
	}
}
