import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

export type MutedDirection = 'toClient' | 'toServer' | 'both';

/** What is needed of an Engine.IO session; its own types are not exported. */
export interface EngineSession {
	readonly id: string;
	readonly request: IncomingMessage;
	readonly transport: { closeTimeout?: number };
	on(event: 'close', listener: () => void): void;
	close(discard: boolean): void;
}

/**
 * A polling client uses several TCP connections for one session, one after another or at the same
 * time.
 */
interface Session {
	readonly engine: EngineSession;
	readonly sockets: Set<Socket>;
	owner: string | null;
	muted: MutedDirection | null;
	/** Requests that a client made while it was muted. */
	readonly waiting: (() => void)[];
}

/** The TCP connections under the club, so that faults can work below Socket.IO. */
export class Wire {
	private readonly open = new Set<Socket>();
	private readonly sessions = new Map<string, Session>();
	/** Corking counts, so each TCP connection is corked once. */
	private readonly corked = new Set<Socket>();

	/** Every TCP connection, as it is accepted. */
	accept(socket: Socket): void {
		this.open.add(socket);
		socket.on('close', () => {
			this.open.delete(socket);
			this.corked.delete(socket);
			for (const { sockets } of this.sessions.values()) sockets.delete(socket);
		});
		// A client that goes away resets its connections; Node would throw for an error nobody listens
		// to.
		socket.on('error', () => socket.destroy());
	}

	begin(engine: EngineSession): void {
		// A polling session that is closed between two polls waits for the next one; 30 s of that keep
		// a test run from its end.
		engine.transport.closeTimeout = 1000;
		this.sessions.set(engine.id, {
			engine,
			sockets: new Set([engine.request.socket]),
			owner: null,
			muted: null,
			waiting: [],
		});
		engine.on('close', () => {
			this.sessions.delete(engine.id);
		});
	}

	own(id: string, userId: string): void {
		const session = this.sessions.get(id);
		if (session) session.owner = userId;
	}

	/** Goes on with a further request of the session: at once, or when its user is heard again. */
	admit(id: string, socket: Socket, proceed: () => void): void {
		const session = this.sessions.get(id);
		session?.sockets.add(socket);
		if (stops(session, 'toClient')) this.cork(socket);
		if (session && stops(session, 'toServer')) session.waiting.push(proceed);
		else proceed();
	}

	/**
	 * Destroys the user's TCP connections, or all of them. Between two polls a session has none that
	 * would tell it: it is closed as well.
	 */
	kill(userId?: string): void {
		const sessions = this.sessionsOf(userId);
		const sockets =
			userId === undefined ? this.open : sessions.flatMap((session) => [...session.sockets]);
		for (const socket of sockets) socket.destroy();
		for (const { engine } of sessions) engine.close(true);
	}

	/**
	 * Bytes stop, the connections stay: what is written waits here, what comes waits in the kernel,
	 * as on a link that has stalled. Sessions that the user opens later are not concerned. Returns
	 * what lets the bytes flow again, late.
	 */
	mute(userId: string, direction: MutedDirection): () => void {
		this.unmute(userId);
		for (const session of this.sessionsOf(userId)) {
			session.muted = direction;
			for (const socket of session.sockets) this.stall(socket, session);
		}
		return () => {
			this.unmute(userId);
		};
	}

	unmute(userId: string): void {
		for (const session of this.sessionsOf(userId)) {
			for (const socket of session.sockets) this.resume(socket, session);
			session.muted = null;
			for (const proceed of session.waiting.splice(0)) proceed();
		}
	}

	private stall(socket: Socket, session: Session): void {
		if (stops(session, 'toClient')) this.cork(socket);
		if (stops(session, 'toServer')) socket.pause();
	}

	private resume(socket: Socket, session: Session): void {
		if (this.corked.delete(socket)) socket.uncork();
		if (stops(session, 'toServer')) socket.resume();
	}

	private cork(socket: Socket): void {
		if (!this.corked.has(socket)) socket.cork();
		this.corked.add(socket);
	}

	/** A user's, or all of them. */
	private sessionsOf(userId: string | undefined): Session[] {
		return [...this.sessions.values()].filter(
			({ owner }) => userId === undefined || owner === userId,
		);
	}
}

function stops(session: Session | undefined, direction: 'toClient' | 'toServer'): boolean {
	return session?.muted === direction || session?.muted === 'both';
}
