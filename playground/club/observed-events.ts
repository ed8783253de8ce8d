/**
 * Lets tests wait for a state of the club without polling: whatever happens in it re-evaluates what
 * they wait for.
 */
export class ObservedEvents {
	private readonly waiting = new Set<() => void>();

	/** To be called after anything that somebody may wait for. */
	notify(): void {
		for (const check of [...this.waiting]) check();
	}

	/**
	 * Resolves as soon as the predicate holds, at once if it does already.
	 * @param what for the message of the rejection ("waited ... ms for <what>")
	 */
	waitFor(predicate: () => boolean, what: string, timeoutMs = 10_000): Promise<void> {
		return new Promise((resolve, reject) => {
			const check = (): void => {
				if (!this.holds(predicate, finish)) return;
				finish();
			};
			const timer = setTimeout(() => {
				finish(new Error(`waited ${timeoutMs} ms for ${what}`));
			}, timeoutMs);
			const finish = (error?: unknown): void => {
				clearTimeout(timer);
				this.waiting.delete(check);
				if (error) reject(error instanceof Error ? error : new Error('the predicate threw'));
				else resolve();
			};
			this.waiting.add(check);
			check();
		});
	}

	/** A predicate that throws fails its own wait, not the event that re-evaluated it. */
	private holds(predicate: () => boolean, fail: (error: unknown) => void): boolean {
		try {
			return predicate();
		} catch (error) {
			fail(error ?? new Error('the predicate threw'));
			return false;
		}
	}
}
