import type { UploadedFile } from '../protocol/answers';
import type { Chat } from '../protocol/chat';
import { mentionsOf } from './mentions';

/** One message on its way out. */
export interface Outgoing {
	readonly chat: Chat;
	readonly content: string;
	readonly contentType: string;
	/** As the server gave it; "" without a file. */
	readonly fileUrl: string;
	readonly fileName: string;
	readonly mentions: readonly string[];
}

/** @throws AgentClubError SETTINGS for too many mentions */
export function composeText(
	chat: Chat,
	text: string,
	format: 'text' | 'code',
	extraMentions: readonly string[] = [],
): Outgoing {
	return {
		chat,
		content: text,
		contentType: format,
		fileUrl: '',
		fileName: '',
		mentions: mentionsOf(text, extraMentions),
	};
}

/**
 * A file is a message without words: the server's page shows no captions (measured). It keeps its
 * original name, and may mention people where no text does.
 */
export function composeFile(
	chat: Chat,
	file: UploadedFile,
	originalName: string,
	mentions: readonly string[] = [],
): Outgoing {
	return {
		chat,
		content: '',
		contentType: file.kind,
		fileUrl: file.url,
		fileName: originalName,
		mentions,
	};
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
