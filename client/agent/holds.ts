import type { Clock, Timer } from '../clock';
import type { Subscription } from '../inbound/subscription/subscription';

/** ms that what a trigger has is held for its next life. */
const HOLD_PLACE = 30_000;

export const CLOSED_FOR_LONG =
	'The trigger has been closed for 30 s, and its place is free now: what it had not finished ' +
	'stays unread, and comes again when it is published';
export const ELSEWHERE_FOR_LONG =
	'The trigger has had another credential for 30 s: what it had not finished under the former ' +
	'one stays unread';

interface Hold {
	/** Monotonic ms. */
	readonly endsAt: number;
	readonly timer: Timer;
}

/** Subscriptions without a life, for as long as they wait for the next one. */
export class Holds {
	private readonly holds = new Map<Subscription, Hold>();

	constructor(private readonly clock: Clock) {}

	/** @param over is called when the time is over and no life has begun */
	begin(subscription: Subscription, over: () => void): void {
		this.holdUntil(subscription, this.clock.now() + HOLD_PLACE, over);
	}

	/**
	 * Holds one for as long as another one of the same trigger would be; it may have been given up
	 * before.
	 */
	inherit(subscription: Subscription, other: Subscription, over: () => void): void {
		const hold = this.holds.get(other);
		if (!hold) return;
		subscription.reclaim(other);
		this.holdUntil(subscription, hold.endsAt, over);
	}

	has(subscription: Subscription): boolean {
		return this.holds.has(subscription);
	}

	end(subscription: Subscription): void {
		this.holds.get(subscription)?.timer.cancel();
		this.holds.delete(subscription);
	}

	private holdUntil(subscription: Subscription, endsAt: number, over: () => void): void {
		this.end(subscription);
		const timer = this.clock.after(endsAt - this.clock.now(), over, { background: true });
		this.holds.set(subscription, { endsAt, timer });
	}
}
