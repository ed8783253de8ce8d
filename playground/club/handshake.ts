import { type ClientSocket, Connection, type Connections } from './connections';
import type { Traits } from './generations';
import type { ObservedEvents } from './observed-events';
import type { Outgoing } from './outgoing';
import type { ReadCursors } from './read-cursors';
import { chatKey, type UserRecord } from './records';
import { messageRow, roleOf } from './rows';
import type { Store } from './store';

/** Seconds, told to every client at its connect. */
export interface Intervals {
	readonly heartbeat: number;
	readonly presencePoll: number;
}

/**
 * The greeting of a client. The events of the batch go out before the CONNECT packet, as from the
 * real server.
 */
export class Handshake {
	constructor(
		private readonly traits: Traits,
		private readonly intervals: Intervals,
		private readonly store: Store,
		private readonly cursors: ReadCursors,
		private readonly connections: Connections,
		private readonly outgoing: Outgoing,
		private readonly observed: ObservedEvents,
	) {}

	/** Lets a user in: from here on the socket gets what concerns its user, the greeting first. */
	welcome(user: UserRecord, socket: ClientSocket): Connection {
		const connection = this.register(user, socket);
		if (this.traits.authOkFirst) this.sendIdentity(user, connection);
		this.sendBacklog(user, connection);
		if (!this.traits.authOkFirst) this.sendIdentity(user, connection);
		this.observed.notify();
		return connection;
	}

	/** The socket is closed; harmless to repeat. */
	leave(connection: Connection): void {
		this.connections.remove(connection);
		this.observed.notify();
	}

	private register(user: UserRecord, socket: ClientSocket): Connection {
		const connection = new Connection(user.id, socket);
		for (const group of this.store.groupsOf(user.id))
			connection.rooms.add(chatKey('group', group.id));
		for (const direct of this.store.directsOf(user.id))
			connection.rooms.add(chatKey('direct', direct.id));
		this.store.touch(user);
		this.connections.add(connection);
		return connection;
	}

	private sendIdentity(user: UserRecord, connection: Connection): void {
		this.outgoing.send(connection, 'auth_ok', {
			user_id: user.id,
			display_name: user.displayName,
			role: roleOf(user),
			is_agent: Number(user.isAgent),
			heartbeat_interval: this.intervals.heartbeat,
			presence_poll_interval: this.intervals.presencePoll,
		});
	}

	/** Nothing at all where nothing is unread. */
	private sendBacklog(user: UserRecord, connection: Connection): void {
		const unread = this.cursors.unread(user.id).map((message) => messageRow(this.store, message));
		if (unread.length > 0) this.outgoing.send(connection, 'offline_messages', unread);
	}
}
