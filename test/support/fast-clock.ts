import { setImmediate as turn } from 'node:timers/promises';
import type { Clock, Timer } from '../../client/clock';

interface Waiting {
	/** On this clock, in ms. */
	due: number;
	readonly arm: () => void;
	readonly fire: () => void;
	readonly forget: () => void;
}

/** ms between two looks at the time, and the most that counts between them. */
const TICK = 5;
const MOST_A_TICK = 20;

/**
 * Real ms since the start, less those in which a busy machine gave this process no turn: what it
 * waits for needs its turns, and so do the deadlines.
 */
class OwnTime {
	private passed = 0;
	private last = performance.now();
	private readonly clocks = new Set<FastClock>();
	private ticks: NodeJS.Timeout | undefined;

	/** It goes on as long as there are clocks. */
	begin(clock: FastClock): void {
		this.clocks.add(clock);
		if (this.ticks) return;
		this.last = performance.now();
		this.ticks = setInterval(() => {
			this.passed = this.now();
			this.last = performance.now();
		}, TICK).unref();
	}

	end(clock: FastClock): void {
		this.clocks.delete(clock);
		if (this.clocks.size > 0) return;
		clearInterval(this.ticks);
		this.ticks = undefined;
		this.passed = this.now();
		this.last = Number.POSITIVE_INFINITY;
	}

	now(): number {
		const since = Math.max(performance.now() - this.last, 0);
		return this.passed + Math.min(since, MOST_A_TICK);
	}
}

const ownTime = new OwnTime();

/**
 * A clock for code that talks over real sockets: it runs, but faster than real time, and can be
 * moved on by hand. So a test waits for what must happen, and shows that something does not happen
 * by skipping the time in which it could.
 */
export class FastClock implements Clock {
	private skipped = 0;
	private stopped = false;
	private readonly waiting = new Set<Waiting>();

	/**
	 * @param speed ms of this clock in a real one; at 0 time passes only by hand, so that nothing
	 * falls due between two steps of a test
	 */
	constructor(private readonly speed = 10) {
		ownTime.begin(this);
	}

	/** The server's timestamps are real ones, so this is real too. */
	wallTime(): number {
		return Date.now();
	}

	now(): number {
		return ownTime.now() * this.speed + this.skipped;
	}

	after(ms: number, callback: () => void, options?: { background?: boolean }): Timer {
		let handle: NodeJS.Timeout | undefined;
		const waiting: Waiting = {
			due: 0,
			arm: () => {
				clearTimeout(handle);
				const left = Math.max(waiting.due - this.now(), 0);
				if (left > 0 && this.speed === 0) return;
				handle = setTimeout(fireIfDue, left / Math.max(this.speed, 1));
				if (options?.background) handle.unref();
			},
			fire: () => {
				waiting.forget();
				callback();
			},
			forget: () => {
				clearTimeout(handle);
				this.waiting.delete(waiting);
			},
		};
		// A busy machine has slowed this clock down in the meantime, perhaps.
		const fireIfDue = () => {
			if (waiting.due > this.now()) waiting.arm();
			else waiting.fire();
		};
		const again = () => {
			if (this.stopped) return;
			waiting.due = this.now() + Math.max(ms, 0);
			this.waiting.add(waiting);
			waiting.arm();
		};
		again();
		return { cancel: waiting.forget, restart: again };
	}

	/**
	 * Moves time on; what falls due happens at its own moment, in order, each time with a turn of the
	 * event loop behind it.
	 */
	async skip(ms: number): Promise<void> {
		await turn();
		const until = this.now() + ms;
		for (let next = this.next(until); next; next = this.next(until)) {
			this.skipped += Math.max(next.due - this.now(), 0);
			next.fire();
			await turn();
		}
		this.skipped += Math.max(until - this.now(), 0);
		for (const waiting of this.waiting) waiting.arm();
	}

	/** Nothing happens any more, as in a process that was killed. */
	stop(): void {
		this.stopped = true;
		ownTime.end(this);
		for (const waiting of [...this.waiting]) waiting.forget();
	}

	private next(until: number): Waiting | undefined {
		let next: Waiting | undefined;
		for (const waiting of this.waiting)
			if (waiting.due <= until && (!next || waiting.due < next.due)) next = waiting;
		return next;
	}
}
