import type { Connections } from './connections';
import type { Traits } from './generations';
import type { Outgoing } from './outgoing';
import { chatKey, type DirectRecord, type GroupRecord } from './records';
import type { ReadCursors } from './read-cursors';
import type { Store } from './store';

/**
 * Chats and memberships as they change while people are connected: who is told, and whose sockets
 * hear a room.
 */
export class ChatChanges {
	constructor(
		private readonly traits: Traits,
		private readonly store: Store,
		private readonly cursors: ReadCursors,
		private readonly connections: Connections,
		private readonly outgoing: Outgoing,
	) {}

	/**
	 * The first member creates it; the creator's open sockets do not hear its typing until they
	 * connect again.
	 */
	createGroup(name: string, memberIds: readonly string[]): GroupRecord {
		const [creatorId, ...others] = memberIds.map((id) => this.store.user(id).id);
		const group = this.store.addGroup(name, creatorId ?? '');
		if (creatorId !== undefined) this.store.join(group, creatorId);
		for (const id of others) this.addMember(group.id, id);
		return group;
	}

	addMember(groupId: string, userId: string): void {
		this.store.join(this.group(groupId), this.store.user(userId).id);
		this.move(userId, chatKey('group', groupId), true);
	}

	/** Open sockets stay open, and the cursor stays as well. */
	removeMember(groupId: string, userId: string): void {
		this.group(groupId).members.delete(userId);
		this.move(userId, chatKey('group', groupId), false);
	}

	openDirect(userId: string, peerId: string): DirectRecord {
		const direct = this.store.openDirect(this.store.user(userId).id, this.store.user(peerId).id);
		if (!this.traits.joinsOpenedDirect) return direct;
		for (const id of new Set([userId, peerId])) this.move(id, chatKey('direct', direct.id), true);
		return direct;
	}

	/** Everything of the chat is gone, the cursors too. */
	deleteDirect(id: string): void {
		const direct = this.direct(id);
		this.forgetMessages('direct', id);
		this.store.directs.delete(id);
		if (this.traits.tellsDeletions)
			this.tell([direct.user1Id, direct.user2Id], 'chat_deleted', frameOf('direct', id));
	}

	deleteGroup(id: string): void {
		const members = [...this.group(id).members.keys()];
		this.forgetMessages('group', id);
		this.store.groups.delete(id);
		if (this.traits.tellsDeletions) this.tell(members, 'chat_deleted', frameOf('group', id));
		else this.tell(members, 'chat_list_updated');
	}

	/** The chat itself stays. */
	clear(type: 'group' | 'direct', id: string): void {
		const members =
			type === 'group'
				? [...this.group(id).members.keys()]
				: [this.direct(id).user1Id, this.direct(id).user2Id];
		this.forgetMessages(type, id);
		this.tell(members, 'messages_cleared', frameOf(type, id));
	}

	private forgetMessages(type: string, id: string): void {
		const key = chatKey(type, id);
		for (const message of [...this.store.messagesOf(key)]) this.store.deleteMessage(message.id);
		this.cursors.forget(key);
	}

	private tell(userIds: readonly string[], event: string, ...args: unknown[]): void {
		for (const id of userIds) this.outgoing.sendAll(this.connections.of(id), event, ...args);
	}

	private move(userId: string, room: string, into: boolean): void {
		for (const connection of this.connections.of(userId)) {
			if (into) connection.rooms.add(room);
			else connection.rooms.delete(room);
			this.outgoing.send(connection, 'chat_list_updated');
		}
	}

	private direct(id: string): DirectRecord {
		const direct = this.store.directs.get(id);
		if (!direct) throw new Error(`the club has no direct chat ${id}`);
		return direct;
	}

	private group(id: string): GroupRecord {
		const group = this.store.groups.get(id);
		if (!group) throw new Error(`the club has no group ${id}`);
		return group;
	}
}

function frameOf(type: string, id: string): { chat_type: string; chat_id: string } {
	return { chat_type: type, chat_id: id };
}
