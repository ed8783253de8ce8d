import type { Chat } from '../../protocol/chat';
import type { Message } from '../../protocol/message';
import { DueChats } from './due-chats';
import {
	type ChatEntries,
	type Entry,
	makeEntry,
	NOBODY,
	type Source,
	UNKNOWN_CHAT,
	UNKNOWN_TIME,
} from './entry';
import { markEntry, readGroup } from './same-time';
import { endOfTime, insertSorted } from '../sorted';

/**
 * What is known to be unread, by chat and in the order of `created_at`, and who still has to settle
 * it. The server's cursor jumps to the newest marked message of a chat, so only a prefix of each
 * chat is ever marked.
 */

/** When a chat is worth another look, see `collectChat`. */
const AT_ONCE = Number.NEGATIVE_INFINITY;
const NOT_BEFORE_A_CHANGE = Number.POSITIVE_INFINITY;

export class Ledger<Claimant> {
	private readonly entries = new Map<string, Entry<Claimant>>();
	private readonly chats = new Map<string, ChatEntries<Claimant>>();
	private readonly due = new DueChats<ChatEntries<Claimant>>();
	private unsettledCount = 0;
	private lastOnly: readonly Claimant[] = NOBODY;

	get size(): number {
		return this.entries.size;
	}

	get unsettled(): number {
		return this.unsettledCount;
	}

	get hasWork(): boolean {
		return !this.due.isEmpty;
	}

	get(id: string): Entry<Claimant> | undefined {
		return this.entries.get(id);
	}

	/** The message's entry; a new one counts as unsettled until `judged` has been called. */
	open(message: Message, source: Source, now: number): Entry<Claimant> {
		return (
			this.again(message.id, source, now) ??
			this.insert(
				makeEntry(
					message.id,
					this.chatOf(message.chat.key, message.chat),
					message.createdAt,
					now,
					source,
					message,
				),
			)
		);
	}

	/** A place for a frame that could not be read but has an id. */
	openUnreadable(
		id: string,
		chat: string | undefined,
		createdAt: number | undefined,
		source: Source,
		now: number,
	): Entry<Claimant> {
		const entry =
			this.again(id, source, now) ??
			this.insert(
				makeEntry(
					id,
					this.chatOf(chat ?? UNKNOWN_CHAT),
					createdAt ?? UNKNOWN_TIME,
					now,
					source,
					undefined,
				),
			);
		entry.handled = true;
		return entry;
	}

	/** The entry of a message that has come once more, if it is known. */
	again(id: string, source: Source, now: number): Entry<Claimant> | undefined {
		const entry = this.entries.get(id);
		if (entry && source === 'backlog') entry.cameAgainAt = now;
		return entry;
	}

	claim(entry: Entry<Claimant>, claimant: Claimant): void {
		if (entry.claimants.includes(claimant)) return;
		if (entry.claimants.length === 0) this.unsettledCount += 1;
		entry.claimants =
			entry.claimants.length === 0 ? this.only(claimant) : [...entry.claimants, claimant];
	}

	/**
	 * Called when everybody has been asked: an entry that nobody claimed may be marked in its turn,
	 * or is none of ours to mark.
	 */
	judged(entry: Entry<Claimant>): void {
		if (entry.claimants.length > 0) return;
		if (entry.handled) this.settled(entry);
		else this.drop(entry);
	}

	/** One claimant is done with the message. Ids that are not known (any more) are ignored. */
	settle(id: string, claimant: Claimant): void {
		const entry = this.entries.get(id);
		if (!entry || !this.unclaim(entry, claimant)) return;
		entry.handled = true;
		if (entry.claimants.length === 0) this.settled(entry);
	}

	/**
	 * One claimant gives a message back unsettled. Answers whether the message is now nobody's: it
	 * stays unread.
	 */
	giveBack(id: string, claimant: Claimant): boolean {
		const entry = this.entries.get(id);
		if (!entry || !this.unclaim(entry, claimant) || entry.claimants.length > 0) return false;
		const staysUnread = !entry.handled && !entry.read;
		if (staysUnread) this.drop(entry);
		else this.settled(entry);
		return staysUnread;
	}

	/**
	 * Whether something in such a chat is settled and not read yet: a claimant that joins later
	 * cannot be given it from here.
	 */
	hasSettled(isMeant: (chat: Chat) => boolean): boolean {
		for (const { chat, list } of this.chats.values()) {
			if (
				(!chat || isMeant(chat)) &&
				list.some(({ claimants, read }) => claimants.length === 0 && !read)
			)
				return true;
		}
		return false;
	}

	/** What is claimed by somebody, for a claimant that joins later. */
	*unsettledEntries(): Iterable<Entry<Claimant>> {
		for (const entry of this.entries.values()) if (entry.claimants.length > 0) yield entry;
	}

	/**
	 * Ids that may be marked now, at most `limit`: in each chat the settled ones before the first
	 * unsettled one, as far as they have been here for `minAge` ms. They count as being marked until
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
			const isHeld = isBlocked(chat.key) || (chat.key === UNKNOWN_CHAT && this.unsettledCount > 0);
			const next = isHeld ? NOT_BEFORE_A_CHANGE : this.collectChat(chat, now - minAge, limit, ids);
			if (next === NOT_BEFORE_A_CHANGE) this.due.delete(chat);
			else if (next !== AT_ONCE) this.due.defer(chat, next + minAge);
			if (ids.length >= limit) break;
		}
		return ids;
	}

	/**
	 * These are read on the server. What is still being worked on keeps its place until it is
	 * settled.
	 */
	confirm(ids: readonly string[]): void {
		const chats = new Set<ChatEntries<Claimant>>();
		for (const id of ids) {
			const entry = this.entries.get(id);
			if (!entry) continue;
			entry.read = true;
			if (entry.claimants.length === 0) this.entries.delete(id);
			chats.add(entry.chat);
		}
		for (const chat of chats) this.trim(chat);
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
	 * server.
	 * @returns the ids that left the ledger for that reason (settled ones, and those that
	 * `isReleased` accepts)
	 */
	reconcile(openedAt: number, isReleased: (entry: Entry<Claimant>) => boolean): string[] {
		const gone: string[] = [];
		for (const entry of this.entries.values()) {
			if ((entry.cameAgainAt ?? entry.arrivedAt) >= openedAt) continue;
			if (entry.claimants.length === 0 || isReleased(entry)) gone.push(entry.id);
		}
		for (const id of gone) this.forgetClaims(id);
		this.confirm(gone);
		return gone;
	}

	/**
	 * The user's own word: everything in the chat up to this message is read. Answers the ids this
	 * concerns.
	 */
	idsUpTo(id: string): string[] {
		const entry = this.entries.get(id);
		if (!entry) return [];
		const isCovered = (other: Entry<Claimant>) =>
			other === entry || (entry.createdAt !== UNKNOWN_TIME && other.createdAt <= entry.createdAt);
		return entry.chat.list
			.filter((other) => !other.read && isCovered(other))
			.map((other) => other.id);
	}

	clear(): void {
		this.entries.clear();
		this.chats.clear();
		this.due.clear();
		this.unsettledCount = 0;
	}

	/** A list of one; nearly always it is that of the last message too, and shared. */
	private only(claimant: Claimant): readonly Claimant[] {
		if (this.lastOnly[0] !== claimant) this.lastOnly = [claimant];
		return this.lastOnly;
	}

	private forgetClaims(id: string): void {
		const entry = this.entries.get(id);
		if (!entry || entry.claimants.length === 0) return;
		entry.claimants = NOBODY;
		this.countSettled();
	}

	private insert(entry: Entry<Claimant>): Entry<Claimant> {
		this.entries.set(entry.id, entry);
		insertSorted(entry.chat.list, entry);
		return entry;
	}

	private chatOf(key: string, chat?: Chat): ChatEntries<Claimant> {
		const known = this.chats.get(key);
		if (known) return known;
		const entries = { key, chat, list: [] };
		this.chats.set(key, entries);
		return entries;
	}

	private unclaim(entry: Entry<Claimant>, claimant: Claimant): boolean {
		if (!entry.claimants.includes(claimant)) return false;
		entry.claimants =
			entry.claimants.length === 1 ? NOBODY : entry.claimants.filter((other) => other !== claimant);
		if (entry.claimants.length === 0) this.countSettled();
		return true;
	}

	private countSettled(): void {
		this.unsettledCount -= 1;
		const unknown = this.unsettledCount === 0 ? this.chats.get(UNKNOWN_CHAT) : undefined;
		if (unknown) this.due.add(unknown);
	}

	private settled(entry: Entry<Claimant>): void {
		entry.message = undefined;
		if (entry.read) this.confirm([entry.id]);
		if (entry.chat.list.length > 0) this.due.add(entry.chat);
	}

	private drop(entry: Entry<Claimant>): void {
		entry.read = true;
		this.entries.delete(entry.id);
		this.trim(entry.chat);
		if (entry.chat.list.length > 0) this.due.add(entry.chat);
	}

	/**
	 * Messages of one `created_at` are marked together or not at all: the cursor stands on a time, so
	 * one's mark covers the others.
	 * @returns when the chat is worth another look: the arrival of what is too young as yet, or one
	 * of the two constants
	 */
	private collectChat(
		{ list }: ChatEntries<Claimant>,
		arrivedBy: number,
		limit: number,
		ids: string[],
	): number {
		for (let at = 0; at < list.length; ) {
			const end = endOfTime(list, at);
			const { isSettled, isDue, arrivedAt } = readGroup(list, at, end);
			if (!isSettled) return NOT_BEFORE_A_CHANGE;
			if (isDue && ids.length >= limit) return AT_ONCE;
			if (isDue && arrivedAt > arrivedBy) return arrivedAt;
			for (; at < end; at += 1) markEntry(list[at], ids);
		}
		return NOT_BEFORE_A_CHANGE;
	}

	private trim({ key, list }: ChatEntries<Claimant>): void {
		const kept = list.findIndex((entry) => !entry.read || entry.claimants.length > 0);
		list.splice(0, kept < 0 ? list.length : kept);
		if (list.length === 0) this.chats.delete(key);
	}
}
