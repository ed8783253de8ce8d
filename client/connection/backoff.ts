export interface BackoffPolicy {
	/** ms before the first repetition. */
	readonly first: number;
	/** ms that the doubling never exceeds. */
	readonly cap: number;
}

/**
 * Grows by 1, 2, 4 ... up to the cap, and only then by up to 30 % more by chance. So clients that
 * left together come back apart.
 */
export class Backoff {
	private failures = 0;

	constructor(
		private readonly policy: BackoffPolicy,
		private readonly chance: () => number,
	) {}

	/** ms to wait before the next attempt. */
	next(): number {
		const delay = Math.min(this.policy.cap, this.policy.first * 2 ** this.failures);
		if (delay < this.policy.cap) this.failures += 1;
		return delay * (1 + 0.3 * this.chance());
	}

	reset(): void {
		this.failures = 0;
	}
}
