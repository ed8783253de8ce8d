import { type Chat, chatKey } from '../../protocol/chat';
import type { Message } from '../../protocol/message';
import { SortedQueue } from '../sorted-queue';

/** A message that waits for those before it, or for its own decision. */
interface Held<T> {
	readonly id: string;
	readonly createdAt: number;
	/** Called once, when it is the message's turn. */
	readonly decide: () => T | Promise<T>;
	readonly take: (decision: T) => void;
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

	/**
	 * Calls `take` with what `decide` says of the message, at once where that is possible.
	 * Nothing is called any more once the chats have been cleared.
	 */
	pass(
		{ id, chat, createdAt }: Message,
		decide: () => T | Promise<T>,
		take: (decision: T) => void,
	): void {
		const { key } = chat;
		const held: Held<T> = { id, createdAt, decide, take };
		const queue = this.chats.get(key);
		if (queue) {
			this.ids.add(id);
			queue.add(held);
			return;
		}
		held.decision = decide();
		if (held.decision instanceof Promise) void this.workOff(key, held);
		else take(held.decision);
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
		for (const { id } of queue?.drain() ?? []) this.ids.delete(id);
	}

	/** Takes a chat's messages one after another, each when it is decided. */
	private async workOff(key: string, first: Held<T>): Promise<void> {
		const { chats } = this;
		this.ids.add(first.id);
		const queue = new SortedQueue<Held<T>>();
		chats.set(key, queue);
		for (let held: Held<T> | undefined = first; held; held = queue.next()) {
			const decision = await (held.decision ??= held.decide());
			if (this.chats !== chats) return;
			const isOvertaken = queue.first !== undefined && queue.first.createdAt < held.createdAt;
			if (isOvertaken) {
				queue.putBack(held);
				continue;
			}
			this.ids.delete(held.id);
			held.take(decision);
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
