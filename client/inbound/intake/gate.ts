import type { Clock, Timer } from '../../clock';

/**
 * n8n starts triggers one after another: the first batch waits until none has joined for this long,
 * and at most `HOLD_CAP` (ms).
 */
const HOLD_FOR = 2000;
const HOLD_CAP = 10_000;

/** Items of a list that are gone through at once. */
const SLICE = 256;

/**
 * Keeps what arrives in its order until it can be judged: the identity must be known, and the first
 * batch waits for late triggers.
 */
export class Gate {
	private held: Array<() => void> = [];
	private head = 0;
	private identityKnown = false;
	private hold: { readonly since: number; readonly timer: Timer } | undefined;
	/** Stands for the list that is being gone through. */
	private underWay: object | undefined;

	constructor(private readonly clock: Clock) {}

	/** Runs the step now, or behind those that are held. */
	pass(step: () => void): void {
		if (this.isOpen) step();
		else this.held.push(step);
	}

	/**
	 * The same for a long list, slice by slice. What a slice starts has its turn before the next
	 * slice, so that short work is over before the rest takes memory. What is passed in the meantime
	 * is held. The step must not throw.
	 */
	passAll<T>(list: readonly T[], step: (item: T) => void): void {
		this.pass(() => void this.goThrough(list, step));
	}

	/**
	 * A new connection: its identity is not known yet, and what the old one left unjudged comes again
	 * in its batch.
	 */
	shut(): void {
		this.identityKnown = false;
		this.held = [];
		this.head = 0;
		this.underWay = undefined;
	}

	identified(): void {
		this.identityKnown = true;
		this.runHeld();
	}

	/** A trigger has joined before the first batch was judged: others may follow. */
	holdForOthers(): void {
		const now = this.clock.now();
		const since = this.hold?.since ?? now;
		this.hold?.timer.cancel();
		const timer = this.clock.after(Math.min(HOLD_FOR, since + HOLD_CAP - now), () => {
			this.hold = undefined;
			this.runHeld();
		});
		this.hold = { since, timer };
	}

	close(): void {
		this.hold?.timer.cancel();
		this.shut();
	}

	private get isOpen(): boolean {
		return this.identityKnown && !this.hold && !this.underWay;
	}

	private async goThrough<T>(list: readonly T[], step: (item: T) => void): Promise<void> {
		const own = {};
		this.underWay = own;
		for (let begin = 0; begin < list.length; begin += SLICE) {
			if (begin > 0) await Promise.resolve();
			// It was shut in the meantime, and is perhaps open again.
			if (this.underWay !== own) return;
			for (const item of list.slice(begin, begin + SLICE)) step(item);
		}
		this.underWay = undefined;
		this.runHeld();
	}

	private runHeld(): void {
		while (this.isOpen && this.head < this.held.length) {
			const step = this.held[this.head];
			this.head += 1;
			step?.();
		}
		if (this.head < this.held.length) return;
		this.held = [];
		this.head = 0;
	}
}
