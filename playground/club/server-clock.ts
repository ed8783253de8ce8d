/** Time as the club has it; a simulation brings its own. */
export interface ServerTime {
	/** Seconds since 1970. */
	now(): number;
	/** Calls back once after this many ms. */
	after(ms: number, callback: () => void): void;
}

export const realTime: ServerTime = {
	now: () => (performance.timeOrigin + performance.now()) / 1000,
	after: (ms, callback) => {
		setTimeout(callback, ms).unref();
	},
};

/** Float seconds with microseconds, as the server's own clock gives them. */
export class ServerClock {
	private last = 0;
	private stopped = false;

	constructor(private readonly time: ServerTime) {}

	/** Strictly increasing, so that the order of messages is plain, unless the clock was stopped. */
	now(): number {
		if (this.stopped) return this.last;
		this.last = roundToMicroseconds(Math.max(this.time.now(), this.last + 0.000_001));
		return this.last;
	}

	/**
	 * From here on every moment is the same one: several messages get one `created_at`. Returns what
	 * ends it.
	 */
	stop(): () => void {
		this.now();
		this.stopped = true;
		return () => {
			this.stopped = false;
		};
	}
}

function roundToMicroseconds(seconds: number): number {
	return Math.round(seconds * 1e6) / 1e6;
}
