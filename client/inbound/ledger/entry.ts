import type { Chat } from '../../protocol/chat';
import type { Message } from '../../protocol/message';

/** Where a message came from: a connect-time batch or the live stream. */
export type Source = 'backlog' | 'live';

/**
 * What is known of one chat: shared by its entries, so that none keeps a key of its own or looks it
 * up.
 */
export interface ChatEntries<Claimant> {
	/** The chat's key. */
	readonly key: string;
	/** Undefined where nothing of it could be read. */
	readonly chat: Chat | undefined;
	/** In the order of `created_at`. */
	readonly list: Array<Entry<Claimant>>;
}

export interface Entry<Claimant> {
	readonly id: string;
	readonly chat: ChatEntries<Claimant>;
	readonly createdAt: number;
	/** Monotonic ms. */
	readonly arrivedAt: number;
	/** Monotonic ms; when a later connection's batch had it once more. */
	cameAgainAt: number | undefined;
	readonly source: Source;
	/** Kept for those who join later; gone once it is settled. */
	message: Message | undefined;
	/** Those who were given the message and have not settled it. */
	claimants: readonly Claimant[];
	/** Somebody who listens to the chat has settled or skipped it. */
	handled: boolean;
	marking: boolean;
	/** Read on the server; the user may have marked it while it is still being worked on. */
	read: boolean;
}

/** The chat of frames whose chat could not be read: any chat may be theirs. */
export const UNKNOWN_CHAT = '?';

/**
 * Behind all that is or will be known of the chat: the mark of a frame whose time could not be read
 * may cover any of it.
 */
export const UNKNOWN_TIME = Number.POSITIVE_INFINITY;

/**
 * Shared: an array that grew and is empty again would hold 150 bytes for each message that waits
 * for its mark.
 */
export const NOBODY: readonly never[] = [];

/**
 * Without a spread: there is one for each message, and one that is copied together takes several
 * times as long (measured).
 */
export function makeEntry<Claimant>(
	id: string,
	chat: ChatEntries<Claimant>,
	createdAt: number,
	arrivedAt: number,
	source: Source,
	message: Message | undefined,
): Entry<Claimant> {
	return {
		id,
		chat,
		createdAt,
		arrivedAt,
		cameAgainAt: undefined,
		source,
		message,
		claimants: NOBODY,
		handled: false,
		marking: false,
		read: false,
	};
}
