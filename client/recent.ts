/**
 * What belongs to the last ids: to at least so many, and to at most twice as many. What is set
 * again counts as new.
 */
export class RecentMap<V> {
	private newer = new Map<string, V>();
	private older = new Map<string, V>();

	constructor(private readonly atLeast: number) {}

	get(id: string): V | undefined {
		return this.newer.get(id) ?? this.older.get(id);
	}

	/**
	 * Forgets many at once, now and then. Forgetting the oldest one each time would take long: a
	 * `Map` that is emptied from its front is searched from there (`npm run bench -- sends`).
	 */
	set(id: string, value: V): void {
		this.newer.set(id, value);
		if (this.newer.size < this.atLeast) return;
		this.older = this.newer;
		this.newer = new Map();
	}
}

/** The last ids: at least so many, and at most twice as many. */
export class RecentIds {
	private readonly ids: RecentMap<true>;

	constructor(atLeast: number) {
		this.ids = new RecentMap(atLeast);
	}

	has(id: string): boolean {
		return this.ids.get(id) !== undefined;
	}

	add(id: string): void {
		this.ids.set(id, true);
	}
}
