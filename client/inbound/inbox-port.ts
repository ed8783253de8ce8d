import type { Chat } from '../protocol/chat';
import type { Subscription } from './subscription/subscription';

/** What the inbox needs of the agent's connection. */
export interface InboxPort {
	/** @throws where the server's answer did not come */
	markRead(ids: readonly string[]): Promise<void>;
	showTyping(chat: Chat): void;
	reply(chat: Chat, text: string): void;
	/** Connects again when nothing is being sent: only a connect brings what is unread. */
	renew(reason: string): void;
	/**
	 * It is known whose inbox it is, and nothing is judged yet: that agent's triggers come in.
	 * Answers whether further ones are about to come.
	 */
	identified(agentId: string): boolean;
	/** A subscription left; it is over, or has moved elsewhere. */
	left(subscription: Subscription): void;
}
