import { AgentClubError } from '../errors';
import type { Chats } from '../protocol/answers';
import type { Chat, ChatType } from '../protocol/chat';
import { fromChatReference } from '../protocol/chat-reference';

/** From what a workflow says to a chat of the agent's. */

/**
 * The chat that a reference names. A bare id does not tell its type and is looked up; on the oldest servers a wrong type would end in a
 * chat that nobody sees (measured).
 * @throws AgentClubError SETTINGS
 */
export async function findChat(reference: string, chats: () => Promise<Chats>): Promise<Chat & { type: ChatType }> {
	if (!reference.trim()) throw new AgentClubError('SETTINGS', 'No chat is given', { remedy: 'Choose a chat from the list, or give its ID.' });
	const read = fromChatReference(reference);
	if ('chat' in read) return read.chat;
	const { groups, directs } = await chats();
	if (groups.some((group) => group.id === read.bareId)) return { type: 'group', id: read.bareId };
	if (directs.some((direct) => direct.id === read.bareId)) return { type: 'direct', id: read.bareId };
	throw new AgentClubError('SETTINGS', `The agent is in no chat with the ID "${read.bareId}"`, {
		remedy: 'Choose the chat from the list, or use the chatId that the Agent Club Trigger gives out.',
	});
}

/** The direct chat with a person. @throws AgentClubError SETTINGS where there is none: agents cannot open one */
export async function findDirectChat(userId: string, chats: () => Promise<Chats>): Promise<Chat & { type: 'direct' }> {
	const { directs } = await chats();
	const direct = directs.find((chat) => chat.peer.id === userId.trim());
	if (direct) return { type: 'direct', id: direct.id };
	throw new AgentClubError('SETTINGS', `The agent has no direct chat with the user "${userId.trim()}"`, {
		remedy: 'Agents cannot open a direct chat: ask the person to write to the agent first.',
	});
}
