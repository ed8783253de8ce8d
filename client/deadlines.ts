import type { Clock, Timer } from './clock';

/** Something that may last only so long. The fields are the list's. */
export interface Limited {
	/** The time is over. */
	expire(): void;
	/** Monotonic ms. */
	dueAt: number;
	earlier: Limited | undefined;
	later: Limited | undefined;
}

/**
 * Time limits for many at once, with a single timer: one for each would take longer than most of
 * them last (measured). They stand in a list in the order of their ends, which is nearly always
 * that of their beginnings, so that each comes and goes in the same short time.
 */
export class Deadlines {
	private first: Limited | undefined;
	private last: Limited | undefined;
	private timer: Timer | undefined;
	/** Monotonic ms; when the timer fires. */
	private firesAt = Number.POSITIVE_INFINITY;

	constructor(private readonly clock: Clock) {}

	/** Expires in `ms`, unless it is deleted before. */
	add(limited: Limited, ms: number): void {
		limited.dueAt = this.clock.now() + ms;
		let earlier = this.last;
		while (earlier && earlier.dueAt > limited.dueAt) earlier = earlier.earlier;
		this.link(limited, earlier);
		if (limited.dueAt < this.firesAt) this.fireAt(limited.dueAt);
	}

	/**
	 * Forgets it; harmless when it has expired. The timer stays: setting it anew each time is what
	 * this saves.
	 */
	delete(limited: Limited): void {
		const { earlier, later } = limited;
		if (earlier) earlier.later = later;
		else if (this.first === limited) this.first = later;
		if (later) later.earlier = earlier;
		else if (this.last === limited) this.last = earlier;
		limited.earlier = undefined;
		limited.later = undefined;
	}

	private link(limited: Limited, earlier: Limited | undefined): void {
		const later = earlier ? earlier.later : this.first;
		limited.earlier = earlier;
		limited.later = later;
		if (earlier) earlier.later = limited;
		else this.first = limited;
		if (later) later.earlier = limited;
		else this.last = limited;
	}

	private fireAt(time: number): void {
		this.timer?.cancel();
		this.firesAt = time;
		this.timer = this.clock.after(
			time - this.clock.now(),
			() => {
				this.fire();
			},
			{ background: true },
		);
	}

	private fire(): void {
		this.firesAt = Number.POSITIVE_INFINITY;
		for (let next = this.first; next && next.dueAt <= this.clock.now(); next = this.first) {
			this.delete(next);
			next.expire();
		}
		if (this.first && this.first.dueAt < this.firesAt) this.fireAt(this.first.dueAt);
	}
}
