import { type Chat, chatKey } from '../../protocol/chat';

/** Chats in which something unread was seen that nobody here listens to: no mark may pass it. */
export class PassedOver {
	/** Undefined as long as it would be empty, as it mostly is. */
	private chats: Map<string, Chat> | undefined;

	add(chat: Chat): void {
		this.chats ??= new Map();
		this.chats.set(chatKey(chat), chat);
	}

	has(key: string): boolean {
		return this.chats?.has(key) ?? false;
	}

	some(isMeant: (chat: Chat) => boolean): boolean {
		for (const chat of this.chats?.values() ?? []) if (isMeant(chat)) return true;
		return false;
	}

	/** A new connection brings what is unread once more. */
	clear(): void {
		this.chats = undefined;
	}
}
