import type { Chat } from '../protocol/chat';
import type { Sender } from '../protocol/message';

/** A question in a chat that an execution waits for. */
export interface Question {
	/** Random, one for each question. */
	readonly id: string;
	readonly responseType: 'approval' | 'freeText';
	readonly approveLabel: string;
	readonly disapproveLabel: string;
	/** Whether it asks about refusing or ending something: "cancel" then answers nothing. */
	readonly isRefusal: boolean;
	/** User ids; empty lets everybody in the chat answer. */
	readonly approvers: readonly string[];
	/**
	 * Whether a model waits for it, to use a tool: words that are neither yes nor no decline then,
	 * and the model reads them.
	 */
	readonly isReview: boolean;
	/** Wall time in ms after which nobody waits any more; undefined is never. */
	readonly until: number | undefined;
	/** Whether the chat is told how it ended. */
	readonly announces: boolean;
	/** Its first words, to tell questions apart. */
	readonly excerpt: string;
	/** Where the host takes the answer: path and query below its own address. */
	readonly wakePath: string;
	/** What stands before that path in the address that people would use: "https://n8n.test/n8n". */
	readonly wakeOrigin: string;
}

/** A question with its place in the chat. */
export interface AskedQuestion extends Question {
	readonly messageId: string;
	/** Float seconds, by the server's clock. */
	readonly askedAt: number;
	/** The display name under which the agent asked. */
	readonly agentName: string;
}

/** What somebody answered in the chat. */
export interface Reply {
	/** Null for free text. */
	readonly approved: boolean | null;
	/** What was written, tags as @Name; null where it says no more than yes or no. */
	readonly text: string | null;
	readonly messageId: string;
	readonly responder: Pick<Sender, 'id' | 'name' | 'kind'>;
	/** The file of the message, as the server gave it; "" without one. */
	readonly fileUrl: string;
	readonly fileName: string;
	readonly contentType: string;
}

/** What stands unseen in the agent's own messages, enciphered. */
export type QuestionNote =
	| { readonly is: 'question'; readonly question: Question }
	| {
			readonly is: 'outcome';
			/** Of the question. */
			readonly id: string;
			/** The message that answered it; undefined for a link, or the end of the time. */
			readonly replyId: string | undefined;
	  };

/** What an answer's host says to it. */
export type Acceptance =
	/** The execution goes on with it. */
	| 'accepted'
	/** It may be too early: the execution is not waiting yet, or runs again. */
	| 'busy'
	/** Nobody waits for it any more. */
	| 'over'
	/** It could not be reached. */
	| 'unreachable'
	/** It cannot be told: the host may have had the answer, and its word was lost. */
	| 'unknown';

/** How the host takes answers; one attempt each, never throws. */
export interface AnswerPort {
	/** @param answer sealed, see Sealer */
	answer(question: Question, answer: string): Promise<Acceptance>;
	/** Whether somebody still waits; the question stays open. `accepted` means yes. */
	check(question: Question): Promise<Acceptance>;
}

/** What an answer is sealed for: nobody can move it to another question. */
export function aboutQuestion(chat: Chat, questionId: string): string {
	return `answer:${chat.type}:${chat.id}:${questionId}`;
}

/** What a note is sealed for: nobody can move it to another agent's chat. */
export function aboutChat(agentId: string, chat: Chat): string {
	return `note:${agentId}:${chat.type}:${chat.id}`;
}
