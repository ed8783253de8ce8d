import { type Chat, chatKey } from '../../protocol/chat';
import type { Message, Source } from '../../protocol/message';
import { SortedQueue } from '../sorted-queue';

/** A message that waits for those before it, or for its own decision. */
interface Held<T> {
	readonly message: Message;
	readonly source: Source;
	readonly createdAt: number;
	decision?: T | Promise<T>;
}

/**
 * Chats in which it is being decided what becomes of a message. Whatever comes behind it there
 * waits, so that the chat keeps its order; other chats go on. An older message that arrives in the
 * meantime goes first.
 */
export class HeldChats<T> {
	private chats = new Map<string, SortedQueue<Held<T>>>();
	/** Of the messages that wait. */
	private readonly ids = new Set<string>();
	private whenEmpty: Array<() => void> = [];

	/**
	 * @param decide called once for each message, when it is its turn
	 * @param take called with what was decided, unless the chats have been cleared
	 */
	constructor(
		private readonly decide: (message: Message) => T | Promise<T>,
		private readonly take: (message: Message, source: Source, decision: T) => void,
	) {}

	get isEmpty(): boolean {
		return this.chats.size === 0;
	}

	/** @param key of the chat */
	has(key: string): boolean {
		return this.chats.has(key);
	}

	hasMessage(id: string): boolean {
		return this.ids.has(id);
	}

	/** Has the message decided on and taken in its turn, at once where that is possible. */
	pass(message: Message, source: Source): void {
		const { id, createdAt } = message;
		const queue = this.chats.get(message.chat.key);
		if (queue) {
			this.ids.add(id);
			queue.add({ message, source, createdAt });
			return;
		}
		const decision = this.decide(message);
		if (decision instanceof Promise) void this.workOff({ message, source, createdAt, decision });
		else this.take(message, source, decision);
	}

	/** Calls back once nothing waits, at once where that is so. */
	drained(callback: () => void): void {
		if (this.isEmpty) callback();
		else this.whenEmpty.push(callback);
	}

	/** What waits comes again with the next connection. */
	clear(): void {
		this.chats = new Map();
		this.ids.clear();
		this.tellIfEmpty();
	}

	/** What waits in the chat is gone from the server. */
	dropChat(chat: Chat): void {
		const queue = this.chats.get(chatKey(chat));
		for (const { message } of queue?.drain() ?? []) this.ids.delete(message.id);
	}

	/** Takes a chat's messages one after another, each when it is decided. */
	private async workOff(first: Held<T>): Promise<void> {
		const { chats } = this;
		const { key } = first.message.chat;
		this.ids.add(first.message.id);
		const queue = new SortedQueue<Held<T>>();
		chats.set(key, queue);
		for (let held: Held<T> | undefined = first; held; held = queue.next()) {
			const decision = await (held.decision ??= this.decide(held.message));
			if (this.chats !== chats) return;
			const isOvertaken = queue.first !== undefined && queue.first.createdAt < held.createdAt;
			if (isOvertaken) {
				queue.putBack(held);
				continue;
			}
			this.ids.delete(held.message.id);
			this.take(held.message, held.source, decision);
		}
		chats.delete(key);
		this.tellIfEmpty();
	}

	private tellIfEmpty(): void {
		if (!this.isEmpty) return;
		const callbacks = this.whenEmpty;
		this.whenEmpty = [];
		for (const callback of callbacks) callback();
	}
}
