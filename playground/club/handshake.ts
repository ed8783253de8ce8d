import type { Namespace, Socket } from 'socket.io';
import { Connection, type Connections } from './connections';
import type { Traits } from './generations';
import type { ObservedEvents } from './observed-events';
import type { Outgoing } from './outgoing';
import type { ReadCursors } from './read-cursors';
import { chatKey, type UserRecord } from './records';
import { messageRow, roleOf } from './rows';
import type { SocketEvents } from './socket-events';
import type { Store } from './store';

/** Who may connect is decided from the namespace CONNECT packet; the faults may decide otherwise. */
export interface HandshakePolicy {
	readonly refusesTokens: boolean;
	/** Whether this client is left without any answer for ever. */
	hangs(): boolean;
	/** The person whose page this cookie belongs to. */
	userByCookie(cookie: string | undefined): UserRecord | undefined;
	/** The Engine.IO session is this user's from now on. */
	identified(engineSession: string, userId: string): void;
}

/** Seconds, told to every client at its connect. */
export interface Intervals {
	readonly heartbeat: number;
	readonly presencePoll: number;
}

/** The greeting of a client. The events of the batch go out before the CONNECT packet, as from the real server. */
export class Handshake {
	constructor(
		private readonly traits: Traits,
		private readonly intervals: Intervals,
		private readonly store: Store,
		private readonly cursors: ReadCursors,
		private readonly connections: Connections,
		private readonly outgoing: Outgoing,
		private readonly events: SocketEvents,
		private readonly policy: HandshakePolicy,
		private readonly observed: ObservedEvents,
	) {}

	/** Socket.IO writes CONNECT only after `next()`, but a socket can already emit while it waits here. */
	attach(namespace: Namespace): void {
		namespace.use((socket, next) => {
			if (this.hangs()) return;
			const user = this.identify(socket);
			if (user) this.greet(user, this.register(user, socket));
			next(user ? undefined : new Error('Connection rejected by server'));
		});
	}

	private hangs(): boolean {
		const hangs = this.policy.hangs();
		this.observed.notify();
		return hangs;
	}

	private identify(socket: Socket): UserRecord | undefined {
		const token: unknown = (socket.handshake.auth as Record<string, unknown>)['agent_token'];
		if (!token) return this.policy.userByCookie(socket.handshake.headers.cookie);
		return typeof token === 'string' && !this.policy.refusesTokens ? this.store.userByToken(token) : undefined;
	}

	private register(user: UserRecord, socket: Socket): Connection {
		const connection = new Connection(user.id, socket);
		for (const group of this.store.groupsOf(user.id)) connection.rooms.add(chatKey('group', group.id));
		for (const direct of this.store.directsOf(user.id)) connection.rooms.add(chatKey('direct', direct.id));
		this.store.touch(user);
		this.policy.identified(engineSession(socket), user.id);
		this.connections.add(connection);
		this.follow(connection);
		return connection;
	}

	/** A middleware that never goes on keeps events from Socket.IO's emitter, where a name like "error" would throw. */
	private follow(connection: Connection): void {
		const { socket } = connection;
		socket.use(([event, ...args]) => {
			this.events.handle(connection, event, args);
		});
		const leave = (): void => {
			this.connections.remove(connection);
			this.observed.notify();
		};
		socket.on('disconnect', leave);
		socket.conn.on('close', leave);
	}

	private greet(user: UserRecord, connection: Connection): void {
		if (this.traits.authOkFirst) this.sendIdentity(user, connection);
		this.sendBacklog(user, connection);
		if (!this.traits.authOkFirst) this.sendIdentity(user, connection);
		this.observed.notify();
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

/** Documented as public, declared as private. */
function engineSession(socket: Socket): string {
	return (socket.conn as unknown as { readonly id: string }).id;
}
