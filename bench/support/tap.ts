import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { wallTime } from './figures';

export type TapRequest =
	/** Opens another way to a port of this machine, and answers its own. */
	| { readonly do: 'open'; readonly to: number }
	/** Forgets what has come by on such a way. */
	| { readonly do: 'reset'; readonly to: number }
	/** Answers when the first message since then was passed on to the client, see `wallTime`. */
	| { readonly do: 'first'; readonly to: number };

/** Bytes: what is smaller is no message, but a heartbeat or a confirmation. */
const LEAST = 300;

/**
 * Passes bytes on between clients and servers, and notes when a client gets messages: what the
 * server did before is not its business.
 */
export function tap(): (request: TapRequest) => unknown {
	const firsts = new Map<number, number>();
	return async ({ do: what, to }) => {
		if (what === 'reset') firsts.delete(to);
		if (what !== 'open') return firsts.get(to);
		const server = createServer({ noDelay: true }, (client) => {
			const behind = connect({ port: to, host: '127.0.0.1', noDelay: true });
			client.on('data', (chunk) => behind.write(chunk));
			behind.on('data', (chunk) => {
				if (chunk.length >= LEAST && !firsts.has(to)) firsts.set(to, wallTime());
				client.write(chunk);
			});
			for (const [socket, other] of [
				[client, behind],
				[behind, client],
			] as const) {
				socket.on('error', () => undefined);
				socket.on('close', () => {
					other.destroy();
				});
			}
		});
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		return (server.address() as AddressInfo).port;
	};
}
