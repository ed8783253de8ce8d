import type { Chat } from '../../protocol/chat';
import type { Message, Source } from '../../protocol/message';
import { DueChats } from './due-chats';
import {
	type ChatEntries,
	type Entry,
	isSettled,
	makeEntry,
	UNKNOWN_CHAT,
	UNKNOWN_TIME,
} from './entry';
import { type Holding, type Holdings, isPending } from './holdings';
import { markEntry, readGroup } from './same-time';
import { endOfTime, insertSorted } from '../sorted';

/**
 * What is known to be unread, by chat and in the order of `created_at`, and who still has to settle
 * it. The server's cursor jumps to the newest marked message of a chat, so only a prefix of each
 * chat is ever marked.
 */

/** When a chat is worth another look: `arrivedAt` (ms) is that of what is too young as yet. */
type NextLook = 'at once' | 'after a change' | { readonly arrivedAt: number };

export class Ledger {
	private readonly entries = new Map<string, Entry>();
	private readonly chats = new Map<string, ChatEntries>();
	private readonly due = new DueChats<ChatEntries>();
	/** How many entries have a message: somebody still has to settle it. */
	private withMessage = 0;

	get size(): number {
		return this.entries.size;
	}

	get unsettled(): number {
		return this.withMessage;
	}

	get hasWork(): boolean {
		return !this.due.isEmpty;
	}

	get(id: string): Entry | undefined {
		return this.entries.get(id);
	}

	/** The message's entry. A new one is nobody's, until every trigger has been asked: `offered`. */
	open(message: Message, source: Source, now: number): Entry {
		const { id, chat, createdAt } = message;
		const entry =
			this.entries.get(id) ??
			this.insert(makeEntry(id, this.chatOf(chat.key, chat), createdAt, now, source));
		if (!entry.message) this.withMessage += 1;
		entry.message = message;
		return entry;
	}

	/** A place for a frame that could not be read but has an id. */
	openUnreadable(
		id: string,
		chat: string | undefined,
		createdAt: number | undefined,
		source: Source,
		now: number,
	): Entry {
		const list = this.chatOf(chat ?? UNKNOWN_CHAT);
		const entry =
			this.entries.get(id) ??
			this.insert(makeEntry(id, list, createdAt ?? UNKNOWN_TIME, now, source));
		entry.handled = true;
		return entry;
	}

	/** A connection's batch has the message, which may be known from before. */
	cameAgain(id: string | undefined, now: number): void {
		const entry = id === undefined ? undefined : this.entries.get(id);
		if (entry) entry.cameAgainAt = now;
	}

	/** Lists how far a trigger is with the message; one that it is done with was marked before. */
	hold(entry: Entry, holding: Holding): void {
		if (holding.state === 'recent') return;
		if (!entry.holdings.includes(holding)) entry.holdings = [...entry.holdings, holding];
	}

	/**
	 * Called when every trigger has been asked. An entry that nobody took is marked in its turn if
	 * somebody skipped it, and forgotten if nobody listens to its chat.
	 */
	offered(entry: Entry): void {
		if (!isSettled(entry)) return;
		if (entry.handled) this.settled(entry);
		else this.remove(entry);
	}

	/** A trigger is done with the message. What is not listed (any more) is ignored. */
	settle(holding: Holding): void {
		const entry = this.entryOf(holding);
		if (!entry) return;
		entry.handled = true;
		if (isSettled(entry)) this.settled(entry);
	}

	/**
	 * A trigger has no more to do with the message, which it has not settled. Answers whether the
	 * message is now nobody's: it stays unread.
	 */
	giveBack(holding: Holding): boolean {
		const entry = this.entryOf(holding);
		if (!entry) return false;
		this.strike(entry, holding);
		if (!isSettled(entry)) return false;
		const staysUnread = !entry.handled && !entry.read;
		if (staysUnread) this.remove(entry);
		else this.settled(entry);
		return staysUnread;
	}

	/**
	 * A trigger goes, and takes along how far it is with each message.
	 * @returns the chats in which something is now nobody's, and stays unread
	 */
	leave(holder: Holdings): Chat[] {
		const unread: Chat[] = [];
		for (const entry of [...this.entries.values()]) {
			const holding = entry.holdings.find((each) => each.holder === holder);
			if (!holding) continue;
			const chat = entry.message?.chat;
			if (!isPending(holding)) this.strike(entry, holding);
			else if (this.giveBack(holding) && chat) unread.push(chat);
		}
		return unread;
	}

	/**
	 * Whether something in such a chat is settled and not read yet: a trigger that joins later cannot
	 * be given it from here.
	 */
	hasSettled(isMeant: (chat: Chat) => boolean): boolean {
		for (const { chat, list } of this.chats.values()) {
			if ((!chat || isMeant(chat)) && list.some((entry) => isSettled(entry) && !entry.read))
				return true;
		}
		return false;
	}

	/** What somebody still has to settle, for a trigger that joins later. */
	unsettledEntries(): Entry[] {
		return [...this.entries.values()].filter((entry) => !isSettled(entry));
	}

	/**
	 * Ids that may be marked now, at most `limit`. In each chat these are the settled ones before the
	 * first unsettled one that have been here for `minAge` ms. They count as being marked until
	 * `confirm` or `fail`.
	 */
	collect(
		now: number,
		minAge: number,
		limit: number,
		isBlocked: (chat: string) => boolean,
	): string[] {
		const ids: string[] = [];
		for (const chat of this.due.at(now)) {
			// Only a new connection's batch ends a block, and the last settled message the wait of
			// unknown chats: no use in looking again before.
			const isHeld = isBlocked(chat.key) || (chat.key === UNKNOWN_CHAT && this.withMessage > 0);
			const next = isHeld ? 'after a change' : this.collectChat(chat, now - minAge, limit, ids);
			if (next === 'after a change') this.due.delete(chat);
			else if (next !== 'at once') this.due.defer(chat, next.arrivedAt + minAge);
			if (ids.length >= limit) break;
		}
		return ids;
	}

	/**
	 * These are read on the server. What is still being worked on keeps its place until it is
	 * settled.
	 */
	confirm(ids: readonly string[]): void {
		const chats = new Set<ChatEntries>();
		for (const id of ids) {
			const entry = this.entries.get(id);
			if (!entry) continue;
			entry.read = true;
			if (isSettled(entry)) this.forget(entry);
			chats.add(entry.chat);
		}
		for (const chat of chats) this.trim(chat);
	}

	/** The user, or another process, has marked these: nobody waits for their marks any more. */
	markedElsewhere(ids: readonly string[]): void {
		this.confirm(ids);
		for (const id of ids) {
			const entry = this.entries.get(id);
			if (!entry) continue;
			for (const holding of entry.holdings) holding.holder.markedRead(holding);
			if (isSettled(entry)) this.settled(entry);
		}
	}

	/** The marks may not have arrived: they are due again. */
	fail(ids: readonly string[]): void {
		for (const id of ids) {
			const entry = this.entries.get(id);
			if (!entry) continue;
			entry.marking = false;
			this.due.add(entry.chat);
		}
	}

	/**
	 * After a new connection's batch: what was known before it and is not in it has been read on the
	 * server. What is being worked on stays.
	 */
	reconcile(openedAt: number): void {
		const isGone = ({ cameAgainAt, arrivedAt, holdings }: Entry) =>
			(cameAgainAt ?? arrivedAt) < openedAt &&
			holdings.every((holding) => !isPending(holding) || holding.state === 'unmarked');
		const gone = [...this.entries.values()].filter(isGone);
		this.markedElsewhere(gone.map(({ id }) => id));
	}

	/**
	 * The user's own word: everything in the chat up to this message is read. Answers the ids this
	 * concerns.
	 */
	idsUpTo(id: string): string[] {
		const entry = this.entries.get(id);
		if (!entry) return [];
		const isCovered = (other: Entry) =>
			other === entry || (entry.createdAt !== UNKNOWN_TIME && other.createdAt <= entry.createdAt);
		return entry.chat.list
			.filter((other) => !other.read && isCovered(other))
			.map((other) => other.id);
	}

	clear(): void {
		this.entries.clear();
		this.chats.clear();
		this.due.clear();
		this.withMessage = 0;
	}

	private entryOf(holding: Holding): Entry | undefined {
		const entry = this.entries.get(holding.id);
		return entry?.holdings.includes(holding) ? entry : undefined;
	}

	private strike(entry: Entry, holding: Holding): void {
		entry.holdings = entry.holdings.filter((other) => other !== holding);
	}

	/** Its mark is confirmed: who is done with it need not remember it for long. */
	private forget(entry: Entry): void {
		this.closed(entry);
		this.entries.delete(entry.id);
		for (const holding of entry.holdings) holding.holder.confirmed(holding);
	}

	private insert(entry: Entry): Entry {
		this.entries.set(entry.id, entry);
		insertSorted(entry.chat.list, entry);
		return entry;
	}

	private chatOf(key: string, chat?: Chat): ChatEntries {
		const known = this.chats.get(key);
		if (known) return known;
		const entries = { key, chat, list: [] };
		this.chats.set(key, entries);
		return entries;
	}

	/** Nobody has to settle it any more; the last one of all lets unknown chats have their turn. */
	private closed(entry: Entry): void {
		if (!entry.message) return;
		entry.message = undefined;
		this.withMessage -= 1;
		const unknown = this.withMessage === 0 ? this.chats.get(UNKNOWN_CHAT) : undefined;
		if (unknown) this.due.add(unknown);
	}

	private settled(entry: Entry): void {
		this.closed(entry);
		if (entry.read) this.confirm([entry.id]);
		if (entry.chat.list.length > 0) this.due.add(entry.chat);
	}

	private remove(entry: Entry): void {
		this.closed(entry);
		entry.read = true;
		this.entries.delete(entry.id);
		this.trim(entry.chat);
		if (entry.chat.list.length > 0) this.due.add(entry.chat);
	}

	/**
	 * Messages of one `created_at` are marked together or not at all: the cursor stands on a time, so
	 * one's mark covers the others.
	 * @param ids what is to be marked is added to them
	 */
	private collectChat(
		{ list }: ChatEntries,
		arrivedBy: number,
		limit: number,
		ids: string[],
	): NextLook {
		for (let at = 0; at < list.length; ) {
			const end = endOfTime(list, at);
			const { isSettled, isDue, arrivedAt } = readGroup(list, at, end);
			if (!isSettled) return 'after a change';
			if (isDue && ids.length >= limit) return 'at once';
			if (isDue && arrivedAt > arrivedBy) return { arrivedAt };
			for (; at < end; at += 1) markEntry(list[at], ids);
		}
		return 'after a change';
	}

	private trim({ key, list }: ChatEntries): void {
		const kept = list.findIndex((entry) => !entry.read || !isSettled(entry));
		list.splice(0, kept < 0 ? list.length : kept);
		if (list.length === 0) this.chats.delete(key);
	}
}
