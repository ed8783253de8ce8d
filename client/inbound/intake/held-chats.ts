import { type Chat, chatKey } from '../../protocol/chat';

/**
 * Chats in which it is being decided what becomes of a message. Whatever comes behind it there
 * waits, so that the chat keeps its order; other chats go on.
 */
export class HeldChats<T> {
	private chats = new Map<string, Array<() => void>>();
	private whenEmpty: Array<() => void> = [];

	get isEmpty(): boolean {
		return this.chats.size === 0;
	}

	/** @param key of the chat */
	has(key: string): boolean {
		return this.chats.has(key);
	}

	/**
	 * Calls `take` with what `decide` says of the message, at once where that is possible.
	 * Nothing is called any more once the chats have been dropped.
	 */
	pass(chat: Chat, decide: () => T | Promise<T>, take: (decision: T) => void): void {
		const key = chatKey(chat);
		const queue = this.chats.get(key);
		if (queue) {
			queue.push(() => {
				this.begin(key, decide, take);
			});
			return;
		}
		const decision = decide();
		if (!(decision instanceof Promise)) {
			take(decision);
			return;
		}
		this.chats.set(key, []);
		this.await(key, decision, take);
	}

	/** Calls back once nothing waits, at once where that is so. */
	drained(callback: () => void): void {
		if (this.isEmpty) callback();
		else this.whenEmpty.push(callback);
	}

	/** What waits comes again with the next connection. */
	clear(): void {
		this.chats = new Map();
		this.tellIfEmpty();
	}

	/** What waits in the chat is gone from the server. */
	dropChat(chat: Chat): void {
		const queue = this.chats.get(chatKey(chat));
		if (queue) queue.length = 0;
	}

	private begin(key: string, decide: () => T | Promise<T>, take: (decision: T) => void): void {
		this.await(key, Promise.resolve(decide()), take);
	}

	private await(key: string, decision: Promise<T>, take: (decision: T) => void): void {
		const { chats } = this;
		void decision.then((decided) => {
			if (this.chats !== chats) return;
			take(decided);
			this.next(key);
		});
	}

	private next(key: string): void {
		const step = this.chats.get(key)?.shift();
		if (step) {
			step();
			return;
		}
		this.chats.delete(key);
		this.tellIfEmpty();
	}

	private tellIfEmpty(): void {
		if (!this.isEmpty) return;
		const callbacks = this.whenEmpty;
		this.whenEmpty = [];
		for (const callback of callbacks) callback();
	}
}
