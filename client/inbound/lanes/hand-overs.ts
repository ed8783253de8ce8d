import type { Clock } from '../../clock';
import type { Outcome } from './settlement';

/**
 * `immediately`: `emit` does not tell when the execution has reached n8n's database. So a message
 * counts as dealt with this much later (ms), or when its execution has ended.
 */
const HANDED_OVER_AFTER = 2000;
/**
 * A message waits `HANDED_OVER_AFTER` once more for each `EVERY` open hand-overs before it, because
 * n8n writes a burst to its database one after another. On two busy cores 64 messages were handed
 * over together, and more of them 3 s later. After another 7 s n8n had written none of the later
 * ones, and a crash then lost them.
 */
const EVERY = 8;
const AT_MOST = 5 * HANDED_OVER_AFTER;

/** Tells when n8n has what was handed over to it. */
export class Handovers {
	private open = 0;
	private readonly waiting: Array<() => void> = [];

	constructor(private readonly clock: Clock) {}

	/**
	 * Calls `handedOver` once: when the execution has ended, however, or after a while that grows
	 * with what n8n has to do. Calls `notCreated` instead where no execution came about within that
	 * time.
	 * @returns what is to be told how the execution has ended
	 */
	watch(handedOver: () => void, notCreated: () => void): (outcome: Outcome) => void {
		let decided = false;
		const decide = (tell: () => void) => {
			if (decided) return;
			decided = true;
			this.open -= 1;
			timer.cancel();
			tell();
			if (this.open === 0) for (const resolve of this.waiting.splice(0)) resolve();
		};
		const timer = this.clock.after(this.wait(), () => {
			decide(handedOver);
		});
		this.open += 1;
		return (outcome) => {
			if (outcome === 'notCreated') decide(notCreated);
			else if (outcome !== 'shutdown' && outcome !== 'overdue') decide(handedOver);
		};
	}

	/** Resolves when none is open. */
	async decided(): Promise<void> {
		if (this.open > 0)
			await new Promise<void>((resolve) => {
				this.waiting.push(resolve);
			});
	}

	private wait(): number {
		return Math.min(HANDED_OVER_AFTER * (1 + Math.floor(this.open / EVERY)), AT_MOST);
	}
}
