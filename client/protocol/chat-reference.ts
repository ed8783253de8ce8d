import { type Chat, type ChatType, isChatType } from './chat';

/**
 * A chat's id as workflows see it, and back. Ids that already say what they are pass as they are.
 * Bare ids (the oldest servers) get the prefix that the Nanobot channel gives them. So the type
 * survives a restart without any state.
 */

const OWN_PREFIX: Record<ChatType, string> = { group: 'gr_', direct: 'pr_' };
const SERVER_PREFIX: Record<ChatType, string> = { group: 'gc_', direct: 'dc_' };

/**
 * What a workflow gets as `chatId`: the server's id where it has a prefix, else `gr_<id>` or
 * `pr_<id>`.
 */
export function toChatReference(chat: Chat): string {
	if (!isChatType(chat.type)) return chat.id;
	const { type, id } = chat;
	return hasBareId({ type, id }) ? OWN_PREFIX[type] + id : id;
}

/** Whether the id has no prefix of the server's, as on the oldest servers. */
export function hasBareId({ type, id }: Chat & { type: ChatType }): boolean {
	return !id.startsWith(SERVER_PREFIX[type]);
}

/**
 * What a reference says by itself: a whole chat, or a bare id whose type has to be looked up among
 * the agent's chats.
 */
export type ReadReference =
	| { readonly chat: Chat & { type: ChatType } }
	| { readonly bareId: string };

/** Reads a `chatId` given by a workflow; white space around it is ignored. */
export function fromChatReference(reference: string): ReadReference {
	const text = reference.trim();
	for (const type of ['group', 'direct'] as const) {
		if (text.startsWith(SERVER_PREFIX[type])) return { chat: { type, id: text } };
		if (text.startsWith(OWN_PREFIX[type]))
			return { chat: { type, id: text.slice(OWN_PREFIX[type].length) } };
	}
	return { bareId: text };
}
