import { type Clock, EXPIRED, withDeadline } from '../../clock';
import { describeError } from '../../errors';
import type { HistorySource } from '../../http/agent-http';
import { type HistoryRange, readHistory } from '../../http/history';
import { type Logger, loggable } from '../../logger';
import type { Chat } from '../../protocol/chat';
import type { Message } from '../../protocol/message';

/**
 * Messages of the past that an item may do without: oldest first, undefined where they cannot be
 * had in time. Never throws.
 */
export type Past = (chat: Chat, range: HistoryRange) => Promise<readonly Message[] | undefined>;

/** ms that a message waits for them. */
const DEADLINE = 5000;

/**
 * The past as the history tells it. The log says once that it cannot, until it can again: each
 * message may ask.
 */
export function pastFrom(source: HistorySource, clock: Clock, logger: Logger): Past {
	let isFailing = false;
	const tell = (chat: Chat, what: string) => {
		const text =
			`The history of chat ${loggable(chat.id)} ${what}. Messages go on without their earlier ` +
			'files and context';
		if (isFailing) logger.debug(text);
		else logger.warn(text);
		isFailing = true;
	};
	return async (chat, range) => {
		const cut = new AbortController();
		try {
			const messages = await withDeadline(
				clock,
				DEADLINE,
				readHistory(source, chat, { ...range, signal: cut.signal }),
			);
			if (messages !== EXPIRED) {
				isFailing = false;
				return messages;
			}
			tell(chat, `did not come within ${DEADLINE / 1000} s`);
		} catch (error) {
			tell(chat, `could not be read: ${describeError(error)}`);
		}
		cut.abort();
		return undefined;
	};
}
