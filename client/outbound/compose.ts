import { AgentClubError } from '../errors';
import type { UploadedFile } from '../protocol/answers';
import type { Chat } from '../protocol/chat';
import { wellFormed } from '../protocol/well-formed';
import { mentionsIn } from './mentions';

/** One message on its way out. */
export interface Outgoing {
	readonly chat: Chat;
	readonly content: string;
	readonly contentType: string;
	/** As the server gave it; "" without a file. */
	readonly fileUrl: string;
	readonly fileName: string;
	readonly mentions: readonly string[];
	/**
	 * The id of the agent that says it. If the token turns out to be another agent's, it is not sent.
	 * Undefined: whoever has the token says it.
	 */
	readonly by?: string | undefined;
}

/**
 * The server closes the connection at a frame above 50 MiB (`test/contract/sending.test.ts`), and
 * the agent's triggers lose it too. The rest is left for what the transport puts around the
 * payload.
 */
const LARGEST_PAYLOAD = 50 * 1024 * 1024 - 1024;

/**
 * @throws AgentClubError SETTINGS for too many mentions, or a text that is longer than the server
 * takes
 */
export function composeText(
	chat: Chat,
	text: string,
	format: 'text' | 'code',
	extraMentions: readonly string[] = [],
): Outgoing {
	return sendable({
		chat,
		content: text,
		contentType: format,
		fileUrl: '',
		fileName: '',
		mentions: mentionsIn(text, format, extraMentions),
	});
}

/**
 * A file is a message without text, because the server's page shows no captions. It keeps its
 * original name, and may mention people if no text does.
 */
export function composeFile(
	chat: Chat,
	file: UploadedFile,
	originalName: string,
	mentions: readonly string[] = [],
): Outgoing {
	return sendable({
		chat,
		content: '',
		contentType: file.kind,
		fileUrl: file.url,
		fileName: originalName,
		mentions,
	});
}

function sendable({ chat, mentions, ...fields }: Outgoing): Outgoing {
	const outgoing = {
		chat: { type: chat.type, id: wellFormed(chat.id) },
		content: wellFormed(fields.content),
		contentType: fields.contentType,
		fileUrl: wellFormed(fields.fileUrl),
		fileName: wellFormed(fields.fileName),
		mentions: mentions.map(wellFormed),
	};
	const size = Buffer.byteLength(JSON.stringify(payloadOf(outgoing)));
	if (size > LARGEST_PAYLOAD) throw tooLong(size);
	return outgoing;
}

function tooLong(size: number): AgentClubError {
	const megabytes = (size / (1024 * 1024)).toFixed(1);
	return new AgentClubError(
		'SETTINGS',
		`The text is too long: the message has ${megabytes} MB, and the server takes a little less ` +
			'than 50 MB',
		{ remedy: 'Shorten the text, or send it as a file.' },
	);
}

/** The payload of `send_message`; `mentions` is left out when there are none. */
export function payloadOf(message: Outgoing): Record<string, unknown> {
	return {
		chat_type: message.chat.type,
		chat_id: message.chat.id,
		content: message.content,
		content_type: message.contentType,
		...(message.fileUrl && { file_url: message.fileUrl, file_name: message.fileName }),
		...(message.mentions.length > 0 && { mentions: message.mentions }),
	};
}
