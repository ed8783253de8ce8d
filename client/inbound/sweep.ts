/**
 * Says when a table is worth a look for what may be forgotten: at twice as many entries as the last
 * look has left. So it takes the same time for each entry, however many there are, and small tables
 * are left alone.
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
