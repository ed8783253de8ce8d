/** ms of due times that are kept together. */
const TOGETHER = 64;

/**
 * Chats in which something may be marked: those to look at now, and those whose next message has
 * not been here long enough.
 */
export class DueChats<T> {
	private readonly now = new Set<T>();
	/** By due time, so that nobody looks at a chat again and again until then. */
	private readonly later = new Map<number, T[]>();

	get isEmpty(): boolean {
		return this.now.size === 0 && this.later.size === 0;
	}

	/** Something has changed in the chat. */
	add(chat: T): void {
		this.now.add(chat);
	}

	/** Nothing can be marked in the chat before that time (monotonic ms). */
	defer(chat: T, until: number): void {
		this.now.delete(chat);
		const key = Math.floor(until / TOGETHER);
		const together = this.later.get(key);
		if (together) together.push(chat);
		else this.later.set(key, [chat]);
	}

	delete(chat: T): void {
		this.now.delete(chat);
	}

	/** The chats to look at, those included whose time has come. */
	at(now: number): Iterable<T> {
		for (const [key, chats] of this.later) {
			if (key * TOGETHER > now) continue;
			this.later.delete(key);
			for (const chat of chats) this.now.add(chat);
		}
		return this.now;
	}

	clear(): void {
		this.now.clear();
		this.later.clear();
	}
}
