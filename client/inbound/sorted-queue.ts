import { insertSorted } from './sorted';

/** What has been taken is forgotten when none waits, or when it is this much and over half. */
const FORGET_AFTER = 256;

/**
 * A queue in the order of `created_at` among those that wait. To take the first one costs the same
 * however long the queue is; `shift` moves all the others.
 */
export class SortedQueue<T extends { readonly createdAt: number }> {
	private items: T[] = [];
	private head = 0;

	get isEmpty(): boolean {
		return this.head === this.items.length;
	}

	get first(): T | undefined {
		return this.items[this.head];
	}

	/** Puts an item in its place: behind all that are as old or older. */
	add(item: T): void {
		insertSorted(this.items, item, this.head);
	}

	/** Puts an item back where it came from: before all that are as old or younger. */
	putBack(item: T): void {
		let at = this.head;
		while (at < this.items.length && (this.items[at]?.createdAt ?? 0) < item.createdAt) at += 1;
		this.items.splice(at, 0, item);
	}

	/** Takes the first one. */
	next(): T | undefined {
		const { first } = this;
		if (first === undefined) return undefined;
		this.head += 1;
		if (this.isEmpty || (this.head > FORGET_AFTER && 2 * this.head > this.items.length)) {
			this.items.splice(0, this.head);
			this.head = 0;
		}
		return first;
	}

	/** Takes all that wait. */
	drain(): T[] {
		const rest = this.items.slice(this.head);
		this.items = [];
		this.head = 0;
		return rest;
	}
}
