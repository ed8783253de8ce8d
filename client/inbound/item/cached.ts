import { type Clock, EXPIRED, withDeadline } from '../../clock';

/**
 * One thing that is fetched when needed, kept for a while, and served old while fetching it fails.
 */
export class Cached<T> {
	private value: T | undefined;
	private fetchedAt = Number.NEGATIVE_INFINITY;
	/** When the fetch began that brought the value. */
	private valueFrom = Number.NEGATIVE_INFINITY;
	private failedAt = Number.NEGATIVE_INFINITY;
	private lastFailure: unknown;
	private underWay: Promise<void> | undefined;
	private invalidations = 0;

	/** @param fetch one call at a time; it may reject */
	constructor(
		private readonly clock: Clock,
		private readonly fetch: () => Promise<T>,
		private readonly onFailure: (error: unknown) => void,
	) {}

	/** What is here now, however old. */
	get current(): T | undefined {
		return this.value;
	}

	/** What the last fetch threw; undefined where it succeeded. */
	get failure(): unknown {
		return this.lastFailure;
	}

	/** ms since the last successful fetch. */
	get age(): number {
		return this.clock.now() - this.fetchedAt;
	}

	/**
	 * The value, at most `maxAge` ms old where it can be had within `deadline` ms; else the old one,
	 * else undefined. After a failure nobody waits again for RETRY_AFTER ms: a server that hangs
	 * costs one deadline, not one for each message.
	 */
	async get(maxAge: number, deadline: number): Promise<T | undefined> {
		if (this.age < maxAge) return this.value;
		if (this.hasJustFailed) return this.value;
		const done = await withDeadline(this.clock, deadline, this.refresh());
		if (done === EXPIRED) this.failedAt = this.clock.now();
		return this.value;
	}

	/** Whether the value was asked for at this time (monotonic ms) or later. */
	isFrom(time: number): boolean {
		return this.valueFrom >= time;
	}

	/**
	 * The value, asked for at `time` or later; undefined where that cannot be had within `deadline`
	 * ms. What is on its way already may be from before that time. So the next fetch waits for it.
	 */
	async getFrom(time: number, deadline: number): Promise<T | undefined> {
		if (!this.isFrom(time) && !this.hasJustFailed) {
			const done = await withDeadline(this.clock, deadline, this.refreshFrom(time));
			if (done === EXPIRED) this.failedAt = this.clock.now();
		}
		return this.isFrom(time) ? this.value : undefined;
	}

	/** What is here, or on its way, counts as outdated from now on. */
	invalidate(): void {
		this.fetchedAt = Number.NEGATIVE_INFINITY;
		this.invalidations += 1;
	}

	/** Nobody waits after the last failure: its cause may be over. */
	forgiveFailure(): void {
		this.failedAt = Number.NEGATIVE_INFINITY;
	}

	private get hasJustFailed(): boolean {
		return this.clock.now() - this.failedAt < RETRY_AFTER;
	}

	private async refreshFrom(time: number): Promise<void> {
		await this.underWay;
		if (!this.isFrom(time) && !this.hasJustFailed) await this.refresh();
	}

	private refresh(): Promise<void> {
		this.underWay ??= this.fetchNow();
		return this.underWay;
	}

	private fetchNow(): Promise<void> {
		const { invalidations } = this;
		const begun = this.clock.now();
		return this.fetch()
			.then(
				(value) => {
					this.value = value;
					this.valueFrom = begun;
					this.lastFailure = undefined;
					// What the server answers may be from before a change that it has told of since.
					if (this.invalidations === invalidations) this.fetchedAt = this.clock.now();
				},
				(error: unknown) => {
					this.failedAt = this.clock.now();
					this.lastFailure = error;
					this.onFailure(error);
				},
			)
			.finally(() => {
				this.underWay = undefined;
			});
	}
}

const RETRY_AFTER = 5000;
