import type { Chat } from '../protocol/chat';
import type { Message } from '../protocol/message';

/**
 * What becomes of a message. It goes its ordinary way. Or it has answered a question and is used
 * up. Or its answer could not be handed over, and it stays unread.
 */
export type Decision = 'ordinary' | 'used up' | 'kept';

/** Who takes people's replies to the agent's questions. */
export interface Replies {
	/** A new connection has begun. */
	newConnection(): void;
	/** The agent's own message, from whichever process. */
	sawOwn(message: Message, selfId: string): void;
	/** At once where the message can answer nothing; never rejects. */
	decide(message: Message, selfId: string): Decision | Promise<Decision>;
}

/** What the inbox needs of the agent's connection. */
export interface InboxPort {
	readonly replyDesk: Replies;
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
	left(): void;
}
