/**
 * A limit on how much goes on at the same time; those who wait are served in the order in which
 * they came. Who has a slot releases it once.
 */
export class Slots {
	private taken = 0;
	private readonly waiting: Array<() => void> = [];
	private head = 0;

	constructor(private limit: number) {}

	get isLimited(): boolean {
		return this.limit !== Number.POSITIVE_INFINITY;
	}

	/** Changes the limit; what is under way goes on. */
	resize(limit: number): void {
		this.limit = limit;
		this.serve();
	}

	/** Takes a slot if one is free now, without a wait; answers whether it has. */
	takeNow(): boolean {
		if (this.taken >= this.limit || this.head < this.waiting.length) return false;
		this.taken += 1;
		return true;
	}

	/** Resolves when it has taken a slot. */
	take(): Promise<void> {
		if (this.takeNow()) return Promise.resolve();
		return new Promise((resolve) => {
			this.waiting.push(resolve);
		});
	}

	release(): void {
		this.taken -= 1;
		this.serve();
	}

	private serve(): void {
		if (this.head === this.waiting.length) return;
		while (this.taken < this.limit && this.head < this.waiting.length) {
			this.taken += 1;
			this.waiting[this.head++]?.();
		}
		this.forgetServed();
	}

	/**
	 * The queue grows at one end and is read at the other: what has been read is cut off now and
	 * then, not each time.
	 */
	private forgetServed(): void {
		if (
			this.head < this.waiting.length &&
			(this.head <= 1024 || 2 * this.head <= this.waiting.length)
		)
			return;
		this.waiting.splice(0, this.head);
		this.head = 0;
	}
}
