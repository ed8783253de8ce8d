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
