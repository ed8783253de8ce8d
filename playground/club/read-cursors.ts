import { chatKey, type MessageRecord } from './records';
import type { Store } from './store';

/**
 * How far each user has read each chat. Unread is what others wrote after the cursor; without a
 * cursor, after joining the group, or after the direct chat was opened. Leaving a group keeps its
 * cursor.
 */
export class ReadCursors {
	private readonly cursors = new Map<string, Map<string, number>>();

	constructor(private readonly store: Store) {}

	/** Float seconds, or null where nothing was ever marked. */
	get(userId: string, key: string): number | null {
		return this.cursors.get(userId)?.get(key) ?? null;
	}

	/** Only ever forward. */
	advance(userId: string, key: string, to: number): void {
		const ofUser = this.cursors.get(userId) ?? new Map<string, number>();
		ofUser.set(key, Math.max(to, ofUser.get(key) ?? to));
		this.cursors.set(userId, ofUser);
	}

	/**
	 * Each chat among the messages goes to the newest of them; unknown ids count for nothing,
	 * membership is not asked for.
	 */
	advanceTo(userId: string, messageIds: readonly unknown[]): void {
		for (const id of messageIds) {
			const message = typeof id === 'string' ? this.store.message(id) : undefined;
			if (message)
				this.advance(userId, chatKey(message.chatType, message.chatId), message.createdAt);
		}
	}

	/** The chat, or all that was said there, is deleted. */
	forget(key: string): void {
		for (const ofUser of this.cursors.values()) ofUser.delete(key);
	}

	/** Over all chats of the user, oldest first. */
	unread(userId: string): MessageRecord[] {
		const unread = this.baselines(userId).flatMap(([key, since]) =>
			this.unreadSince(userId, key, since),
		);
		return unread.sort((a, b) => a.createdAt - b.createdAt);
	}

	/** Chat key to the number of unread messages; chats without any are left out. */
	unreadCounts(userId: string): Record<string, number> {
		const counts = this.baselines(userId).map(
			([key, since]) => [key, this.unreadSince(userId, key, since).length] as const,
		);
		return Object.fromEntries(counts.filter(([, count]) => count > 0));
	}

	private baselines(userId: string): (readonly [key: string, since: number])[] {
		const directs = this.store
			.directsOf(userId)
			.map((chat) => [chatKey('direct', chat.id), chat.createdAt] as const);
		const groups = this.store
			.groupsOf(userId)
			.map((group) => [chatKey('group', group.id), group.members.get(userId) ?? 0] as const);
		return [...directs, ...groups].map(
			([key, start]) => [key, this.get(userId, key) ?? start] as const,
		);
	}

	private unreadSince(userId: string, key: string, since: number): MessageRecord[] {
		return this.store
			.messagesOf(key)
			.filter((message) => message.createdAt > since && message.senderId !== userId);
	}
}
