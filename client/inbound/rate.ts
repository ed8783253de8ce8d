import { type Clock, pause } from '../clock';

/** Lets at most so many pass in each second, in the order in which they came. */
export class RateLimit {
	private windowStart = Number.NEGATIVE_INFINITY;
	private passed = 0;
	private queue: Promise<void> = Promise.resolve();

	constructor(
		private readonly clock: Clock,
		private readonly perSecond: number,
	) {}

	/** Resolves when it is one's turn, or when the signal aborts. */
	pass(signal: AbortSignal): Promise<void> {
		this.queue = this.queue.then(() => this.admit(signal));
		return this.queue;
	}

	private async admit(signal: AbortSignal): Promise<void> {
		if (this.clock.now() - this.windowStart >= 1000) this.openWindow();
		if (this.passed >= this.perSecond) {
			await pause(this.clock, this.windowStart + 1000 - this.clock.now(), signal);
			this.openWindow();
		}
		this.passed += 1;
	}

	private openWindow(): void {
		this.windowStart = this.clock.now();
		this.passed = 0;
	}
}
