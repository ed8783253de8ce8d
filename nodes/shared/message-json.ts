import type { IDataObject } from 'n8n-workflow';
import { isAddressed } from '../../client/inbound/intake/filter';
import { speaker } from '../../client/protocol/speaker';
import { joined } from '../../client/inbound/item/bundle';
import { mentionGuide } from '../../client/inbound/item/mention-guide';
import { plainText, spokenText } from '../../client/inbound/item/plain-text';
import type { PreparedMessage, SaidMessage } from '../../client/inbound/item/prepare';
import { withoutHiddenNote } from '../../client/protocol/hidden-note';
import { MemberNames } from '../../client/protocol/member-names';
import { toChatReference } from '../../client/protocol/chat-reference';
import { rosterEntry } from './roster-entry';
import { transcriptOf, withFiles } from './transcript';

export interface MessageJsonSettings {
	/** Whether `chatInput` begins with the sender's name in groups. */
	readonly senderPrefix: boolean;
	readonly mentionGuide: 'field' | 'chatInput' | 'off';
	/** The user's own guide instead of ours; "" is ours. */
	readonly mentionGuideText: string;
	readonly ignoreMentionAll: boolean;
	/** Whether `messages` tells what the item was collected from. */
	readonly collected: boolean;
}

/**
 * A message as workflows see it, whether it has just been said or comes from the history.
 * @param attachments the message's files as the item describes them
 */
export function messageJson(
	prepared: PreparedMessage<unknown>,
	attachments: IDataObject[],
	settings: MessageJsonSettings,
): IDataObject {
	const { message, identity, roster } = prepared;
	const chatId = toChatReference(message.chat);
	const texts = prepared.messages.map(({ text }) => text);
	const plain = spokenText(texts, identity.userId);
	const guide =
		settings.mentionGuide === 'off'
			? null
			: mentionGuide({
					self: identity,
					roster: roster ?? [],
					text: message.text,
					template: settings.mentionGuideText,
				});
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
		messages: settings.collected
			? prepared.messages.map(({ id, text, contentType, createdAt }) => ({
					messageId: id,
					text,
					messageType: contentType,
					timestamp: createdAt,
				}))
			: [],
		context: prepared.context.map(contextEntry),
		roster: (roster ?? []).map((member) => rosterEntry(member, identity.userId)),
		mentionGuide: settings.mentionGuide === 'field' ? guide : null,
		chatInput: chatInput(prepared, settings, guide),
		sessionId: `agentclub:${identity.userId}:${chatId}`,
		createdAt: new Date(message.createdAt * 1000).toISOString(),
		timestamp: message.createdAt,
		problems: [...prepared.problems],
	};
}

/** A command such as "/report last week". */
function commandOf(plain: string): { name: string; args: string } | null {
	const match = /^\/(\S+)\s*([\s\S]*)$/.exec(plain);
	return match ? { name: match[1] ?? '', args: (match[2] ?? '').trim() } : null;
}

/**
 * What an AI Agent node reads: who says what, which files came along, and the mention guide where
 * it is wanted there.
 */
function chatInput(
	prepared: PreparedMessage<unknown>,
	settings: MessageJsonSettings,
	guide: string | null,
): string {
	const { message, identity, roster } = prepared;
	const texts = prepared.messages.map(({ text }) => text);
	const ambiguous = MemberNames.of(roster ?? []).ambiguousIds;
	const keepsTags = settings.mentionGuide === 'chatInput';
	const said = keepsTags
		? joined(texts.map(withoutHiddenNote))
		: spokenText(texts, identity.userId, (id) => ambiguous.has(id));
	const words = withFiles(said, prepared.attachments);
	const prefixed =
		settings.senderPrefix && message.chat.type === 'group'
			? `${speaker(message.sender, identity)}: ${words}`
			: words;
	const before =
		prepared.context.length > 0 &&
		`Earlier in this chat:\n${transcriptOf(prepared.context, roster, identity)}`;
	return [before, prefixed, keepsTags && guide].filter(Boolean).join('\n\n');
}

/** What was said before, as an item tells it: in short. */
function contextEntry({ message, attachments }: SaidMessage): IDataObject {
	return {
		messageId: message.id,
		sender: { ...message.sender },
		plainText: withFiles(plainText(message.text, ''), attachments),
		timestamp: message.createdAt,
	};
}
