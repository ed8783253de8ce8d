import { type Entry, isSettled } from './entry';

/** What the ledger knows of a message, as far as marking goes. */
type Markable = Pick<Entry, 'id' | 'arrivedAt' | 'holdings' | 'marking' | 'read'>;

/** Messages of one `created_at`, which are marked together or not at all. */
export interface SameTime {
	/** Nobody works on one of them. */
	isSettled: boolean;
	/** One of them is still to be marked. */
	isDue: boolean;
	/** When the last one arrived; monotonic ms. */
	arrivedAt: number;
}

export function readGroup(list: readonly Markable[], from: number, end: number): SameTime {
	const group: SameTime = { isSettled: true, isDue: false, arrivedAt: Number.NEGATIVE_INFINITY };
	for (let at = from; at < end; at += 1) {
		const entry = list[at];
		if (!entry) break;
		if (!isSettled(entry)) group.isSettled = false;
		if (!entry.marking && !entry.read) group.isDue = true;
		group.arrivedAt = Math.max(group.arrivedAt, entry.arrivedAt);
	}
	return group;
}

/** The message is being marked from now on, if it is not yet. */
export function markEntry(entry: Markable | undefined, ids: string[]): void {
	if (!entry || entry.marking || entry.read) return;
	entry.marking = true;
	ids.push(entry.id);
}
