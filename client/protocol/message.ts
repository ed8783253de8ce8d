import * as z from 'zod/v4-mini';
import { type Chat, chatKey, type KeyedChat } from './chat';
import { describeIssues, flagField, idField, mentionsField, secondsField, textField } from './fields';

export interface Sender {
	readonly id: string;
	/** The display name at the time of delivery; any user can choose any text. */
	readonly name: string;
	readonly avatar: string;
	readonly kind: 'human' | 'agent';
}

/** A chat message as everything behind the decoder sees it. */
export interface Message {
	readonly id: string;
	readonly chat: KeyedChat;
	readonly sender: Sender;
	/** As written, mention tags kept. */
	readonly text: string;
	/** "text", "image", "audio", "video", "file" or whatever else the sender claimed. */
	readonly contentType: string;
	/** "" without a file; may point anywhere, for the sender chose it. */
	readonly fileUrl: string;
	readonly fileName: string;
	/** User ids, or "all". */
	readonly mentions: readonly string[];
	/** Seconds since 1970, exactly as the server sent them. */
	readonly createdAt: number;
	/** The frame as it came. */
	readonly raw: unknown;
}

/** A frame that cannot be read as a message, with what could be told all the same. */
export interface Malformed {
	readonly malformed: string;
	readonly id?: string;
	readonly chat?: Chat;
	readonly createdAt?: number;
}

const messageSchema = z.object({
	id: idField,
	chat_type: idField,
	chat_id: idField,
	sender_id: idField,
	sender_name: textField,
	sender_avatar: textField,
	sender_is_agent: flagField,
	content: textField,
	content_type: textField,
	file_url: textField,
	file_name: textField,
	mentions: mentionsField,
	created_at: secondsField,
});

/** Reads one message of `new_message`, `offline_messages` or the history; never throws. */
export function decodeMessage(raw: unknown): Message | Malformed {
	const result = z.safeParse(messageSchema, raw);
	if (!result.success) return salvage(raw, describeIssues(result.error));
	const row = result.data;
	return {
		id: row.id,
		chat: { type: row.chat_type, id: row.chat_id, key: chatKey({ type: row.chat_type, id: row.chat_id }) },
		sender: {
			id: row.sender_id,
			name: row.sender_name,
			avatar: row.sender_avatar,
			kind: row.sender_is_agent ? 'agent' : 'human',
		},
		text: row.content,
		contentType: row.content_type || 'text',
		fileUrl: row.file_url,
		fileName: row.file_name,
		mentions: row.mentions,
		createdAt: row.created_at,
		raw,
	};
}

export function isMalformed(decoded: Message | Malformed): decoded is Malformed {
	return 'malformed' in decoded;
}

/** A bad frame is acknowledged in its turn if it has an id, so its place is read as far as possible. */
function salvage(raw: unknown, reason: string): Malformed {
	if (typeof raw !== 'object' || raw === null) return { malformed: reason };
	const frame = raw as Record<string, unknown>;
	const id = z.safeParse(idField, frame.id);
	const type = z.safeParse(idField, frame.chat_type);
	const chatId = z.safeParse(idField, frame.chat_id);
	const createdAt = z.safeParse(secondsField, frame.created_at);
	return {
		malformed: reason,
		...(id.success && { id: id.data }),
		...(type.success && chatId.success && { chat: { type: type.data, id: chatId.data } }),
		...(createdAt.success && { createdAt: createdAt.data }),
	};
}
