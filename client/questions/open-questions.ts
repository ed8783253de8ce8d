import { describeError } from '../errors';
import { type Logger, loggable } from '../logger';
import { RecentIds } from '../recent';
import { type Chat, chatKey, type KeyedChat } from '../protocol/chat';
import { hiddenNoteOf } from '../protocol/hidden-note';
import type { Message } from '../protocol/message';
import { EndedQuestions } from './ended-questions';
import { aboutChat, type AskedQuestion, type QuestionNote } from './question';
import type { Sealer } from './sealer';

/** Ended questions, and messages that have answered one, whose ids are kept. */
const REMEMBERED_IDS = 10_000;

/** Messages of a chat that its history tells, in any order. */
export type RecentMessages = (chat: Chat) => Promise<readonly Message[]>;

/**
 * The agent's questions that may still be open, as its own messages tell. Nothing is kept anywhere
 * else: after a start the chat's history has them.
 */
export class OpenQuestions {
	/** By the chat's key, in the order in which they were asked. */
	private readonly byChat = new Map<string, AskedQuestion[]>();
	/** Ended ones whose end the chat may not know yet. */
	readonly lately = new EndedQuestions();
	private readonly ended = new RecentIds(REMEMBERED_IDS);
	/** When outcomes were told whose question has not been seen: a history is read from its end. */
	private readonly outcomes = new Map<string, number>();
	private readonly replies = new RecentIds(REMEMBERED_IDS);
	/** Chats whose history has been looked at on this connection, by key. */
	private readonly seen = new Map<string, Promise<void> | true>();

	constructor(
		private readonly agentId: string,
		private readonly sealer: Sealer,
		private readonly recent: RecentMessages,
		private readonly logger: Logger,
		/** Told of each question, once. */
		private readonly found: (question: AskedQuestion, chat: Chat) => void,
	) {}

	/** A new connection: what was asked without one has not been seen. */
	newConnection(): void {
		this.seen.clear();
		this.outcomes.clear();
	}

	/** Whether it is certain that nothing is open in the chat. */
	hasNone({ key }: KeyedChat): boolean {
		return this.seen.get(key) === true && !this.byChat.has(key);
	}

	/** Looks into the chat's history, once on each connection; never throws. */
	look(chat: Chat): Promise<void> {
		const key = chatKey(chat);
		const known = this.seen.get(key);
		if (known) return known === true ? Promise.resolve() : known;
		const looking = this.readHistory(chat).then((isRead) => {
			if (this.seen.get(key) !== looking) return;
			if (isRead) this.seen.set(key, true);
			else this.seen.delete(key);
		});
		this.seen.set(key, looking);
		return looking;
	}

	/** The newest first. */
	inChat(chat: Chat): AskedQuestion[] {
		return (this.byChat.get(chatKey(chat)) ?? []).toReversed();
	}

	/** The agent's own message: it may ask, or tell how a question ended. */
	sawOwn(message: Message): void {
		const { chat, text, id, createdAt, sender } = message;
		this.lately.spoke(message);
		const note = this.noteIn(text, chat);
		if (note?.is === 'outcome') {
			if (note.replyId !== undefined) this.replies.add(note.replyId);
			if (!this.ended.has(note.id)) this.outcomes.set(note.id, createdAt);
			this.end(chat, note.id, undefined, createdAt);
		} else if (note?.is === 'question') {
			const asked = { messageId: id, askedAt: createdAt, agentName: sender.name };
			this.add(chat, { ...note.question, ...asked });
		}
	}

	/**
	 * Nobody waits for it any more.
	 * @param responderId who has answered it in the chat; undefined where that is not known
	 * @param toldAt when the chat was told, in float seconds by the server's clock
	 */
	end(chat: Chat, questionId: string, responderId?: string, toldAt?: number): void {
		const question = this.forget(chat, questionId);
		if (question) this.lately.add(chat, question, responderId, toldAt);
	}

	/** It is over, and the chat does not hear of that. Answers it, where it was open here. */
	forget(chat: Chat, questionId: string): AskedQuestion | undefined {
		const key = chatKey(chat);
		this.ended.add(questionId);
		const known = this.byChat.get(key) ?? [];
		const left = known.filter(({ id }) => id !== questionId);
		if (left.length > 0) this.byChat.set(key, left);
		else this.byChat.delete(key);
		return known.find(({ id }) => id === questionId);
	}

	hasEnded(questionId: string): boolean {
		return this.ended.has(questionId);
	}

	usedUp(messageId: string): void {
		this.replies.add(messageId);
	}

	/** Whether the message has answered a question. */
	wasReply(messageId: string): boolean {
		return this.replies.has(messageId);
	}

	private noteIn(text: string, chat: Chat): QuestionNote | undefined {
		const sealed = hiddenNoteOf(text);
		if (sealed === undefined) return undefined;
		// A note that can be opened was sealed by this agent's own processes, for this chat.
		return this.sealer.open(sealed, aboutChat(this.agentId, chat)) as QuestionNote | undefined;
	}

	private add(chat: Chat, question: AskedQuestion): void {
		const key = chatKey(chat);
		const known = this.byChat.get(key) ?? [];
		const toldAt = this.outcomes.get(question.id);
		if (toldAt !== undefined) this.lately.add(chat, question, undefined, toldAt);
		this.outcomes.delete(question.id);
		if (this.ended.has(question.id) || known.some(({ id }) => id === question.id)) return;
		this.byChat.set(
			key,
			[...known, question].sort((a, b) => a.askedAt - b.askedAt),
		);
		this.found(question, chat);
	}

	/** Answers whether it could be read. */
	private async readHistory(chat: Chat): Promise<boolean> {
		try {
			const own = (await this.recent(chat)).filter(({ sender }) => sender.id === this.agentId);
			// Outcomes first: a question that has ended is not found again.
			for (const message of own.toReversed()) this.sawOwn(message);
			return true;
		} catch (error) {
			this.logger.warn(
				`The history of chat ${loggable(chat.id)} could not be read, so a reply to a question ` +
					`that was asked there before would not be noticed: ${describeError(error)}`,
			);
			return false;
		}
	}
}
