import { describeError } from '../errors';
import { type Logger, loggable } from '../logger';
import { composeText, type Outgoing } from '../outbound/compose';
import type { Chat } from '../protocol/chat';

/** What saying something takes of the agent's session. */
export interface SpeakingSession {
	lease(): () => void;
	/** @throws AgentClubError */
	send(outgoing: Outgoing): Promise<unknown>;
}

/**
 * The session for the words of one agent: where its token is another agent's by now, nobody says
 * them.
 * @param agentId undefined: whoever has the token says them
 */
export function spokenBy(agentId: string | undefined, session: SpeakingSession): SpeakingSession {
	return {
		lease: () => session.lease(),
		send: (outgoing) => session.send({ ...outgoing, by: agentId }),
	};
}

/**
 * Says something that nobody waits for; where it could not be sent, only the log tells.
 * @param what names it in the log: "The failure reply"
 */
export async function say(
	session: SpeakingSession,
	chat: Chat,
	text: string,
	what: string,
	logger: Logger,
): Promise<void> {
	const release = session.lease();
	try {
		await session.send(composeText(chat, text, 'text'));
	} catch (error) {
		logger.warn(`${what} could not be sent to chat ${loggable(chat.id)}: ${describeError(error)}`);
	} finally {
		release();
	}
}
