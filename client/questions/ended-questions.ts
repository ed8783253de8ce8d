import { type Chat, chatKey } from '../protocol/chat';
import type { Message } from '../protocol/message';
import type { AskedQuestion } from './question';

/** A question that has ended. */
export interface EndedQuestion {
	readonly question: AskedQuestion;
	/** Who has answered in the chat. Undefined for a link, and where that is not known. */
	readonly responderId: string | undefined;
	/**
	 * When the agent next spoke in the chat, which is how its people learn of the end. Float seconds
	 * by the server's clock; undefined until then.
	 */
	toldAt: number | undefined;
	/** Whether those who answered too late have been told. */
	isLateTold: boolean;
}

/**
 * The question of each chat whose end its people hear of last. Who answers it before they hear of
 * that means this question, and neither an older one nor the workflow.
 */
export class EndedQuestions {
	/** By the chat's key. */
	private readonly last = new Map<string, EndedQuestion>();
	/** When the agent spoke last in a chat, by the chat's key; as `toldAt`. */
	private readonly spokenAt = new Map<string, number>();

	/** The agent has said something in the chat. */
	spoke({ chat: { key }, createdAt }: Message): void {
		this.spokenAt.set(key, Math.max(createdAt, this.spokenAt.get(key) ?? 0));
		const last = this.last.get(key);
		if (last && createdAt > last.question.askedAt) last.toldAt ??= createdAt;
	}

	/**
	 * When the agent spoke last since the question. Undefined where it was silent: nobody in the chat
	 * knows of an end.
	 */
	spokeSince(chat: Chat, { askedAt }: AskedQuestion): number | undefined {
		const spokenAt = this.spokenAt.get(chatKey(chat)) ?? 0;
		return spokenAt > askedAt ? spokenAt : undefined;
	}

	/** @param toldAt where the chat has been told already */
	add(
		chat: Chat,
		question: AskedQuestion,
		responderId: string | undefined,
		toldAt: number | undefined,
	): void {
		const key = chatKey(chat);
		const ended = { question, responderId, toldAt, isLateTold: false };
		const known = this.last.get(key);
		// A history is read from its end, and the end of an old question may be noticed late.
		if (!known || isLater(ended, known)) this.last.set(key, ended);
	}

	/** The question that ended last in the message's chat, if its sender could not know of that. */
	unknownTo({ chat, createdAt }: Message): EndedQuestion | undefined {
		const last = this.last.get(chat.key);
		return last && createdAt <= (last.toldAt ?? Number.POSITIVE_INFINITY) ? last : undefined;
	}
}

/**
 * Whether the chat has been told of one end after the other. Of two that it does not know of yet
 * people mean the newer question.
 */
function isLater(one: EndedQuestion, other: EndedQuestion): boolean {
	const oneTold = one.toldAt ?? Number.POSITIVE_INFINITY;
	const otherTold = other.toldAt ?? Number.POSITIVE_INFINITY;
	if (oneTold !== otherTold) return oneTold > otherTold;
	return one.question.askedAt >= other.question.askedAt;
}
