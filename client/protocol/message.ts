import { type Chat, type KeyedChat, KnownChats } from './chat';
import { isId, isSeconds, readFlag, readMentions, readText } from './fields';

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
	/** "" without a file; may point anywhere, because the sender chose it. */
	readonly fileUrl: string;
	readonly fileName: string;
	/** User ids, or "all". */
	readonly mentions: readonly string[];
	/** Seconds since 1970, exactly as the server sent them. */
	readonly createdAt: number;
	/** The frame as it came. */
	readonly raw: unknown;
}

/** Where a message came from: a connect-time batch or the live stream. */
export type Source = 'backlog' | 'live';

/** A frame that cannot be read as a message, with what could be told all the same. */
export interface Malformed {
	readonly malformed: string;
	readonly id?: string;
	readonly chat?: Chat;
	readonly createdAt?: number;
}

/** A message's fields on the wire, in the order of the protocol; every one may hold anything. */
type Frame = Partial<Record<keyof typeof FITS, unknown>>;

const isText = (value: unknown) => readText(value) !== undefined;
const isAnything = () => true;

/** What each field has to be. */
const FITS = {
	id: isId,
	chat_type: isId,
	chat_id: isId,
	sender_id: isId,
	sender_name: isText,
	sender_avatar: isText,
	sender_is_agent: isAnything,
	content: isText,
	content_type: isText,
	file_url: isText,
	file_name: isText,
	mentions: isAnything,
	created_at: isSeconds,
} satisfies Record<string, (value: unknown) => boolean>;

/**
 * Reads one message of `new_message`, `offline_messages` or the history; never throws. It is
 * written by hand because every message passes here, and a schema takes several times as long
 * (`npm run bench -- inbound`).
 * @param chats those that are known where many messages are read
 */
export function decodeMessage(raw: unknown, chats = new KnownChats()): Message | Malformed {
	if (typeof raw !== 'object' || raw === null) return { malformed: 'no object' };
	const frame = raw as Frame;
	const {
		id,
		chat_type: chatType,
		chat_id: chatId,
		sender_id: senderId,
		created_at: createdAt,
	} = frame;
	const name = readText(frame.sender_name);
	const avatar = readText(frame.sender_avatar);
	const text = readText(frame.content);
	const contentType = readText(frame.content_type);
	const fileUrl = readText(frame.file_url);
	const fileName = readText(frame.file_name);
	if (!isId(id) || !isId(chatType) || !isId(chatId) || !isId(senderId) || !isSeconds(createdAt))
		return salvage(frame);
	if (
		name === undefined ||
		avatar === undefined ||
		text === undefined ||
		contentType === undefined ||
		fileUrl === undefined ||
		fileName === undefined
	)
		return salvage(frame);
	return {
		id,
		chat: chats.of(chatType, chatId),
		sender: {
			id: senderId,
			name,
			avatar,
			kind: readFlag(frame.sender_is_agent) ? 'agent' : 'human',
		},
		text,
		contentType: contentType || 'text',
		fileUrl,
		fileName,
		mentions: readMentions(frame.mentions),
		createdAt,
		raw,
	};
}

export function isMalformed(decoded: Message | Malformed): decoded is Malformed {
	return 'malformed' in decoded;
}

/**
 * A bad frame is acknowledged in its turn if it has an id, so its place is read as far as possible.
 */
function salvage(frame: Frame): Malformed {
	const { id, chat_type: type, chat_id: chatId, created_at: createdAt } = frame;
	const wrong = Object.entries(FITS).filter(([field, fits]) => !fits(frame[field as keyof Frame]));
	return {
		malformed: `unreadable fields: ${wrong.map(([field]) => field).join(', ')}`,
		...(isId(id) && { id }),
		...(isId(type) && isId(chatId) && { chat: { type, id: chatId } }),
		...(isSeconds(createdAt) && { createdAt }),
	};
}
