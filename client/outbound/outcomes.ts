import { AgentClubError } from '../errors';
import { loggable } from '../logger';
import type { Chat } from '../protocol/chat';
import { toChatReference } from '../protocol/chat-reference';

/** The bad outcomes of a send. */

export function refused(words: string, chat: Chat): AgentClubError {
	const serverText = loggable(words);
	const reason = serverText || 'it gave no reason';
	return new AgentClubError(
		'REFUSED',
		`The server refused the message: ${reason} (chat "${toChatReference(chat)}")`,
		{
			serverText,
			remedy:
				'Check that the agent is a member of the group, or that the direct chat still exists.',
		},
	);
}

/** The token has changed hands while the message waited; the other agent does not say it. */
export function ofAnother(): AgentClubError {
	return new AgentClubError(
		'REFUSED',
		'The token belongs to another agent now, which does not say this: the message was not sent',
		{ remedy: 'Put the token of the agent that is meant into the credential.' },
	);
}

/** @param leftAt wall time (ms) when the message left */
export function outcomeUnknown(detail: string, chat: Chat, leftAt: number): AgentClubError {
	return new AgentClubError(
		'OUTCOME_UNKNOWN',
		`Nobody can tell whether the message was sent: ${detail} (chat "${toChatReference(chat)}")`,
		{
			remedy: 'Look into the chat before sending it again.',
			leftAt,
		},
	);
}
