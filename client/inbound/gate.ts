import type { Clock, Timer } from '../clock';

/** n8n starts triggers one after another: the first batch waits until none has joined for this long, and at most `HOLD_CAP` (ms). */
const HOLD_FOR = 2000;
const HOLD_CAP = 10_000;

/** Keeps what arrives in its order until it can be judged: the identity must be known, and the first batch waits for late triggers. */
export class Gate {
	private held: Array<() => void> = [];
	private identityKnown = false;
	private hold: { readonly since: number; readonly timer: Timer } | undefined;

	constructor(private readonly clock: Clock) {}

	/** Runs the step now, or behind those that are held. */
	pass(step: () => void): void {
		if (this.identityKnown && !this.hold) step();
		else this.held.push(step);
	}

	/** A new connection: its identity is not known yet, and what the old one left unjudged comes again in its batch. */
	shut(): void {
		this.identityKnown = false;
		this.held = [];
	}

	identified(): void {
		this.identityKnown = true;
		this.release();
	}

	/** A trigger has joined before the first batch was judged: others may follow. */
	prolong(): void {
		const now = this.clock.now();
		const since = this.hold?.since ?? now;
		this.hold?.timer.cancel();
		const timer = this.clock.after(Math.min(HOLD_FOR, since + HOLD_CAP - now), () => {
			this.hold = undefined;
			this.release();
		});
		this.hold = { since, timer };
	}

	close(): void {
		this.hold?.timer.cancel();
		this.shut();
	}

	private release(): void {
		if (!this.identityKnown || this.hold) return;
		const steps = this.held;
		this.held = [];
		for (const step of steps) step();
	}
}
