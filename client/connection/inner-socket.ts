/** What is needed of the library's socket that it keeps to itself. */
export interface InnerSocket extends Emitter {
	onpacket(packet: unknown): void;
	/** An event from the server, with its arguments. */
	emitEvent(event: readonly unknown[]): void;
	readonly io: Emitter & {
		readonly decoder: Emitter;
		readonly engine: Emitter & { readonly transport: Emitter };
	};
}

interface Emitter {
	readonly _callbacks: Record<string, readonly unknown[]>;
}

/**
 * Each of a connection's lists of listeners has room for 16 more, which nobody needs: 2 KB
 * (measured).
 */
export function trimLists(socket: InnerSocket): void {
	const {
		io,
		io: {
			decoder,
			engine,
			engine: { transport },
		},
	} = socket;
	for (const { _callbacks: lists } of [socket, io, decoder, engine, transport]) {
		for (const [event, listeners] of Object.entries(lists)) lists[event] = listeners.slice();
	}
}
