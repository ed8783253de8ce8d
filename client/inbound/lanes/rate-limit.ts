import type { Clock } from '../../clock';
import type { Closing } from '../closing';

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

	/** Resolves when it is one's turn, or when the life is over. */
	pass(closing: Closing): Promise<void> {
		this.queue = this.queue.then(() => this.admit(closing));
		return this.queue;
	}

	private async admit(closing: Closing): Promise<void> {
		const oldest = this.passes[this.next];
		const wait = oldest === undefined ? 0 : oldest + 1000 - this.clock.now();
		if (wait > 0) await closing.pause(this.clock, wait);
		this.passes[this.next] = this.clock.now();
		this.next = (this.next + 1) % this.perSecond;
	}
}
