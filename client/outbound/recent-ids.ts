/** The last ids, up to a limit; the oldest is forgotten first. */
export class RecentIds {
	private readonly ids = new Set<string>();

	constructor(private readonly capacity: number) {}

	has(id: string): boolean {
		return this.ids.has(id);
	}

	add(id: string): void {
		this.ids.delete(id);
		this.ids.add(id);
		if (this.ids.size <= this.capacity) return;
		for (const oldest of this.ids) {
			this.ids.delete(oldest);
			return;
		}
	}
}
