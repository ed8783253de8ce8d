import type { IDataObject, IExecuteFunctions, IWebhookFunctions } from 'n8n-workflow';
import { safeFileName } from '../../../client/inbound/item/attachments';
import type { Chat } from '../../../client/protocol/chat';
import { toChatReference } from '../../../client/protocol/chat-reference';
import { fileKindOf } from '../../../client/protocol/file-kinds';
import type { Question, Reply } from '../../../client/questions/question';
import { withFiles } from '../../shared/transcript';

/** In the context of the node, which n8n saves with the waiting execution. */
const KEY = 'agentClubQuestion';

/** All that an answer needs of the question that was asked. */
export interface Asked
	extends Pick<
		Question,
		| 'id'
		| 'responseType'
		| 'approveLabel'
		| 'disapproveLabel'
		| 'isReview'
		| 'announces'
		| 'excerpt'
	> {
	readonly chat: Chat;
	/** The agent that asks. */
	readonly agentId: string;
	readonly agentName: string;
	/** As the page shows it. */
	readonly text: string;
}

export function keepAsked(host: IExecuteFunctions, asked: Asked): void {
	host.getContext('node')[KEY] = asked;
}

/**
 * The question that the node has asked last; undefined if there is none. n8n gives a webhook no
 * context, but an expression can read it (`test/e2e/send-and-wait.test.ts`).
 */
export function askedBy(host: IWebhookFunctions): Asked | undefined {
	const name = JSON.stringify(host.getNode().name);
	const found: unknown = host.evaluateExpression(`{{ $node[${name}].context.${KEY} }}`);
	return typeof found === 'object' && found !== null ? (found as Asked) : undefined;
}

/** How a question ended. */
export interface Answer {
	/** Null for free text. */
	readonly approved: boolean | null;
	readonly text: string | null;
	readonly via: 'reply' | 'link' | 'timeout';
	readonly respondedAt: Date;
	/** Undefined for a link, whose clicker has no name, and where nobody answered. */
	readonly reply?: Reply;
}

function filesOf(reply: Reply | undefined): Parameters<typeof withFiles>[1] {
	if (!reply?.fileUrl) return [];
	const { contentType, fileName } = reply;
	return [{ kind: fileKindOf(contentType), fileName: safeFileName(fileName) }];
}

/** What a model reads in place of a person's words where nobody answered. */
const NOBODY_ANSWERED = 'Nobody answered in time.';

/** The item with which the execution goes on. */
export function answerJson(asked: Omit<Asked, 'agentName' | 'text'>, answer: Answer): IDataObject {
	const { approved, text, via, respondedAt, reply } = answer;
	const isTimeout = via === 'timeout';
	const chatId = toChatReference(asked.chat);
	// Of a review n8n's agent looks at this, and tells its model.
	const feedback = isTimeout ? NOBODY_ANSWERED : text;
	const isFeedback = asked.isReview && approved === false && feedback !== null;
	const data: IDataObject = {
		approved,
		text,
		respondedAt: respondedAt.toISOString(),
		via,
		timedOut: isTimeout,
		responder: reply ? { ...reply.responder } : null,
		messageId: reply?.messageId ?? null,
		chatId,
		questionId: asked.id,
		...(isFeedback && { chatInput: feedback }),
	};
	if (asked.responseType === 'approval') return { data };
	return {
		data,
		chatInput: isTimeout ? NOBODY_ANSWERED : withFiles(text ?? '', filesOf(reply)),
		sessionId: `agentclub:${asked.agentId}:${chatId}`,
	};
}
