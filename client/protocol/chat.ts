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

/** A chat of a message, with its key, which several tables ask for. */
export interface KeyedChat extends Chat {
	readonly key: string;
}

/**
 * One string for a chat, for maps and sets; the type comes first because bare ids do not tell it.
 */
export function chatKey(chat: Chat): string {
	return `${chat.type}:${chat.id}`;
}

/**
 * The most chats that are kept. Above this all are forgotten, because a new object of the same chat
 * is as good.
 */
const MOST_CHATS = 10_000;

/**
 * The chats that messages have named, each once. An object and a key for each message of a batch
 * would take half of the memory that it may take (`npm run bench -- backlog`).
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
}
