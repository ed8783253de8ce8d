/**
 * How far a trigger is with a message. It is in a lane or runs, and the user may have marked it
 * meanwhile. Or it is left unmarked, done, or done and read on the server.
 */
type State = 'lane' | 'marked' | 'unmarked' | 'done' | 'recent';

/**
 * How far one trigger is with one message. The trigger finds it by the message's id, and the
 * ledger's entry of the message lists it. Nothing else says who still has to settle what.
 */
export interface Holding {
	readonly id: string;
	readonly holder: Holdings;
	/** Only the holder changes it. */
	state: State;
}

/** Ids that count as done after their mark was confirmed. */
const RECENT_IDS = 1024;

/**
 * What one trigger has been given, and how far it is with each: what makes a message start one
 * execution and no second.
 */
export class Holdings {
	private readonly known = new Map<string, Holding>();
	/** Holdings in the states before `done`. */
	private pendingCount = 0;
	/** What is done and read, as a ring: the oldest is overwritten by the next. */
	private readonly recent: Holding[] = [];
	private next = 0;

	/** Whether nothing is pending. */
	get isEmpty(): boolean {
		return this.pendingCount === 0;
	}

	/** Undefined for a message that is new here. */
	get(id: string): Holding | undefined {
		return this.known.get(id);
	}

	/** What is known of a message; undefined for one that is new here. */
	state(id: string): 'pending' | 'done' | undefined {
		const holding = this.known.get(id);
		if (!holding) return undefined;
		return isPending(holding) ? 'pending' : 'done';
	}

	holds(id: string): boolean {
		return this.state(id) === 'pending';
	}

	/** Those that ran in `manually` and wait for their mark. */
	unmarked(): Holding[] {
		return [...this.known.values()].filter(({ state }) => state === 'unmarked');
	}

	take(id: string): Holding {
		return this.move(id, 'lane');
	}

	leaveUnmarked(id: string): void {
		this.move(id, 'unmarked');
	}

	/**
	 * Dealt with; it is done until its mark is confirmed, and for a while after that. What is read
	 * already stays so.
	 */
	settle(id: string): Holding {
		const known = this.known.get(id);
		return known?.state === 'recent' ? known : this.move(id, 'done');
	}

	/** Dealt with, and read on the server already. */
	settleRead(id: string): Holding {
		const holding = this.move(id, 'recent');
		this.remember(holding);
		return holding;
	}

	/** Forgets what is pending. Answers what it was. */
	giveBack(id: string): Holding | undefined {
		const holding = this.known.get(id);
		if (!holding || !isPending(holding)) return undefined;
		this.pendingCount -= 1;
		this.known.delete(id);
		return holding;
	}

	/** The user, or another process, has marked the message; what is in its lane goes on. */
	markedRead(holding: Holding): void {
		if (holding.state === 'unmarked') this.settleRead(holding.id);
		else if (isPending(holding)) holding.state = 'marked';
	}

	/** The mark of the message is confirmed. */
	confirmed(holding: Holding): void {
		if (holding.state === 'done') this.settleRead(holding.id);
	}

	private move(id: string, state: State): Holding {
		const known = this.known.get(id);
		const holding = known ?? { id, holder: this, state };
		if (!known) this.known.set(id, holding);
		else if (isPending(known)) this.pendingCount -= 1;
		holding.state = state;
		if (isPending(holding)) this.pendingCount += 1;
		return holding;
	}

	private remember(holding: Holding): void {
		const oldest = this.recent[this.next];
		if (oldest && oldest !== holding && oldest.state === 'recent') this.known.delete(oldest.id);
		this.recent[this.next] = holding;
		this.next = (this.next + 1) % RECENT_IDS;
	}
}

/** Whether the message was given to the trigger, which has not settled it. */
export function isPending({ state }: Holding): boolean {
	return state !== 'done' && state !== 'recent';
}
