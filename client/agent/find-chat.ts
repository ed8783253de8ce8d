import { AgentClubError } from '../errors';
import type { Chats } from '../protocol/answers';
import type { Chat, ChatType } from '../protocol/chat';
import { fromChatReference, toChatReference } from '../protocol/chat-reference';

/** From what a workflow says to a chat of the agent's. */

/**
 * The chat that a reference names. A bare id does not tell its type and is looked up; on the oldest
 * servers a wrong type would end in a chat that nobody sees (measured).
 * @throws AgentClubError SETTINGS
 */
export async function findChat(
	reference: string,
	chats: () => Promise<Chats>,
): Promise<Chat & { type: ChatType }> {
	if (!reference.trim())
		throw new AgentClubError('SETTINGS', 'No chat is given', {
			remedy: 'Choose a chat from the list, or give its ID.',
		});
	const read = fromChatReference(reference);
	if ('chat' in read) return read.chat;
	const { groups, directs } = await chats();
	if (groups.some((group) => group.id === read.bareId)) return { type: 'group', id: read.bareId };
	if (directs.some((direct) => direct.id === read.bareId))
		return { type: 'direct', id: read.bareId };
	const called = [
		...groups.map(({ id, name }) => ({ name, reference: toChatReference({ type: 'group', id }) })),
		...directs.map(({ id, peer }) => ({
			name: peer.name,
			reference: toChatReference({ type: 'direct', id }),
		})),
	];
	throw new AgentClubError('SETTINGS', `The agent is in no chat with the ID "${read.bareId}"`, {
		remedy:
			idOfName(read.bareId, called) ??
			'Choose the chat from the list, or use a chatId that the Agent Club Trigger or the ' +
				'operation Chat: Get Many gives out.',
	});
}

/**
 * A language model likes to give a name where an ID is wanted. It may not stand for the ID: anybody
 * can take a name.
 */
function idOfName(
	given: string,
	called: ReadonlyArray<{ readonly name: string; readonly reference: string }>,
): string | undefined {
	const ids = called
		.filter(({ name }) => name.trim().toLowerCase() === given.toLowerCase())
		.map(({ reference }) => `"${reference}"`);
	return ids.length > 0 ? `That is a name. Use the ID: ${ids.join(' or ')}.` : undefined;
}

/**
 * The direct chat with a person.
 * @throws AgentClubError SETTINGS where there is none: agents cannot open one
 */
export async function findDirectChat(
	userId: string,
	chats: () => Promise<Chats>,
): Promise<Chat & { type: 'direct' }> {
	const { directs } = await chats();
	const direct = directs.find((chat) => chat.peer.id === userId.trim());
	if (direct) return { type: 'direct', id: direct.id };
	const called = directs.map(({ peer }) => ({ name: peer.name, reference: peer.id }));
	throw new AgentClubError(
		'SETTINGS',
		`The agent has no direct chat with the user "${userId.trim()}"`,
		{
			remedy:
				idOfName(userId.trim(), called) ??
				'Agents cannot open a direct chat: ask the person to write to the agent first.',
		},
	);
}
