import { type Chat, chatKey } from '../../protocol/chat';

/**
 * Chats in which something stays unread until the next connection: nobody here listens to it, it
 * was given back, or it could not be handled. No mark may pass it.
 */
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
