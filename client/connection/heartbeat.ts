import type { Clock, Timer } from '../clock';

/**
 * A timer that fires this much late (ms) says that this process was busy, not that the server is
 * silent.
 */
const BUSY_PROCESS_MS = 1000;

/** What a heartbeat needs of the connection. */
export interface HeartbeatPort {
	/** Sends one heartbeat, and calls back when the server has answered it. */
	beat(answered: () => void): void;
	/** A heartbeat stayed unanswered for a whole interval (ms). */
	silent(interval: number): void;
}

/**
 * Sends a heartbeat at each interval, the first at once, and watches the answers. A link that goes
 * silent is noticed within two intervals, whichever direction died. Received bytes do not count,
 * for they say nothing about the way out.
 */
export class Heartbeat {
	private timer: Timer | undefined;
	/** ms of the clock. */
	private due = 0;
	private unanswered = false;
	private stopped = false;
	private readonly answered = () => {
		this.unanswered = false;
	};

	constructor(
		private readonly clock: Clock,
		private readonly interval: number,
		private readonly port: HeartbeatPort,
	) {}

	/** Nothing is made for each beat but the frame: it is all that an idle agent does. */
	start(): void {
		this.send();
		this.due = this.clock.now() + this.interval;
		this.timer = this.clock.after(this.interval, () => {
			this.tick();
		});
	}

	stop(): void {
		this.stopped = true;
		this.timer?.cancel();
	}

	private tick(): void {
		if (this.stopped) return;
		const now = this.clock.now();
		if (!this.unanswered) {
			this.send();
			this.due = now + this.interval;
			this.timer?.restart();
		} else if (now - this.due > BUSY_PROCESS_MS) {
			// The answer may be waiting in the socket's buffer: let the event loop read it first.
			this.due = now + BUSY_PROCESS_MS;
			this.clock.after(
				BUSY_PROCESS_MS,
				() => {
					this.tick();
				},
				{ background: true },
			);
		} else {
			this.stop();
			this.port.silent(this.interval);
		}
	}

	private send(): void {
		this.unanswered = true;
		this.port.beat(this.answered);
	}
}
