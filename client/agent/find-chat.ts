import { AgentClubError } from '../errors';
import { loggable } from '../logger';
import type { Chats, DirectChat } from '../protocol/answers';
import type { Chat, ChatType } from '../protocol/chat';
import { fromChatReference, hasBareId, toChatReference } from '../protocol/chat-reference';
import { idAsWritten, type IdKind, idOfName, kindOfId } from '../protocol/id-as-written';

/** From what a workflow says to a chat of the agent's. */

/**
 * The chat that a reference names. A bare id is looked up among the agent's chats
 * (`test/contract/sending.test.ts`). Servers with such ids deliver a message into anybody's direct
 * chat without an error, and show anybody's history.
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
	const read = fromChatReference(idAsWritten(reference));
	if ('chat' in read && !hasBareId(read.chat)) return read.chat;
	const { groups, directs } = await chats();
	const own = [
		...groups.map(({ id, name }) => ({ chat: { type: 'group' as const, id }, name })),
		...directs.map(({ id, peer }) => ({
			chat: { type: 'direct' as const, id },
			name: peer.name,
		})),
	];
	const found = own.find(({ chat }) =>
		'chat' in read
			? chat.type === read.chat.type && chat.id === read.chat.id
			: chat.id === read.bareId,
	);
	if (found) return found.chat;
	const called = own.map(({ chat, name }) => ({ name, id: toChatReference(chat) }));
	const given = reference.trim();
	throw new AgentClubError('SETTINGS', `The agent is in no chat with the ID "${loggable(given)}"`, {
		remedy:
			idOfName(given, called) ??
			chatOfUser(given, directs) ??
			otherKind(given, 'chat') +
				'Choose the chat from the list, or use a chatId that the Agent Club Trigger or the ' +
				'operation Chat: Get Many gives out.',
	});
}

function chatOfUser(given: string, directs: readonly DirectChat[]): string | undefined {
	const chat = directs.find(({ peer }) => peer.id === idAsWritten(given));
	return chat && `That is a user. The direct chat with them has the ID "${referenceOf(chat)}".`;
}

function userOfChat(given: string, directs: readonly DirectChat[]): string | undefined {
	const chat = directs.find((each) => referenceOf(each) === idAsWritten(given));
	return chat && `That is a chat. The user there has the ID "${chat.peer.id}".`;
}

function referenceOf({ id }: DirectChat): string {
	return toChatReference({ type: 'direct', id });
}

/** What the ID is of, where that is not what is wanted. */
function otherKind(given: string, wanted: IdKind): string {
	const kind = kindOfId(idAsWritten(given));
	return kind === undefined || kind === wanted ? '' : `That is the ID of a ${kind}. `;
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
	const id = idAsWritten(userId);
	const direct = directs.find((chat) => chat.peer.id === id);
	if (direct) return { type: 'direct', id: direct.id };
	throw new AgentClubError(
		'SETTINGS',
		`The agent has no direct chat with the user "${loggable(userId.trim())}"`,
		{
			remedy:
				idOfName(
					userId.trim(),
					directs.map(({ peer }) => peer),
				) ??
				userOfChat(userId, directs) ??
				otherKind(userId, 'user') +
					'Agents cannot open a direct chat: ask the person to write to the agent first.',
		},
	);
}
