import { RecentIds } from '../recent-ids';

/** Ids that count as done after their mark was confirmed. */
const RECENT_IDS = 1024;

/** Which messages a trigger has been given, and how far it is with each: what makes a message start one execution and no second. */
export class Holdings {
	/** Given and not done: in a lane or running (perhaps marked by the user already), or free but unmarked. */
	private readonly pending = new Map<string, 'lane' | 'marked' | 'free'>();
	/** Done, but the server has not confirmed the mark yet. */
	private readonly done = new Set<string>();
	private readonly recent = new RecentIds(RECENT_IDS);

	/** Whether nothing is pending. */
	get isEmpty(): boolean { return this.pending.size === 0; }

	/** What is known of a message; undefined for one that is new here. */
	state(id: string): 'pending' | 'done' | undefined {
		if (this.pending.has(id)) return 'pending';
		return this.done.has(id) || this.recent.has(id) ? 'done' : undefined;
	}

	holds(id: string): boolean { return this.pending.has(id); }

	/** Whether the message ran in `manually` and waits for its mark. */
	isFree(id: string): boolean { return this.pending.get(id) === 'free'; }

	/** Whether the user has marked it while it was in its lane. */
	isMarked(id: string): boolean { return this.pending.get(id) === 'marked'; }

	/** The ids that are free now. */
	free(): string[] { return [...this.pending].filter(([, state]) => state === 'free').map(([id]) => id); }

	take(id: string): void { this.pending.set(id, 'lane'); }

	setFree(id: string): void { this.pending.set(id, 'free'); }

	/** The user has marked what is still in its lane. */
	setMarked(id: string): void { if (this.pending.has(id)) this.pending.set(id, 'marked'); }

	/** Dealt with; it is done until its mark is confirmed, and for a while after that. */
	finish(id: string): void {
		this.pending.delete(id);
		this.done.add(id);
	}

	/** Dealt with, and read on the server already. */
	finishRead(id: string): void {
		this.pending.delete(id);
		this.recent.add(id);
	}

	giveBack(id: string): void { this.pending.delete(id); }

	/** Read on the server now. */
	confirmed(ids: readonly string[]): void {
		for (const id of ids) if (this.done.delete(id)) this.recent.add(id);
	}

	/** The marks of what is done belong to an agent that is no longer this trigger's. */
	forgetDone(): void { this.done.clear(); }
}
