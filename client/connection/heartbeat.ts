import type { Clock, Timer } from '../clock';

/** A timer that fires this much late (ms) says that this process was busy, not that the server is silent. */
const BUSY_PROCESS_MS = 1000;

/** What a heartbeat needs of the connection. */
export interface HeartbeatPort {
	/** Sends one heartbeat; resolves when the server has answered it. */
	beat(): Promise<unknown>;
	/** A heartbeat stayed unanswered for a whole interval. */
	silent(): void;
}

/**
 * Sends a heartbeat at each interval, the first at once, and watches the answers: a link that goes silent is noticed within
 * two intervals, whichever direction died. Received bytes do not count, for they say nothing about the way out.
 */
export class Heartbeat {
	private timer: Timer | undefined;
	private unanswered = false;
	private stopped = false;

	constructor(
		private readonly clock: Clock,
		private readonly interval: number,
		private readonly port: HeartbeatPort,
	) {}

	start(): void {
		this.send();
		this.schedule(this.interval);
	}

	stop(): void {
		this.stopped = true;
		this.timer?.cancel();
	}

	private schedule(ms: number): void {
		const due = this.clock.now() + ms;
		this.timer = this.clock.after(ms, () => { this.tick(this.clock.now() - due); });
	}

	private tick(lateness: number): void {
		if (this.stopped) return;
		if (!this.unanswered) {
			this.send();
			this.schedule(this.interval);
		} else if (lateness > BUSY_PROCESS_MS) {
			// The answer may be waiting in the socket's buffer: let the event loop read it first.
			this.schedule(BUSY_PROCESS_MS);
		} else {
			this.stop();
			this.port.silent();
		}
	}

	private send(): void {
		this.unanswered = true;
		this.port.beat().then(
			() => {
				this.unanswered = false;
			},
			() => undefined, // unanswered: the next tick says so
		);
	}
}
