import { type Chat, chatKey } from '../../protocol/chat';
import type { Message } from '../../protocol/message';
import { insertSorted } from '../sorted';

/** A step of a message that waits for those before it. */
interface Held {
	readonly createdAt: number;
	readonly step: () => void;
}

/**
 * Chats in which it is being decided what becomes of a message. Whatever comes behind it there
 * waits, so that the chat keeps its order; other chats go on. An older message that arrives in the
 * meantime goes first.
 */
export class HeldChats<T> {
	private chats = new Map<string, Held[]>();
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
	 * Nothing is called any more once the chats have been cleared.
	 */
	pass(
		{ chat, createdAt }: Message,
		decide: () => T | Promise<T>,
		take: (decision: T) => void,
	): void {
		const key = chatKey(chat);
		const queue = this.chats.get(key);
		if (queue) {
			const step = () => {
				this.await(key, createdAt, Promise.resolve(decide()), take);
			};
			insertSorted(queue, { createdAt, step });
			return;
		}
		const decision = decide();
		if (!(decision instanceof Promise)) {
			take(decision);
			return;
		}
		this.chats.set(key, []);
		this.await(key, createdAt, decision, take);
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

	private await(
		key: string,
		createdAt: number,
		decision: Promise<T>,
		take: (decision: T) => void,
	): void {
		const { chats } = this;
		void decision.then((decided) => {
			const queue = chats.get(key);
			if (this.chats !== chats || !queue) return;
			const step = () => {
				take(decided);
				this.next(key);
			};
			const isOvertaken = (queue[0]?.createdAt ?? createdAt) < createdAt;
			if (!isOvertaken) {
				step();
				return;
			}
			insertSorted(queue, { createdAt, step });
			this.next(key);
		});
	}

	private next(key: string): void {
		const held = this.chats.get(key)?.shift();
		if (held) {
			held.step();
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
