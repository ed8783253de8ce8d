import type { Connections } from './connections';
import type { Traits } from './generations';
import type { Outgoing } from './outgoing';
import { chatKey, type DirectRecord, type GroupRecord } from './records';
import type { Store } from './store';

/**
 * Chats and memberships as they change while people are connected: who is told, and whose sockets
 * hear a room.
 */
export class ChatChanges {
	constructor(
		private readonly traits: Traits,
		private readonly store: Store,
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

	private move(userId: string, room: string, into: boolean): void {
		for (const connection of this.connections.of(userId)) {
			if (into) connection.rooms.add(room);
			else connection.rooms.delete(room);
			this.outgoing.send(connection, 'chat_list_updated');
		}
	}

	private group(id: string): GroupRecord {
		const group = this.store.groups.get(id);
		if (!group) throw new Error(`the club has no group ${id}`);
		return group;
	}
}
