import type { Chat } from '../../protocol/chat';
import type { Message, Source } from '../../protocol/message';
import { type Holding, isPending } from './holdings';

/**
 * What is known of one chat: shared by its entries, so that none keeps a key of its own or looks it
 * up.
 */
export interface ChatEntries {
	/** The chat's key. */
	readonly key: string;
	/** Undefined where nothing of it could be read. */
	readonly chat: Chat | undefined;
	/** In the order of `created_at`. */
	readonly list: Entry[];
}

export interface Entry {
	readonly id: string;
	readonly chat: ChatEntries;
	readonly createdAt: number;
	/** Monotonic ms. */
	readonly arrivedAt: number;
	/** Monotonic ms; when a later connection's batch had it once more. */
	cameAgainAt: number | undefined;
	readonly source: Source;
	/** Kept for those who join later. Gone once everybody has settled it. */
	message: Message | undefined;
	/** How far each trigger is that was given the message, or each test run. */
	holdings: readonly Holding[];
	/** Somebody who listens to the chat has settled or skipped it. */
	handled: boolean;
	marking: boolean;
	/** Read on the server; the user may have marked it while it is still being worked on. */
	read: boolean;
}

/** The chat of frames whose chat could not be read: any chat may be theirs. */
export const UNKNOWN_CHAT = '?';

/**
 * Behind all that is or will be known of the chat. The mark of a frame whose time could not be read
 * may cover any of it.
 */
export const UNKNOWN_TIME = Number.POSITIVE_INFINITY;

/** Whether nobody has to settle the message any more. */
export function isSettled({ holdings }: Pick<Entry, 'holdings'>): boolean {
	return !holdings.some(isPending);
}

/** Shared by all messages that are skipped. */
const NOBODY: readonly never[] = [];

export function makeEntry(
	id: string,
	chat: ChatEntries,
	createdAt: number,
	arrivedAt: number,
	source: Source,
): Entry {
	return {
		id,
		chat,
		createdAt,
		arrivedAt,
		cameAgainAt: undefined,
		source,
		message: undefined,
		holdings: NOBODY,
		handled: false,
		marking: false,
		read: false,
	};
}
