import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';

const used = new Set<number>();

/**
 * Has a server listen on a port of the loopback that none of this process has had before. The
 * system soon gives a free port away again, and a client's session outlives the server that it
 * was for.
 */
export async function listenOnFreshPort(server: Server): Promise<void> {
	for (;;) {
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		const { port } = server.address() as AddressInfo;
		if (!used.has(port)) {
			used.add(port);
			return;
		}
		server.close();
		await once(server, 'close');
	}
}
