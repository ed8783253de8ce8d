import type { Clock, Timer } from '../../clock';
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

/** What n8n may not have written to its database yet. */
interface Handover {
	readonly at: number;
	/** ms after `at`, without the margin. */
	readonly usual: number;
	readonly counts: () => void;
	timer: Timer;
}

/** Tells when n8n has what was handed over to it. */
export class Handovers {
	private readonly open = new Set<Handover>();
	private readonly waiting: Array<() => void> = [];

	constructor(private readonly clock: Clock) {}

	/**
	 * Calls `handedOver` once: when the execution has ended, however, or after a while that grows
	 * with what n8n has to do. Calls `notCreated` instead where no execution came about. A database
	 * that stood still may tell that later; then it is called as well.
	 * @param margin ms on top of that while
	 * @returns what is to be told how the execution has ended
	 */
	watch(
		margin: number,
		handedOver: () => void,
		notCreated: () => void,
	): (outcome: Outcome) => void {
		const decide = (tell: () => void) => {
			if (!this.open.delete(handover)) return;
			handover.timer.cancel();
			tell();
			if (this.open.size === 0) for (const resolve of this.waiting.splice(0)) resolve();
		};
		const counts = () => {
			decide(handedOver);
		};
		const usual = this.usualTime();
		const timer = this.clock.after(usual + margin, counts);
		const handover: Handover = { at: this.clock.now(), usual, timer, counts };
		this.open.add(handover);
		return (outcome) => {
			if (outcome === 'notCreated') {
				decide(() => undefined);
				notCreated();
			} else if (outcome !== 'shutdown' && outcome !== 'overdue') decide(handedOver);
		};
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

	private skipMargin(handover: Handover): void {
		const { at, usual, timer, counts } = handover;
		timer.cancel();
		handover.timer = this.clock.after(Math.max(0, at + usual - this.clock.now()), counts);
	}

	private usualTime(): number {
		return Math.min(HANDED_OVER_AFTER * (1 + Math.floor(this.open.size / EVERY)), AT_MOST);
	}
}
