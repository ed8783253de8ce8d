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
 * The question of each chat that has ended last. Who answers it before the chat knows of its end
 * means that question, and neither an older one nor the workflow.
 */
export class EndedQuestions {
	/** By the chat's key. */
	private readonly last = new Map<string, EndedQuestion>();
	/** When the agent spoke last in a chat, by the chat's key; as `toldAt`. */
	private readonly spokenAt = new Map<string, number>();

	/** The agent has said something in the chat. */
	spoke({ chat, createdAt }: Message): void {
		const key = chatKey(chat);
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
		const known = this.last.get(key);
		// A history is read from its end.
		const isNewer = !known || toldAt === undefined || toldAt >= (known.toldAt ?? 0);
		if (isNewer) this.last.set(key, { question, responderId, toldAt, isLateTold: false });
	}

	/** The question that ended last in the message's chat, if its sender could not know of that. */
	unknownTo({ chat, createdAt }: Message): EndedQuestion | undefined {
		const last = this.last.get(chatKey(chat));
		return last && createdAt <= (last.toldAt ?? Number.POSITIVE_INFINITY) ? last : undefined;
	}
}
