/**
 * How far a trigger is with a message: in a lane or running (perhaps marked by the user already),
 * free but unmarked, or done.
 */
type State = 'lane' | 'marked' | 'free' | 'done' | 'recent';

/** Ids that count as done after their mark was confirmed. */
const RECENT_IDS = 1024;

/**
 * Which messages a trigger has been given, and how far it is with each: what makes a message start
 * one execution and no second. One table, in which a message keeps its place from the first to the
 * last state.
 */
export class Holdings {
	private readonly states = new Map<string, State>();
	/** Ids in the states before `done`. */
	private pendingCount = 0;
	/** Ids whose mark was confirmed, as a ring: the oldest is overwritten by the next. */
	private readonly recent: string[] = [];
	private next = 0;

	/** Whether nothing is pending. */
	get isEmpty(): boolean {
		return this.pendingCount === 0;
	}

	/** What is known of a message; undefined for one that is new here. */
	state(id: string): 'pending' | 'done' | undefined {
		const state = this.states.get(id);
		if (state === undefined) return undefined;
		return isPending(state) ? 'pending' : 'done';
	}

	holds(id: string): boolean {
		return this.state(id) === 'pending';
	}

	/** Whether the message ran in `manually` and waits for its mark. */
	isFree(id: string): boolean {
		return this.states.get(id) === 'free';
	}

	/** Whether the user has marked it while it was in its lane. */
	isMarked(id: string): boolean {
		return this.states.get(id) === 'marked';
	}

	/** The ids that are free now. */
	free(): string[] {
		return this.idsThatAre('free');
	}

	take(id: string): void {
		this.set(id, 'lane');
	}

	setFree(id: string): void {
		this.set(id, 'free');
	}

	/** The user has marked what is still in its lane. */
	setMarked(id: string): void {
		if (this.holds(id)) this.set(id, 'marked');
	}

	/** Dealt with; it is done until its mark is confirmed, and for a while after that. */
	finish(id: string): void {
		this.set(id, 'done');
	}

	/** Dealt with, and read on the server already. */
	finishRead(id: string): void {
		this.set(id, 'recent');
		this.remember(id);
	}

	giveBack(id: string): void {
		if (this.holds(id)) this.forget(id);
	}

	/** Read on the server now. */
	confirmed(ids: readonly string[]): void {
		for (const id of ids) if (this.states.get(id) === 'done') this.finishRead(id);
	}

	private idsThatAre(wanted: State): string[] {
		return [...this.states].filter(([, state]) => state === wanted).map(([id]) => id);
	}

	private set(id: string, state: State): void {
		const before = this.states.get(id);
		this.count(before, -1);
		this.count(state, 1);
		this.states.set(id, state);
	}

	private forget(id: string): void {
		this.count(this.states.get(id), -1);
		this.states.delete(id);
	}

	private count(state: State | undefined, change: 1 | -1): void {
		if (state && isPending(state)) this.pendingCount += change;
	}

	private remember(id: string): void {
		const oldest = this.recent[this.next];
		if (oldest !== undefined && oldest !== id && this.states.get(oldest) === 'recent')
			this.states.delete(oldest);
		this.recent[this.next] = id;
		this.next = (this.next + 1) % RECENT_IDS;
	}
}

function isPending(state: State): boolean {
	return state !== 'done' && state !== 'recent';
}
