import type { Server as HttpServer } from 'node:http';
import { Server, type Socket } from 'socket.io';
import type { BrowserSessions } from './browser-sessions';
import type { ClubCore } from './club-core';
import type { Connection } from './connections';
import type { Faults } from './faults';
import type { UserRecord } from './records';
import type { EngineSession, Wire } from './wire';

export interface SocketIoOptions {
	/** With the sub-path, "/club/socket.io/". */
	readonly path: string;
	/** Engine.IO's, in ms; the real server has 25000 and 20000. */
	readonly pingInterval?: number;
	readonly pingTimeout?: number;
}

/**
 * Longest wait of a Node.js timer, ms: the real server never gives up on a client that it has not
 * greeted.
 */
const neverMs = 2 ** 31 - 1;

/**
 * The club's sockets, as Socket.IO brings them. Who may connect is decided from the namespace's
 * CONNECT packet.
 */
export class SocketIoFront {
	constructor(
		private readonly core: ClubCore,
		private readonly faults: Faults,
		private readonly sessions: BrowserSessions,
		private readonly wire: Wire,
	) {}

	attach(
		server: HttpServer,
		{ path, pingInterval = 25_000, pingTimeout = 20_000 }: SocketIoOptions,
	): void {
		const io = new Server(server, {
			path,
			serveClient: false,
			cors: { origin: '*' },
			pingInterval,
			pingTimeout,
			maxHttpBufferSize: 50 * 1024 * 1024,
			connectTimeout: neverMs,
		});
		io.engine.on('connection', (session: EngineSession) => {
			this.wire.begin(session);
		});
		// Socket.IO writes CONNECT only after `next()`, but a socket can already emit while it waits
		// here.
		io.of('/').use((socket, next) => {
			if (this.hangs()) return;
			const user = this.identify(socket);
			if (user) this.let(user, socket);
			next(user ? undefined : new Error('Connection rejected by server'));
		});
	}

	private hangs(): boolean {
		const hangs = this.faults.takeHandshake();
		this.core.observed.notify();
		return hangs;
	}

	private identify(socket: Socket): UserRecord | undefined {
		const token: unknown = (socket.handshake.auth as Record<string, unknown>)['agent_token'];
		if (!token) return this.sessions.userOf(socket.handshake.headers.cookie);
		return typeof token === 'string' && !this.faults.refusesTokens
			? this.core.store.userByToken(token)
			: undefined;
	}

	private let(user: UserRecord, socket: Socket): void {
		this.wire.own(engineSession(socket), user.id);
		this.follow(this.core.handshake.welcome(user, socket), socket);
	}

	/**
	 * A middleware that never goes on keeps events from Socket.IO's emitter, where a name like
	 * "error" would throw.
	 */
	private follow(connection: Connection, socket: Socket): void {
		socket.use(([event, ...args]) => {
			this.core.events.handle(connection, event, args);
		});
		const leave = (): void => {
			this.core.handshake.leave(connection);
		};
		socket.on('disconnect', leave);
		socket.conn.on('close', leave);
	}
}

/** Documented as public, declared as private. */
function engineSession(socket: Socket): string {
	return (socket.conn as unknown as { readonly id: string }).id;
}
