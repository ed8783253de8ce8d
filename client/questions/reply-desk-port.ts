import type { Chat } from '../protocol/chat';
import type { RecentMessages } from './open-questions';
import type { AnswerPort } from './question';

/** What the desk needs of the agent's session. */
export interface ReplyDeskPort {
	/** Of a trigger that runs. "soon" between two lives of one; undefined where there is none. */
	answers(): AnswerPort | 'soon' | undefined;
	recentMessages: RecentMessages;
	/** Sends a text; what becomes of it is only logged. */
	say(chat: Chat, text: string): void;
}
