import { type Clock, EXPIRED, withDeadline } from '../../clock';
import { describeError } from '../../errors';
import { type HistoryRange, type HistorySource, readHistory } from '../../http/history';
import type { Logger } from '../../logger';
import type { Chat } from '../../protocol/chat';
import type { Message } from '../../protocol/message';

/**
 * Messages of the past that an item may do without: oldest first, undefined where they cannot be
 * had in time. Never throws.
 */
export type Past = (chat: Chat, range: HistoryRange) => Promise<readonly Message[] | undefined>;

/** ms that a message waits for them. */
const DEADLINE = 5000;

/** The past as the history tells it; the log says where it could not. */
export function pastFrom(source: HistorySource, clock: Clock, logger: Logger): Past {
	return async (chat, range) => {
		const cut = new AbortController();
		try {
			const messages = await withDeadline(
				clock,
				DEADLINE,
				readHistory(source, chat, { ...range, signal: cut.signal }),
			);
			if (messages !== EXPIRED) return messages;
			logger.warn(
				`The server did not tell the history of a chat within ${DEADLINE / 1000} s; ` +
					'the message goes on without its earlier files and context',
			);
		} catch (error) {
			logger.warn(
				'The history of a chat could not be read, so a message goes on without its earlier ' +
					`files and context: ${describeError(error)}`,
			);
		}
		cut.abort();
		return undefined;
	};
}
