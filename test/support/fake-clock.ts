import { setImmediate as afterPendingWork } from 'node:timers/promises';
import type { Clock, Timer } from '../../client/clock';

interface FakeTimer {
	readonly due: number;
	readonly callback: () => void;
	readonly background: boolean;
}

/** Lets everything run that is waiting for nothing but its turn: promises that are settled, streams, aborts. */
export async function settled(): Promise<void> {
	await afterPendingWork();
}

/** Time that moves only when a test says so. Wall time and monotonic time move together. */
export class FakeClock implements Clock {
	private readonly timers = new Set<FakeTimer>();
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
		const timer = { due: this.at + Math.max(ms, 0), callback, background: options?.background === true };
		this.timers.add(timer);
		return {
			cancel: () => {
				this.timers.delete(timer);
			},
		};
	}

	/** Timers that are set; those in the background do not count. */
	get pending(): number {
		return [...this.timers].filter(({ background }) => !background).length;
	}

	/** Moves time on by `ms`: timers fire in their order, and what they set going has its turn before the next one. */
	async advance(ms: number): Promise<void> {
		await settled();
		const end = this.at + ms;
		for (let next = this.next(end); next; next = this.next(end)) {
			this.at = Math.max(this.at, next.due);
			this.timers.delete(next);
			next.callback();
			await settled();
		}
		this.at = end;
	}

	/** A busy process: time passes, and no timer fires before the next `advance`. */
	stall(ms: number): void {
		this.at += ms;
	}

	/** The earliest timer that is due by then; of several at one moment the one that was set first. */
	private next(end: number): FakeTimer | undefined {
		let first: FakeTimer | undefined;
		for (const timer of this.timers) if (timer.due <= end && (!first || timer.due < first.due)) first = timer;
		return first;
	}
}
