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

/** Something that nobody waits for. */
export interface Utterance {
	readonly chat: Chat;
	readonly text: string;
	/** Names it in the log: "The failure reply". */
	readonly what: string;
	/**
	 * The agent whose words they are: where its token is another agent's by now, nobody says them.
	 * Undefined: whoever has the token says them.
	 */
	readonly by: string | undefined;
}

/** Says something; where it could not be sent, only the log tells. */
export async function say(
	session: SpeakingSession,
	{ chat, text, what, by }: Utterance,
	logger: Logger,
): Promise<void> {
	const release = session.lease();
	try {
		await session.send({ ...composeText(chat, text, 'text'), by });
	} catch (error) {
		logger.warn(`${what} could not be sent to chat ${loggable(chat.id)}: ${describeError(error)}`);
	} finally {
		release();
	}
}
