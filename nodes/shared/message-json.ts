import type { IDataObject } from 'n8n-workflow';
import { isAddressed } from '../../client/inbound/filter';
import { cleanName } from '../../client/inbound/display-name';
import { mentionGuide } from '../../client/inbound/mention-guide';
import { ambiguousIds, plainText } from '../../client/inbound/plain-text';
import type { PreparedMessage } from '../../client/inbound/prepare';
import { toChatReference } from '../../client/protocol/chat-reference';
import { rosterEntry } from './roster-entry';

export interface MessageJsonSettings {
	/** Whether `chatInput` begins with the sender's name in groups. */
	readonly senderPrefix: boolean;
	readonly mentionGuide: 'field' | 'chatInput' | 'off';
	readonly ignoreMentionAll: boolean;
}

/**
 * A message as workflows see it, whether it has just been said or comes from the history.
 * @param attachments the message's files as the item describes them
 */
export function messageJson(prepared: PreparedMessage<unknown>, attachments: IDataObject[], settings: MessageJsonSettings): IDataObject {
	const { message, identity, roster } = prepared;
	const chatId = toChatReference(message.chat);
	const plain = plainText(message.text, identity.userId);
	const guide = settings.mentionGuide === 'off' ? null : mentionGuide({ selfId: identity.userId, roster: roster ?? [], text: message.text });
	return {
		event: 'message',
		messageId: message.id,
		chatId,
		chatType: message.chat.type,
		chatName: prepared.chatName,
		sender: { ...message.sender },
		self: { id: identity.userId, name: identity.displayName },
		text: message.text,
		plainText: plain,
		command: commandOf(plain),
		messageType: message.contentType,
		mentions: [...message.mentions],
		addressedToSelf: isAddressed(message, identity.userId, settings.ignoreMentionAll),
		attachments,
		messages: [],
		context: [],
		roster: (roster ?? []).map((member) => rosterEntry(member, identity.userId)),
		mentionGuide: settings.mentionGuide === 'field' ? guide : null,
		chatInput: chatInput(prepared, settings, guide),
		sessionId: `agentclub:${identity.userId}:${chatId}`,
		createdAt: new Date(message.createdAt * 1000).toISOString(),
		timestamp: message.createdAt,
	};
}

/** A command such as "/report last week". */
function commandOf(plain: string): { name: string; args: string } | null {
	const match = /^\/(\S+)\s*([\s\S]*)$/.exec(plain);
	return match ? { name: match[1] ?? '', args: (match[2] ?? '').trim() } : null;
}

/** What an AI Agent node reads: who says what, which files came along, and the mention guide where it is wanted there. */
function chatInput(prepared: PreparedMessage<unknown>, settings: MessageJsonSettings, guide: string | null): string {
	const { message, identity, roster } = prepared;
	const ambiguous = ambiguousIds(roster ?? []);
	const keepsTags = settings.mentionGuide === 'chatInput';
	const said = keepsTags ? message.text : plainText(message.text, identity.userId, (id) => ambiguous.has(id));
	const words = withFiles(said, prepared.attachments);
	const prefixed = settings.senderPrefix && message.chat.type === 'group' ? `${cleanName(message.sender.name) || 'Someone'}: ${words}` : words;
	return keepsTags && guide !== null ? `${prefixed}\n\n${guide}` : prefixed;
}

/** Words and a line for each file, for example "[image: photo.png]". */
export function withFiles(words: string, files: ReadonlyArray<{ readonly kind: string; readonly fileName: string }>): string {
	const lines = files.map(({ kind, fileName }) => `[${kind}: ${fileName}]`);
	return [words, ...lines].filter((part) => part !== '').join('\n');
}
