import { setImmediate as afterPendingWork } from 'node:timers/promises';
import { type Clock, LONGEST_TIMER_MS, type Timer } from '../../client/clock';

interface FakeTimer {
	due: number;
	readonly callback: () => void;
	readonly background: boolean;
	over: boolean;
}

/**
 * Lets everything run that is waiting for nothing but its turn: promises that are settled, streams,
 * aborts.
 */
export async function settled(): Promise<void> {
	await afterPendingWork();
}

/** Time that moves only when a test says so. Wall time and monotonic time move together. */
export class FakeClock implements Clock {
	/**
	 * The latest first, so that the next one is the last; of several at one moment the one that was
	 * set first comes last.
	 */
	private readonly timers: FakeTimer[] = [];
	private at = 0;

	/** @param epoch wall time at the start, ms since 1970 */
	constructor(private readonly epoch = 1_700_000_000_000) {}

	wallTime(): number {
		return this.epoch + this.at;
	}

	now(): number {
		return this.at;
	}

	after(ms: number, callback: () => void, options?: { background?: boolean }): Timer {
		const timer = {
			due: this.at + Math.min(Math.max(ms, 0), LONGEST_TIMER_MS),
			callback,
			background: options?.background === true,
			over: false,
		};
		this.insert(timer);
		return {
			cancel: () => {
				timer.over = true;
			},
			restart: () => {
				const place = this.timers.indexOf(timer);
				if (place >= 0) this.timers.splice(place, 1);
				timer.due = this.at + Math.max(ms, 0);
				timer.over = false;
				this.insert(timer);
			},
		};
	}

	private insert(timer: FakeTimer): void {
		this.timers.splice(this.placeOf(timer.due), 0, timer);
	}

	/** Timers that are set; those in the background do not count. */
	get pending(): number {
		return this.timers.filter(({ background, over }) => !background && !over).length;
	}

	/**
	 * Moves time on by `ms`: timers fire in their order, and what they set going has its turn before
	 * the next one.
	 */
	async advance(ms: number): Promise<void> {
		await settled();
		const end = this.at + ms;
		for (let next = this.takeNext(end); next; next = this.takeNext(end)) {
			this.at = Math.max(this.at, next.due);
			next.callback();
			await settled();
		}
		this.at = end;
	}

	/** A busy process: time passes, and no timer fires before the next `advance`. */
	stall(ms: number): void {
		this.at += ms;
	}

	/** The earliest timer that is due by then. */
	private takeNext(end: number): FakeTimer | undefined {
		this.dropCancelled();
		const next = this.timers.at(-1);
		if (!next || next.due > end) return undefined;
		next.over = true;
		return this.timers.pop();
	}

	private dropCancelled(): void {
		while (this.timers.at(-1)?.over) this.timers.pop();
	}

	/**
	 * Where a timer belongs: before all that are due at the same moment, for they were set earlier.
	 */
	private placeOf(due: number): number {
		let low = 0;
		let high = this.timers.length;
		while (low < high) {
			const middle = (low + high) >>> 1;
			if ((this.timers[middle]?.due ?? 0) > due) low = middle + 1;
			else high = middle;
		}
		return low;
	}
}
