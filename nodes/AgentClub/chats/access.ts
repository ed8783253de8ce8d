import { AgentClubError } from '../../../client/errors';
import { isNoAccess } from '../../../client/http/agent-http';
import type { Chats } from '../../../client/protocol/answers';
import type { Chat } from '../../../client/protocol/chat';
import { toChatReference } from '../../../client/protocol/chat-reference';

/** A question about a chat; a refusal becomes an error that names the chat. */
export async function askAbout<T>(chat: Chat, question: Promise<T>): Promise<T> {
	return await question.catch((error: unknown) => {
		throw isNoAccess(error) && error instanceof AgentClubError ? notInChat(chat, error) : error;
	});
}

/** @throws AgentClubError REFUSED for a chat that the agent is not in */
export function checkMembership(chat: Chat, { groups, directs }: Chats): void {
	const own: ReadonlyArray<{ readonly id: string }> = chat.type === 'group' ? groups : directs;
	if (!own.some(({ id }) => id === chat.id)) throw notInChat(chat);
}

export function notInChat(chat: Chat, refusal?: AgentClubError): AgentClubError {
	const { serverText, status } = refusal ?? {};
	return new AgentClubError(
		'REFUSED',
		`The agent does not take part in the chat "${toChatReference(chat)}"`,
		{
			...(serverText !== undefined && { serverText }),
			...(status !== undefined && { status }),
			remedy: 'Choose a chat from the list, or add the agent to this one.',
		},
	);
}
