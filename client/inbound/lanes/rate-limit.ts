import { type Clock, pause } from '../../clock';

/** Lets at most `perSecond` pass in each second, in the order in which they came. */
export class RateLimit {
	/** When the last ones passed, as a ring: the oldest is overwritten by the next. */
	private readonly passes: number[] = [];
	private next = 0;
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
		const oldest = this.passes[this.next];
		const wait = oldest === undefined ? 0 : oldest + 1000 - this.clock.now();
		if (wait > 0) await pause(this.clock, wait, signal);
		this.passes[this.next] = this.clock.now();
		this.next = (this.next + 1) % this.perSecond;
	}
}
