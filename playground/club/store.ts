import { randomBytes, randomUUID } from 'node:crypto';
import type { Traits } from './generations';
import {
	chatKey,
	type DirectRecord,
	type GroupRecord,
	type MessageRecord,
	type UserRecord,
} from './records';
import type { ServerClock } from './server-clock';

/** 32 hex digits, as the real server makes them. */
export function randomHex(): string {
	return randomUUID().replaceAll('-', '');
}

/**
 * The club's whole memory except the read cursors. It survives a restart of the server, not of the
 * process.
 */
export class Store {
	readonly users = new Map<string, UserRecord>();
	readonly groups = new Map<string, GroupRecord>();
	readonly directs = new Map<string, DirectRecord>();
	private readonly chats = new Map<string, MessageRecord[]>();
	private readonly messages = new Map<string, MessageRecord>();

	constructor(
		private readonly traits: Traits,
		private readonly clock: ServerClock,
		private readonly newHex: () => string,
	) {}

	/** @param token an agent's token; without one the user is a person. */
	addUser(
		username: string,
		displayName: string,
		token: string | null,
		id = this.newId('user'),
	): UserRecord {
		const user: UserRecord = {
			id,
			username,
			displayName,
			isAgent: token !== null,
			token,
			lastActiveAt: null,
			createdAt: this.clock.now(),
		};
		this.users.set(user.id, user);
		return user;
	}

	newToken(): string {
		return this.traits.tokenPrefix + randomBytes(32).toString('base64url');
	}

	userByToken(token: string): UserRecord | undefined {
		return [...this.users.values()].find((user) => user.token === token);
	}

	/** @throws Error for an unknown id: a mistake of the caller, never of a client. */
	user(id: string): UserRecord {
		const user = this.users.get(id);
		if (!user) throw new Error(`the club has no user ${id}`);
		return user;
	}

	/** Counts as a sign of life; see `isOnline`. */
	touch(user: UserRecord): void {
		user.lastActiveAt = this.clock.now();
	}

	addGroup(name: string, createdBy: string): GroupRecord {
		const group = {
			id: this.newId('group'),
			name,
			createdBy,
			createdAt: this.clock.now(),
			members: new Map<string, number>(),
		};
		this.groups.set(group.id, group);
		return group;
	}

	/** Joining again keeps the first time of joining. */
	join(group: GroupRecord, userId: string): void {
		if (!group.members.has(userId)) group.members.set(userId, this.clock.now());
	}

	openDirect(userId: string, peerId: string): DirectRecord {
		const [user1Id = '', user2Id = ''] = [userId, peerId].sort();
		const found = [...this.directs.values()].find(
			(chat) => chat.user1Id === user1Id && chat.user2Id === user2Id,
		);
		if (found) return found;
		const direct = { id: this.newId('direct'), user1Id, user2Id, createdAt: this.clock.now() };
		this.directs.set(direct.id, direct);
		return direct;
	}

	groupsOf(userId: string): GroupRecord[] {
		return [...this.groups.values()].filter((group) => group.members.has(userId));
	}

	directsOf(userId: string): DirectRecord[] {
		return [...this.directs.values()].filter(
			(chat) => chat.user1Id === userId || chat.user2Id === userId,
		);
	}

	canAccess(chatType: unknown, chatId: unknown, userId: string): boolean {
		if (typeof chatId !== 'string') return false;
		if (chatType === 'group') return this.groups.get(chatId)?.members.has(userId) ?? false;
		return chatType === 'direct' && this.directsOf(userId).some((chat) => chat.id === chatId);
	}

	addMessage(message: Omit<MessageRecord, 'id' | 'createdAt'>): MessageRecord {
		const record = { ...message, id: this.newId('message'), createdAt: this.clock.now() };
		const key = chatKey(record.chatType, record.chatId);
		const messages = this.chats.get(key);
		if (messages) messages.push(record);
		else this.chats.set(key, [record]);
		this.messages.set(record.id, record);
		return record;
	}

	message(id: string): MessageRecord | undefined {
		return this.messages.get(id);
	}

	/** As the retention job does it: the message is gone, the cursors stay. */
	deleteMessage(id: string): void {
		const record = this.messages.get(id);
		if (!record) return;
		this.messages.delete(id);
		const key = chatKey(record.chatType, record.chatId);
		this.chats.set(
			key,
			this.messagesOf(key).filter((message) => message !== record),
		);
	}

	/** Oldest first. */
	messagesOf(key: string): readonly MessageRecord[] {
		return this.chats.get(key) ?? [];
	}

	private newId(kind: keyof Traits['prefixes']): string {
		return this.traits.prefixes[kind] + this.newHex();
	}
}

/** The other one of a direct chat. */
export function peerOf(direct: DirectRecord, userId: string): string {
	return direct.user1Id === userId ? direct.user2Id : direct.user1Id;
}
