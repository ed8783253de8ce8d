/** What belongs to the last ids, up to a limit; the oldest is forgotten first. */
export class RecentMap<V> {
	private readonly values = new Map<string, V>();

	constructor(private readonly capacity: number) {}

	get(id: string): V | undefined {
		return this.values.get(id);
	}

	set(id: string, value: V): void {
		this.values.delete(id);
		this.values.set(id, value);
		if (this.values.size <= this.capacity) return;
		for (const oldest of this.values.keys()) {
			this.values.delete(oldest);
			return;
		}
	}
}

/** The last ids, up to a limit; the oldest is forgotten first. */
export class RecentIds {
	private readonly ids: RecentMap<true>;

	constructor(capacity: number) {
		this.ids = new RecentMap(capacity);
	}

	has(id: string): boolean {
		return this.ids.get(id) !== undefined;
	}

	add(id: string): void {
		this.ids.set(id, true);
	}
}
