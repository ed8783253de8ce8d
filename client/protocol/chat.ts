/**
 * Where a message was said. Ids are opaque: bare hex on the oldest servers, `gc_...`/`dc_...` on
 * newer ones.
 */
export interface Chat {
	/** "group" or "direct"; the oldest servers also store whatever else a sender claims. */
	readonly type: string;
	readonly id: string;
}

export type ChatType = 'group' | 'direct';

export function isChatType(type: string): type is ChatType {
	return type === 'group' || type === 'direct';
}

/**
 * A chat of a message: its key is needed for each message in several places, and made once
 * (measured).
 */
export interface KeyedChat extends Chat {
	readonly key: string;
}

/**
 * One string for a chat, for maps and sets; the type comes first because bare ids do not tell it.
 */
export function chatKey(chat: Chat): string {
	return `${chat.type}:${chat.id}`;
}

/** Chats that are kept; above, all are forgotten, for a new object of the same chat is as good. */
const MOST_CHATS = 100_000;
/** ... and of these many only as long as something is unread. */
const MOST_AT_REST = 10_000;

/**
 * The chats that messages have named, each once: tables find a key that is the very same string
 * several times as fast (measured).
 */
export class KnownChats {
	private readonly chats = new Map<string, KeyedChat>();

	of(type: string, id: string): KeyedChat {
		const known = this.chats.get(id);
		if (known?.type === type) return known;
		if (this.chats.size >= MOST_CHATS) this.chats.clear();
		const chat = { type, id, key: chatKey({ type, id }) };
		this.chats.set(id, chat);
		return chat;
	}

	/** Nothing is unread. */
	rest(): void {
		if (this.chats.size > MOST_AT_REST) this.chats.clear();
	}
}
