import type { Clock } from '../../client/clock';
import type {
	ClientEvent,
	ServerEvent,
	SocketHandlers,
	WireSocket,
} from '../../client/connection/wire';
import { AgentClubError } from '../../client/errors';
import type { ClientSocket } from '../../playground/club/connections';
import { Pipe, type PipeSettings } from './pipe';

/** What the server does with a link. */
export interface LinkServer {
	/**
	 * The transport is open: the server lets the client in, turns it down, or leaves it without an
	 * answer.
	 */
	accept(link: Link): void;
	/** @param args what came with the event, the acknowledgement's function last */
	handle(link: Link, event: ClientEvent, args: readonly unknown[]): void;
	/** The server has noticed that the client is gone. */
	gone(link: Link): void;
}

interface PendingRequest {
	answer(args: unknown[]): void;
	fail(code: 'TIMEOUT' | 'UNREACHABLE'): void;
}

/**
 * ms after which the server gives up a client that it hears nothing of: Engine.IO's ping and its
 * time-out.
 */
const PING_TIMEOUT = 45_000;

/**
 * One connection between a client and the club, as socket.io-client shows it to the client (see
 * client/connection/socket.ts).
 */
export class Link implements WireSocket, ClientSocket {
	owner: string | undefined;
	private opened = false;
	private clientOver = false;
	private serverOver = false;
	private readonly toClient: Pipe;
	private readonly toServer: Pipe;
	private readonly pending = new Set<PendingRequest>();

	constructor(
		readonly token: string,
		private readonly clock: Clock,
		private readonly serverClock: Clock,
		private readonly handlers: SocketHandlers,
		private readonly server: LinkServer,
		pipes: PipeSettings,
	) {
		this.toClient = new Pipe(serverClock, pipes);
		this.toServer = new Pipe(serverClock, pipes);
		this.toServer.push(() => {
			this.toClient.push(() => {
				this.opened = true;
			});
			server.accept(this);
		});
	}

	/** The transport cannot be opened at all. */
	unreachable(): void {
		this.serverOver = true;
		this.toClient.push(() => {
			this.end('connect ECONNREFUSED');
		});
	}

	/** A frame of the server's. */
	emit(event: string, ...args: unknown[]): void {
		if (this.serverOver) return;
		this.toClient.push(() => {
			if (!this.clientOver) this.handlers.frame(event as ServerEvent, args[0]);
		});
	}

	/** The CONNECT packet, behind the greeting. */
	greeted(): void {
		this.toClient.push(() => {
			if (!this.clientOver) this.handlers.connected();
		});
	}

	turnDown(text: string): void {
		this.serverOver = true;
		this.toClient.push(() => {
			if (this.clientOver) return;
			this.over();
			this.handlers.refused(text);
		});
	}

	/**
	 * The TCP connection breaks; what was on its way is lost in one direction, and perhaps in the
	 * other.
	 */
	cut(losesAnswers: boolean): void {
		this.toServer.drop();
		this.toClient.flow(losesAnswers);
		if (!this.serverOver) this.serverLeaves();
		this.toClient.push(() => {
			this.end('transport close');
		});
	}

	/** Nothing passes any more in these directions, and nobody is told. */
	mute(toClient: boolean, toServer: boolean): void {
		if (toClient) this.toClient.hold();
		if (toServer) this.toServer.hold();
	}

	unmute(): void {
		this.toClient.flow(false);
		this.toServer.flow(false);
	}

	/** The client's process has died. */
	abandon(): void {
		this.clientOver = true;
		this.pending.clear();
		this.leaveServer();
	}

	cast(event: ClientEvent, payload: unknown): void {
		if (this.clientOver) return;
		this.toServer.push(() => {
			if (!this.serverOver) this.server.handle(this, event, [payload]);
		});
	}

	beat(answered: () => void): void {
		// As long as an interval may be: the heartbeat looks by itself.
		this.request('heartbeat', undefined, 300_000).then(answered, () => undefined);
	}

	request(event: ClientEvent, payload: unknown, timeoutMs: number): Promise<unknown[]> {
		if (this.clientOver)
			return Promise.reject(new AgentClubError('UNREACHABLE', 'the connection is over'));
		return new Promise((resolve, reject) => {
			const deadline = this.clock.after(
				timeoutMs,
				() => {
					request.fail('TIMEOUT');
				},
				{ background: true },
			);
			const request: PendingRequest = {
				answer: (args) => {
					deadline.cancel();
					if (this.pending.delete(request)) resolve(args);
				},
				fail: (code) => {
					deadline.cancel();
					if (this.pending.delete(request))
						reject(new AgentClubError(code, code, { retriable: true }));
				},
			};
			this.pending.add(request);
			const acknowledge = (...args: unknown[]) => {
				if (!this.serverOver)
					this.toClient.push(() => {
						request.answer(args);
					});
			};
			const args = payload === undefined ? [acknowledge] : [payload, acknowledge];
			this.toServer.push(() => {
				if (!this.serverOver) this.server.handle(this, event, args);
			});
		});
	}

	bytesRead(): number {
		return 0;
	}

	isOpen(): boolean {
		return this.opened && !this.clientOver;
	}

	/** The client closes: what it had sent still arrives, unless the link was silent. */
	close(): void {
		if (this.clientOver) return;
		this.over();
		this.leaveServer();
	}

	private leaveServer(): void {
		if (this.serverOver) return;
		if (!this.toServer.isHeld) {
			this.toServer.push(() => {
				this.serverLeaves();
			});
			return;
		}
		// The client resets the connection in the end, so what was held is discarded.
		this.toServer.drop();
		this.serverClock.after(
			PING_TIMEOUT,
			() => {
				this.serverLeaves();
			},
			{ background: true },
		);
	}

	private serverLeaves(): void {
		if (this.serverOver) return;
		this.serverOver = true;
		this.server.gone(this);
	}

	private end(reason: string): void {
		if (this.clientOver) return;
		this.clientOver = true;
		this.handlers.failed(reason);
		this.failPending();
	}

	private over(): void {
		this.clientOver = true;
		this.failPending();
	}

	private failPending(): void {
		for (const request of [...this.pending]) request.fail('UNREACHABLE');
	}
}
