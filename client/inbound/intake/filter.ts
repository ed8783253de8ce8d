import { type Chat, isChatType } from '../../protocol/chat';
import { toChatReference } from '../../protocol/chat-reference';
import { isBlank } from '../../protocol/blank-text';
import { withoutHiddenNote } from '../../protocol/hidden-note';
import { EVERYONE } from '../../protocol/mention-tags';
import type { Message } from '../../protocol/message';

/** Which messages a trigger lets through. Empty lists deny everybody. */
export interface FilterSettings {
	/** Chat references or server ids; empty means every chat. */
	readonly chats: ReadonlySet<string>;
	/** User ids; "*" is anyone. */
	readonly allowFrom: ReadonlySet<string>;
	/** "human", "agent" or "*". */
	readonly allowFromKind: ReadonlySet<string>;
	readonly requireMention: boolean;
	readonly ignoreMentionAll: boolean;
}

export type SkipReason =
	| 'chat type'
	| 'sender'
	| 'sender kind'
	| 'no mention'
	| 'empty'
	| 'backlog';

export const ANYONE = '*';

/** Whether the trigger listens to the chat at all; what is said in others stays unread. */
export function listensTo(settings: FilterSettings, chat: Chat): boolean {
	return (
		settings.chats.size === 0 ||
		settings.chats.has(chat.id) ||
		settings.chats.has(toChatReference(chat))
	);
}

/**
 * Why a message is turned away, in the order of the sibling channels' filters; undefined lets it
 * through.
 */
export function skipReason(
	settings: FilterSettings,
	message: Message,
	selfId: string,
): SkipReason | undefined {
	if (!isChatType(message.chat.type)) return 'chat type';
	if (!allows(settings.allowFrom, message.sender.id)) return 'sender';
	if (!allows(settings.allowFromKind, message.sender.kind)) return 'sender kind';
	if (settings.requireMention && !isAddressed(message, selfId, settings.ignoreMentionAll))
		return 'no mention';
	return isEmpty(message) ? 'empty' : undefined;
}

/**
 * In a direct chat every message is meant for the agent; in a group one that mentions it, or
 * everybody.
 */
export function isAddressed(message: Message, selfId: string, ignoreMentionAll: boolean): boolean {
	if (message.chat.type === 'direct' || message.mentions.includes(selfId)) return true;
	return !ignoreMentionAll && message.mentions.includes(EVERYONE);
}

/** Neither words nor a file; tags count as words, and a note that nobody sees does not. */
export function isEmpty(message: Message): boolean {
	return message.fileUrl === '' && isBlank(withoutHiddenNote(message.text));
}

function allows(list: ReadonlySet<string>, value: string): boolean {
	return list.has(ANYONE) || list.has(value);
}
