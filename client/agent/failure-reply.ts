import { describeError } from '../errors';
import type { Logger } from '../logger';
import { composeText } from '../outbound/compose';
import type { Chat } from '../protocol/chat';
import type { AgentSession } from './agent-session';

/**
 * Tells the chat that its message's last attempt has failed; what becomes of this is only logged.
 */
export async function replyFailure(
	session: AgentSession,
	chat: Chat,
	text: string,
	logger: Logger,
): Promise<void> {
	const release = session.lease();
	try {
		await session.send(composeText(chat, text, 'text'));
	} catch (error) {
		logger.warn(`The failure reply could not be sent: ${describeError(error)}`);
	} finally {
		release();
	}
}
