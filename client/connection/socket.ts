import { constants } from 'node:buffer';
import { Manager, type Socket } from 'socket.io-client';
import type { Clock, Timer } from '../clock';
import { AgentClubError, describeError } from '../errors';
import type { SocketOpener } from './attempt';
import type { AgentCredentials } from './credentials';
import { describeFailure } from './failure';
import { outlastPings, type PingedEngine } from './pings';
import { TransportAgent } from './transport-agent';
import { CarefulPolling, CarefulWebSocket, type Transport } from './transports';
import { type ClientEvent, SERVER_EVENTS, type SocketHandlers, type WireSocket } from './wire';

/**
 * With transports.ts all that knows socket.io-client: a single attempt at a connection, never
 * reconnecting by itself.
 */

/**
 * The largest frame that is read. It is above the websocket library's own limit of 100 MiB
 * (`npm run bench -- backlog`). It is no longer than V8's longest string: at a longer one the
 * library throws where nothing catches it (`test/faults/hostile-server.test.ts`).
 */
const LARGEST_FRAME_BYTES = constants.MAX_STRING_LENGTH;

/** What is needed of the library's engine. */
type Engine = Partial<Socket['io']['engine']> & PingedEngine;

/** How long a polite close may take before the TCP connection is cut. */
const CLOSE_GRACE_MS = 500;

export const openSocket: SocketOpener = (...options) => new OneSocket(...options);

class OneSocket implements WireSocket {
	private readonly transport: TransportAgent;
	private readonly socket: Socket;
	private readonly origin: string;
	private pings: Timer | undefined;
	private givenUp = false;

	constructor(
		credentials: AgentCredentials,
		transports: readonly Transport[],
		private readonly clock: Clock,
		handlers: SocketHandlers,
	) {
		this.transport = new TransportAgent(credentials);
		this.origin = credentials.address.origin;
		const options = {
			path: `${credentials.address.basePath}/socket.io/`,
			transports: transports.map((name) => TRANSPORTS[name]),
			autoConnect: false,
			// Without it the second transport is never tried (`test/client/transports.test.ts`).
			tryAllTransports: true,
			reconnection: false,
			// Typed as text, but in Node.js it is the http.Agent that both transports use.
			agent: this.transport.agent as unknown as string,
			rejectUnauthorized: !credentials.ignoreSslIssues,
			maxPayload: LARGEST_FRAME_BYTES,
		};
		// One for each attempt: nothing is shared between connections.
		const manager = new Manager(credentials.address.origin, options);
		this.socket = manager.socket('/', { auth: { agent_token: credentials.token } });
		this.listen(handlers);
		surviveHostilePackets(this.socket, handlers);
		this.socket.connect();
		watchOpening(this.socket, handlers);
		this.pings = outlastPings(
			clock,
			() => this.engine,
			() => this.bytesRead(),
		);
	}

	cast(event: ClientEvent, payload: unknown): void {
		this.socket.volatile.emit(event, payload);
	}

	beat(answered: () => void): void {
		this.socket.emit('heartbeat', answered);
	}

	request(event: ClientEvent, payload: unknown, timeoutMs: number): Promise<unknown[]> {
		return new Promise((resolve, reject) => {
			const answered = (error: Error | null, ...args: unknown[]) => {
				deadline.cancel();
				if (error) reject(this.unanswered(error));
				else resolve(args);
			};
			// The library's own one is over when an answer comes whose arguments it then fails on
			// (`test/faults/hostile-server.test.ts`).
			const deadline = this.clock.after(
				timeoutMs,
				() => {
					answered(new Error('No answer in time'));
				},
				{ background: true },
			);
			// With a time limit the library also tells when the connection breaks, and forgets the
			// request in the end.
			this.socket.timeout(timeoutMs).emit(event, payload, answered);
		});
	}

	private unanswered(cause: Error): AgentClubError {
		const { host } = new URL(this.origin);
		const options = { retriable: true, cause };
		return !this.givenUp && !this.socket.connected
			? new AgentClubError('UNREACHABLE', `The connection broke before ${host} answered`, options)
			: new AgentClubError('TIMEOUT', `${host} did not answer`, options);
	}

	bytesRead(): number {
		return this.transport.bytesRead();
	}

	isOpen(): boolean {
		return this.engine?.readyState === 'open';
	}

	close(): void {
		// Handlers go first: nothing that this attempt still says may reach anybody.
		this.socket.off();
		this.leavePings();
		this.givenUp = this.socket.connected;
		this.socket.disconnect();
		this.clock.after(
			CLOSE_GRACE_MS,
			() => {
				if (this.engine?.transport instanceof CarefulPolling) this.engine.transport.cut();
				this.transport.destroy();
			},
			{ background: true },
		);
	}

	private listen(handlers: SocketHandlers): void {
		const { socket } = this;
		for (const event of SERVER_EVENTS) {
			socket.on(event, (payload: unknown) => {
				handlers.frame(event, payload);
			});
		}
		socket.on('connect', () => {
			this.leavePings();
			handlers.connected();
		});
		socket.on('connect_error', (error) => {
			// `active` tells the two apart: after a refusal by the server the library never tries again
			// (`test/contract/handshake.test.ts`).
			if (socket.active) handlers.failed(this.describe(error));
			else handlers.refused(error.message);
		});
		socket.on('disconnect', (reason, details) => {
			handlers.failed(
				reason === 'transport error' && details instanceof Error
					? describeFailure(details)
					: reason,
			);
		});
	}

	private describe(error: Error): string {
		const { way } = this.transport;
		return describeFailure(error, way === '' ? this.origin : undefined) + way;
	}

	/** From now on the library alone handles pings. */
	private leavePings(): void {
		this.pings?.cancel();
		this.pings = undefined;
	}

	/** The library's types say that it is always there; before the first connect it is not. */
	private get engine(): Engine | undefined {
		return this.socket.io.engine as unknown as Engine | undefined;
	}
}

const TRANSPORTS = { websocket: CarefulWebSocket, polling: CarefulPolling };

/**
 * The library reads each packet in a step of its own, where nothing catches what it throws. It
 * throws at a refusal without a text, and at more arguments than a function takes. The process
 * would end (`test/faults/hostile-server.test.ts`). It takes the method when the socket connects.
 */
function surviveHostilePackets(socket: Socket, handlers: SocketHandlers): void {
	const inner = socket as unknown as { onpacket(packet: unknown): void };
	const onpacket = inner.onpacket.bind(inner);
	inner.onpacket = (packet) => {
		try {
			onpacket(packet);
		} catch (error) {
			handlers.failed(`unreadable packet (${describeError(error)})`);
		}
	};
}

/**
 * The library does not report a websocket that closes after its upgrade and before its first frame
 * (`test/faults/between.test.ts`).
 */
function watchOpening({ io: { engine } }: Socket, handlers: SocketHandlers): void {
	const closed = (reason: string) => {
		handlers.failed(`${reason} before the session was open`, true);
	};
	engine.once('close', closed);
	engine.once('open', () => engine.off('close', closed));
}
