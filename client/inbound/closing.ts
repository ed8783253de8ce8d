import type { Clock } from '../clock';

/** What `Closing.unlessOver` answers when the life was over first. */
export const OVER = Symbol('over');

/**
 * The end of a trigger's life, which ends all its waits. Thousands of chats may wait at once. An
 * `AbortSignal` goes through all its listeners for each new one.
 */
export class Closing {
	private readonly waits = new Set<() => void>();
	private isClosed = false;

	get isOver(): boolean {
		return this.isClosed;
	}

	close(): void {
		this.isClosed = true;
		for (const end of this.waits) end();
		this.waits.clear();
	}

	/**
	 * The promise's own outcome, or OVER as soon as the life is over; the promise goes on, and its
	 * later outcome is ignored.
	 */
	unlessOver<T>(promise: Promise<T>): Promise<T | typeof OVER> {
		return new Promise((resolve) => {
			const end = () => {
				resolve(OVER);
			};
			this.wait(end);
			const settled = () => {
				this.waits.delete(end);
				// Carries on a rejection too.
				resolve(promise);
			};
			promise.then(settled, settled);
		});
	}

	/** Resolves after `ms`, or at once when the life is over. */
	pause(clock: Clock, ms: number): Promise<void> {
		return new Promise((resolve) => {
			const end = () => {
				timer.cancel();
				this.waits.delete(end);
				resolve();
			};
			const timer = clock.after(ms, end);
			this.wait(end);
		});
	}

	private wait(end: () => void): void {
		if (this.isClosed) end();
		else this.waits.add(end);
	}
}
