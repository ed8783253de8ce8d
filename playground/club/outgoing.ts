import type { Fate } from './answer-faults';
import type { Connection } from './connections';
import type { Frame, FrameFaults } from './frame-faults';
import type { ServerTime } from './server-clock';

/** The one way from the club to its clients' sockets. */
export class Outgoing {
	/** Set while an event is handled whose answers are not to go out as they are made. */
	private collecting: { readonly connection: Connection; readonly frames: Frame[] } | null = null;

	constructor(
		private readonly faults: FrameFaults,
		private readonly time: ServerTime,
	) {}

	/** Works before the CONNECT packet too: the frame then precedes it on the wire. */
	send(connection: Connection, event: string, ...args: unknown[]): void {
		const frame = { event, args };
		if (this.collecting?.connection === connection) this.collecting.frames.push(frame);
		else this.write(connection, frame);
	}

	sendAll(connections: readonly Connection[], event: string, ...args: unknown[]): void {
		for (const connection of connections) this.send(connection, event, ...args);
	}

	/**
	 * Runs a handler, and lets its answers (frames to the connection, then the acknowledgement) meet
	 * their fate. What it sends to others is not held up.
	 * @param handle returns how to acknowledge, or null when the client gets no acknowledgement
	 */
	answer(connection: Connection, fate: Fate, handle: () => (() => void) | null): void {
		if (fate.kind === 'pass') {
			handle()?.();
			return;
		}
		const frames: Frame[] = [];
		this.collecting = { connection, frames };
		const acknowledge = runAndThen(handle, () => {
			this.collecting = null;
		});
		if (fate.kind !== 'delay') return;
		this.time.after(fate.ms, () => {
			for (const frame of frames) this.write(connection, frame);
			acknowledge?.();
		});
	}

	private write(connection: Connection, frame: Frame): void {
		this.faults.pass(connection.userId, frame, ({ event, args }) => {
			connection.socket.emit(event, ...args);
		});
	}
}

function runAndThen<T>(run: () => T, then: () => void): T {
	try {
		return run();
	} finally {
		then();
	}
}
