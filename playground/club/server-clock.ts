/** Float seconds with microseconds, as the server's own clock gives them. */
export class ServerClock {
	private last = 0;
	private stopped = false;

	/** Strictly increasing, so that the order of messages is plain, unless the clock was stopped. */
	now(): number {
		if (this.stopped) return this.last;
		const wall = (performance.timeOrigin + performance.now()) / 1000;
		this.last = roundToMicroseconds(Math.max(wall, this.last + 0.000_001));
		return this.last;
	}

	/** From here on every moment is the same one: several messages get one `created_at`. Returns what ends it. */
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
