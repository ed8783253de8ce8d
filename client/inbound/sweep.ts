/**
 * Forgets entries of a table that are no longer needed. It looks when the table is twice as large
 * as the last look left it. So the time for each entry stays the same, however many there are.
 */
export class Sweep {
	private at: number;

	/** @param most entries that are never worth a look */
	constructor(private readonly most: number) {
		this.at = most;
	}

	/** Forgets what may be forgotten where the table has grown enough. */
	ifDue<Key, Value>(table: Map<Key, Value>, mayBeForgotten: (value: Value) => boolean): void {
		if (table.size <= this.at) return;
		for (const [key, value] of table) if (mayBeForgotten(value)) table.delete(key);
		this.at = Math.max(this.most, 2 * table.size);
	}
}
