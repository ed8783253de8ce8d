import { AgentClubError } from '../errors';
import type { Chat } from '../protocol/chat';
import type { Message } from '../protocol/message';
import { HISTORY_PAGE, type HistoryPage, type HistorySource } from './agent-http';

/** What is wanted of a chat's history. */
export interface HistoryRange {
	/** Float seconds; only messages later than this. */
	readonly after?: number;
	/** Float seconds; only messages earlier than this. */
	readonly before?: number;
	/** At least 1; of more messages the newest ones count. */
	readonly limit: number;
	readonly signal?: AbortSignal;
}

/**
 * The messages of a chat within a range, oldest first, from as many pages as it takes. The server's
 * `before` is strict. If a page ends between messages of one `created_at`, the next page would skip
 * the others. So every further page begins just above the oldest timestamp of the last one, and
 * what it says about that moment replaces what was known.
 * @throws AgentClubError BAD_ANSWER where more messages share one timestamp than a page holds, or
 * the pages do not go back; else what the source throws
 */
export async function readHistory(
	source: HistorySource,
	chat: Chat,
	range: HistoryRange,
): Promise<Message[]> {
	const { after = Number.NEGATIVE_INFINITY, limit, signal } = range;
	let { before } = range;
	const newestFirst: Message[][] = [];
	let count = 0;
	// The server takes 0 for "no limit".
	if (before !== undefined && before <= 0) return [];
	for (;;) {
		const page = await source(chat, {
			...(before !== undefined && { before }),
			limit: HISTORY_PAGE,
			...(signal && { signal }),
		});
		const messages = page.messages.filter((message) => message.createdAt > after);
		if (isLast(page, after) || count + messages.length >= limit) {
			newestFirst.push(messages);
			return newestFirst.reverse().flat().slice(-limit);
		}
		const border = borderOf(page, before);
		const complete = messages.filter((message) => message.createdAt > border);
		newestFirst.push(complete);
		count += complete.length;
		before = justAbove(border);
	}
}

/** Whether nothing that is wanted comes before the page. */
function isLast({ size, oldest }: HistoryPage, after: number): boolean {
	return size < HISTORY_PAGE || (oldest !== undefined && oldest <= after);
}

/**
 * The oldest moment of a full page, of which there may be more messages. Each one is earlier than
 * the last, so reading comes to an end.
 */
function borderOf({ oldest, newest }: HistoryPage, before: number | undefined): number {
	if (oldest === undefined || newest === undefined)
		throw new AgentClubError(
			'BAD_ANSWER',
			'A page of the message history has no row that can be read',
		);
	if (before !== undefined && newest >= before) {
		throw new AgentClubError(
			'BAD_ANSWER',
			`The server gave messages of ${describeTime(newest)} when asked for those before ` +
				describeTime(before),
		);
	}
	if (oldest < newest) return oldest;
	throw new AgentClubError(
		'BAD_ANSWER',
		`At least ${HISTORY_PAGE} messages have the same time, ${describeTime(oldest)}, ` +
			'and the server tells no more of one time than that',
		{
			remedy:
				'Read what comes after it (Filters: After) and what comes before it (Filters: ' +
				'Before), each with that number of seconds.',
		},
	);
}

function describeTime(seconds: number): string {
	return `${seconds} (${new Date(seconds * 1000).toISOString()})`;
}

/** The next number above, so that "before" includes exactly this moment. */
function justAbove(seconds: number): number {
	const bits = new DataView(new ArrayBuffer(8));
	bits.setFloat64(0, seconds);
	bits.setBigUint64(0, bits.getBigUint64(0) + 1n);
	return bits.getFloat64(0);
}
