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

/** A chat that waits. */
interface HeldChat<T> {
	readonly queue: SortedQueue<Held<T>>;
	/** Where the messages in it came from, and the one that is being decided, by id. */
	readonly sources: Map<string, Source>;
}

/**
 * Chats in which it is being decided what becomes of a message. Whatever comes behind it there
 * waits, so that the chat keeps its order; other chats go on. An older message that arrives in the
 * meantime goes first.
 */
export class HeldChats<T> {
	private readonly chats = new Map<string, HeldChat<T>>();
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

	hasMessage({ id, chat }: Message): boolean {
		return this.chats.get(chat.key)?.sources.has(id) === true;
	}

	/** The ids of the messages that wait and came from there. */
	idsFrom(source: Source): string[] {
		return [...this.chats.values()].flatMap(({ sources }) =>
			[...sources].filter(([, from]) => from === source).map(([id]) => id),
		);
	}

	/** Has the message decided on and taken in its turn, at once where that is possible. */
	pass(message: Message, source: Source): void {
		const { id, createdAt } = message;
		const held = this.chats.get(message.chat.key);
		if (held) {
			held.sources.set(id, source);
			held.queue.add({ message, source, createdAt });
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
		this.chats.clear();
		this.tellIfEmpty();
	}

	/** What waits in the chat is gone from the server, the message included that is being decided. */
	dropChat(chat: Chat): void {
		this.chats.delete(chatKey(chat));
		this.tellIfEmpty();
	}

	/** Takes a chat's messages one after another, each when it is decided. */
	private async workOff(first: Held<T>): Promise<void> {
		const { id, chat } = first.message;
		const queue = new SortedQueue<Held<T>>();
		const own = { queue, sources: new Map([[id, first.source]]) };
		this.chats.set(chat.key, own);
		for (let held: Held<T> | undefined = first; held; held = queue.next()) {
			const decision = await (held.decision ??= this.decide(held.message));
			// Cleared or dropped in the meantime.
			if (this.chats.get(chat.key) !== own) return;
			const isOvertaken = queue.first !== undefined && queue.first.createdAt < held.createdAt;
			if (isOvertaken) {
				queue.putBack(held);
				continue;
			}
			own.sources.delete(held.message.id);
			this.take(held.message, held.source, decision);
		}
		this.chats.delete(chat.key);
		this.tellIfEmpty();
	}

	private tellIfEmpty(): void {
		if (!this.isEmpty) return;
		const callbacks = this.whenEmpty;
		this.whenEmpty = [];
		for (const callback of callbacks) callback();
	}
}
