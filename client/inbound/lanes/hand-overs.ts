import type { Clock, Timer } from '../../clock';

/**
 * `immediately`: `emit` does not tell when the execution has reached n8n's database. So a message
 * counts as dealt with this much later (ms), or when its execution has ended.
 */
const HANDED_OVER_AFTER = 2000;
/**
 * A message waits `HANDED_OVER_AFTER` once more for each `EVERY` open hand-overs before it, because
 * n8n writes a burst to its database one after another (`test/e2e/n8n-killed.test.ts`). On two busy
 * cores it had not yet written, after 7 s, what was handed over behind 64 others.
 */
const EVERY = 8;
const AT_MOST = 5 * HANDED_OVER_AFTER;

/** A message that n8n has been given, and may not have written to its database yet. */
export interface Handover {
	/** Its execution has ended: it counts as dealt with now. */
	ended(): void;
	/** No execution came of it: it does not count as dealt with, if it does not yet. */
	refused(): void;
}

interface OpenHandover {
	/** Monotonic ms. */
	readonly begunAt: number;
	/** ms after that, without the margin. */
	readonly usual: number;
	readonly counts: () => void;
	timer: Timer;
}

/** Tells when n8n has what was handed over to it. */
export class Handovers {
	private readonly open = new Set<OpenHandover>();
	private readonly waiting: Array<() => void> = [];

	constructor(private readonly clock: Clock) {}

	/**
	 * Calls `counts` once: when the execution has ended, or after a while that grows with what n8n
	 * has to do.
	 * @param margin ms on top of that while
	 */
	begin(margin: number, counts: () => void): Handover {
		const close = (then: () => void) => {
			if (!this.open.delete(handover)) return;
			handover.timer.cancel();
			then();
			if (this.open.size === 0) for (const resolve of this.waiting.splice(0)) resolve();
		};
		const ended = () => {
			close(counts);
		};
		const refused = () => {
			close(() => undefined);
		};
		const usual = this.usualTime();
		const timer = this.clock.after(usual + margin, ended);
		const handover = { begunAt: this.clock.now(), usual, counts: ended, timer };
		this.open.add(handover);
		return { ended, refused };
	}

	/**
	 * The trigger closes: resolves when none is open. It waits for no margin, as an n8n that closes
	 * its triggers is in order.
	 */
	async decided(): Promise<void> {
		for (const handover of this.open) this.skipMargin(handover);
		if (this.open.size > 0)
			await new Promise<void>((resolve) => {
				this.waiting.push(resolve);
			});
	}

	private skipMargin(handover: OpenHandover): void {
		const { begunAt, usual, timer, counts } = handover;
		timer.cancel();
		handover.timer = this.clock.after(Math.max(0, begunAt + usual - this.clock.now()), counts);
	}

	private usualTime(): number {
		return Math.min(HANDED_OVER_AFTER * (1 + Math.floor(this.open.size / EVERY)), AT_MOST);
	}
}
