import * as z from 'zod/v4-mini';
import type { Chat } from './chat';
import { describeIssues, flagField, idField, isId, isSeconds, readText, textField } from './fields';

/** The frames of the socket other than messages, see message.ts for those. */

/** Who the server says we are, from `auth_ok`. */
export interface Identity {
	readonly userId: string;
	readonly displayName: string;
	readonly role: string;
	readonly kind: 'human' | 'agent';
	/** ms between heartbeats, as the server wishes. */
	readonly heartbeatInterval: number;
}

const DEFAULT_HEARTBEAT_S = 30;
const LONGEST_HEARTBEAT_S = 300;

const identitySchema = z.object({
	user_id: idField,
	display_name: textField,
	role: textField,
	is_agent: flagField,
	heartbeat_interval: z.unknown(),
});

/** Reads `auth_ok`; a text says what is wrong with it. */
export function decodeIdentity(raw: unknown): Identity | string {
	const result = z.safeParse(identitySchema, raw);
	if (!result.success) return describeIssues(result.error);
	return {
		userId: result.data.user_id,
		displayName: result.data.display_name,
		role: result.data.role,
		kind: result.data.is_agent ? 'agent' : 'human',
		heartbeatInterval: 1000 * heartbeatSeconds(result.data.heartbeat_interval),
	};
}

/**
 * The operator's setting may be anything: below 1 s (or no number) means the default, above 5
 * minutes means 5 minutes.
 */
function heartbeatSeconds(value: unknown): number {
	const seconds =
		typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
	return seconds >= 1 ? Math.min(seconds, LONGEST_HEARTBEAT_S) : DEFAULT_HEARTBEAT_S;
}

/**
 * A server's answer to `send_message`: newest servers say what they did, older ones answer with
 * nothing at all.
 */
export type SendAnswer =
	| { readonly kind: 'empty' }
	| { readonly kind: 'sent'; readonly messageId: string; readonly createdAt: number }
	| { readonly kind: 'refused'; readonly serverText: string };

/**
 * Reads the arguments of the acknowledgement of `send_message`; anything unknown counts as an empty
 * answer.
 */
export function decodeSendAnswer(args: readonly unknown[]): SendAnswer {
	const {
		ok,
		message_id: messageId,
		created_at: createdAt,
		error,
	} = (args[0] ?? {}) as Partial<Record<'ok' | 'message_id' | 'created_at' | 'error', unknown>>;
	if (ok === true && isId(messageId) && isSeconds(createdAt))
		return { kind: 'sent', messageId, createdAt };
	const serverText = readText(error);
	return ok === false && serverText !== undefined
		? { kind: 'refused', serverText }
		: { kind: 'empty' };
}

const errorSchema = z.object({ message: textField });

/** The words of an `error` event. */
export function decodeErrorText(raw: unknown): string {
	const result = z.safeParse(errorSchema, raw);
	return result.success ? result.data.message : '';
}

/** Somebody is typing; the server relays it to agents too. */
export interface Typing {
	readonly userId: string;
	readonly chat: Chat;
}

const typingSchema = z.object({ user_id: idField, chat_type: idField, chat_id: idField });

export function decodeTyping(raw: unknown): Typing | undefined {
	const result = z.safeParse(typingSchema, raw);
	if (!result.success) return undefined;
	return {
		userId: result.data.user_id,
		chat: { type: result.data.chat_type, id: result.data.chat_id },
	};
}

const chatSchema = z.object({ chat_type: idField, chat_id: idField });

/** The chat that `chat_deleted` or `messages_cleared` is about. */
export function decodeChat(raw: unknown): Chat | undefined {
	const result = z.safeParse(chatSchema, raw);
	return result.success ? { type: result.data.chat_type, id: result.data.chat_id } : undefined;
}
