/**
 * The only timers in the package: everything that waits takes a `Clock`, so that tests can move
 * time by hand.
 */

export interface Timer {
	/** Forgets the timer; harmless when it has fired already. */
	cancel(): void;
	/**
	 * Gives it all of its time once more, whether it has fired or not; not to be used once it is
	 * cancelled.
	 */
	restart(): void;
}

export interface Clock {
	/** Wall time in ms since 1970, for comparing with the server's timestamps and for display. */
	wallTime(): number;
	/** Monotonic time in ms, for measuring how long something has been going on. */
	now(): number;
	/**
	 * Calls back once after `ms`; the timer does not keep the process alive when `background` is set.
	 */
	after(ms: number, callback: () => void, options?: { background?: boolean }): Timer;
}

/** Node refuses longer timers (it would fire them at once): one fires after this time instead. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
	wallTime: () => Date.now(),
	now: () => performance.now(),
	after(ms, callback, options) {
		const handle = setTimeout(callback, Math.min(Math.max(ms, 0), LONGEST_TIMER_MS));
		if (options?.background) handle.unref();
		return new SystemTimer(handle);
	},
};

class SystemTimer implements Timer {
	constructor(private readonly handle: NodeJS.Timeout) {}

	cancel(): void {
		clearTimeout(this.handle);
	}

	restart(): void {
		this.handle.refresh();
	}
}

/**
 * Resolves after `ms`, or at once when the signal aborts: a wait loses to close, and the caller
 * looks at the signal.
 */
export function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		if (signal?.aborted) {
			resolve();
			return;
		}
		const finish = () => {
			timer.cancel();
			signal?.removeEventListener('abort', finish);
			resolve();
		};
		const timer = clock.after(ms, finish);
		signal?.addEventListener('abort', finish, { once: true });
	});
}

/** What `withDeadline` answers when the time ran out. */
export const EXPIRED = Symbol('expired');

/**
 * The promise's own outcome, or EXPIRED after `ms`; the promise goes on and its later outcome is
 * ignored. With `background` the wait does not keep the process alive.
 */
export function withDeadline<T>(
	clock: Clock,
	ms: number,
	promise: Promise<T>,
	options: { background?: boolean } = {},
): Promise<T | typeof EXPIRED> {
	return new Promise((resolve) => {
		const timer = clock.after(
			ms,
			() => {
				resolve(EXPIRED);
			},
			options,
		);
		const settled = () => {
			timer.cancel();
			// Carries on a rejection too.
			resolve(promise);
		};
		promise.then(settled, settled);
	});
}
