import type { Clock, Timer } from '../clock';
import { decodeIdentity, type Identity } from '../protocol/frames';
import type { AgentCredentials } from './credentials';
import { Heartbeat, type HeartbeatPort } from './heartbeat';
import type { Transport } from './transports';
import type { FrameHandler, ServerEvent, SocketHandlers, WireSocket } from './wire';

/** How an attempt ended, and what the log says about it. */
export interface AttemptEnd {
	readonly how:
		| 'refused'
		| 'blocked'
		| 'unreachable'
		| 'stalled'
		| 'lost'
		| 'silent'
		| 'renewed'
		| 'closed';
	/** May be what others have said, and is cut where it is long. */
	readonly detail: string;
	/** What to do about it, in our words. */
	readonly remedy?: string | undefined;
	/**
	 * The transport never opened: something between swallows it, so the other one gets its chance.
	 */
	readonly transportFailed?: boolean;
}

export interface AttemptListener {
	readonly onFrame: FrameHandler;
	identified(identity: Identity): void;
	/** Identity known and the connect-time batch handed over. */
	ready(socket: WireSocket): void;
}

export type SocketOpener = (
	credentials: AgentCredentials,
	transports: readonly Transport[],
	clock: Clock,
	handlers: SocketHandlers,
) => WireSocket;

/**
 * One life of a socket, from opening to its end. `ended` resolves exactly once, and nothing is
 * reported after it: callbacks of a socket that is over reach nobody.
 */
export class Attempt implements SocketHandlers, HeartbeatPort {
	readonly ended: Promise<AttemptEnd>;
	private finish!: (end: AttemptEnd) => void;
	private readonly socket: WireSocket;
	private identity: Identity | undefined;
	private batchIsIn = false;
	private over = false;
	/** Of the handshake. */
	private deadline: Timer | undefined;
	private bytesSeen = 0;
	private heartbeat: Heartbeat | undefined;

	constructor(
		open: SocketOpener,
		credentials: AgentCredentials,
		transports: readonly Transport[],
		private readonly clock: Clock,
		private readonly handshakeMs: number,
		private readonly listener: AttemptListener,
	) {
		this.ended = new Promise((resolve) => {
			this.finish = resolve;
		});
		this.socket = open(credentials, transports, clock, this);
		this.watchHandshake();
	}

	end(end: AttemptEnd): void {
		if (this.over) return;
		this.over = true;
		this.deadline?.cancel();
		this.heartbeat?.stop();
		this.socket.close();
		this.finish(end);
	}

	private isReady(): boolean {
		return this.identity !== undefined && this.batchIsIn;
	}

	frame(event: ServerEvent, payload: unknown): void {
		if (this.over) return;
		if (event === 'auth_ok') this.identify(payload);
		else this.listener.onFrame(event, payload);
	}

	connected(): void {
		if (this.over) return;
		this.batchIsIn = true;
		this.completeHandshake();
	}

	refused(text: string): void {
		this.end({ how: this.isReady() ? 'lost' : 'refused', detail: text });
	}

	failed(reason: string, transportFailed?: boolean): void {
		this.end({
			how: this.isReady() ? 'lost' : 'unreachable',
			detail: reason,
			...(transportFailed && { transportFailed: true }),
		});
	}

	beat(answered: () => void): void {
		this.socket.beat(answered);
	}

	silent(interval: number): void {
		this.end({
			how: 'silent',
			detail: `no answer to a heartbeat for ${interval / 1000} s`,
		});
	}

	private identify(payload: unknown): void {
		const identity = decodeIdentity(payload);
		if (typeof identity === 'string') {
			this.end({ how: 'unreachable', detail: `the server's auth_ok is malformed: ${identity}` });
			return;
		}
		this.identity = identity;
		this.listener.identified(identity);
		this.completeHandshake();
	}

	/**
	 * The identity may come before or after the batch, by the server's generation; the handshake is
	 * over when both are here.
	 */
	private completeHandshake(): void {
		if (this.over || !this.identity || !this.batchIsIn || this.heartbeat) return;
		this.deadline?.cancel();
		this.deadline = undefined;
		this.heartbeat = new Heartbeat(this.clock, this.identity.heartbeatInterval, this);
		this.heartbeat.start();
		this.listener.ready(this.socket);
	}

	/**
	 * Nobody reports a handshake that hangs, so it has a deadline (`test/client/handshake.test.ts`).
	 * A batch that keeps coming in moves the deadline.
	 */
	private watchHandshake(): void {
		this.deadline = this.clock.after(this.handshakeMs, () => {
			const bytes = this.socket.bytesRead();
			if (bytes - this.bytesSeen > IDLE_BYTES) {
				this.bytesSeen = bytes;
				this.watchHandshake();
				return;
			}
			const opened = this.socket.isOpen();
			const seconds = this.handshakeMs / 1000;
			const detail = opened
				? `no answer to the handshake within ${seconds} s`
				: `no answer at all within ${seconds} s, so something in between may swallow it`;
			this.end({ how: 'stalled', detail, transportFailed: !opened });
		});
	}
}

/**
 * What a transport receives by itself while nothing happens: the upgrade, the Engine.IO session,
 * pings.
 */
const IDLE_BYTES = 4096;
