import { chatKey } from '../protocol/chat';
import { decodeSendAnswer } from '../protocol/frames';
import type { Message } from '../protocol/message';
import type { Outgoing } from './compose';

/** What is known of a message that the server has taken. */
export interface Confirmation {
	readonly messageId: string;
	/** Seconds since 1970, as the server has it. */
	readonly createdAt: number;
	/** How we know: the server's answer, our own message coming back, or the chat's history. */
	readonly confirmedBy: 'answer' | 'echo' | 'history';
}

export type Reading =
	| {
			readonly kind: 'confirmed';
			readonly confirmation: Confirmation;
			readonly answersObjects: boolean;
	  }
	/** `event`: by an `error`, which names no message. */
	| { readonly kind: 'refused'; readonly serverText: string; readonly by: 'answer' | 'event' }
	/**
	 * The server answered without saying what it did, and no echo came before. Old servers answer so
	 * in a direct chat that is newer than our socket (`test/contract/sending.test.ts`).
	 */
	| { readonly kind: 'silent' };

/**
 * One send between its emission and its answer. Old servers answer with nothing, but their `error`
 * or echo always comes before that answer (`test/contract/sending.test.ts`). So what came before it
 * decides.
 */
export class PendingSend {
	private echo: Message | undefined;
	private errorText: string | undefined;

	constructor(readonly outgoing: Outgoing) {}

	/** Our own message came back. The latest match counts: ours comes right before its answer. */
	sawEcho(message: Message): boolean {
		if (!isSameMessage(message, this.outgoing)) return false;
		this.echo = message;
		return true;
	}

	/** An `error` event, which names no message: only told to the one send in flight. */
	sawError(text: string): void {
		this.errorText = text;
	}

	/** Reads the answer's arguments. */
	read(args: readonly unknown[]): Reading {
		const answer = decodeSendAnswer(args);
		if (answer.kind === 'refused')
			return { kind: 'refused', serverText: answer.serverText, by: 'answer' };
		if (answer.kind === 'sent') {
			const confirmation = {
				messageId: answer.messageId,
				createdAt: answer.createdAt,
				confirmedBy: 'answer' as const,
			};
			return { kind: 'confirmed', confirmation, answersObjects: true };
		}
		return this.withoutAnswer();
	}

	/**
	 * What is known when no answer came, or one that says nothing. The echo wins: an `error` may be a
	 * late one, of an earlier send.
	 */
	withoutAnswer(): Reading {
		if (this.echo)
			return {
				kind: 'confirmed',
				confirmation: confirmationOf(this.echo, 'echo'),
				answersObjects: false,
			};
		return this.errorText === undefined
			? { kind: 'silent' }
			: { kind: 'refused', serverText: this.errorText, by: 'event' };
	}
}

export function confirmationOf(message: Message, confirmedBy: 'echo' | 'history'): Confirmation {
	return { messageId: message.id, createdAt: message.createdAt, confirmedBy };
}

export function isSameMessage(message: Message, outgoing: Outgoing): boolean {
	return (
		chatKey(message.chat) === chatKey(outgoing.chat) &&
		message.text === outgoing.content &&
		message.contentType === outgoing.contentType &&
		message.fileUrl === outgoing.fileUrl
	);
}
