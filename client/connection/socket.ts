import { Manager, type Socket } from 'socket.io-client';
import type { Clock, Timer } from '../clock';
import { AgentClubError, describeError } from '../errors';
import type { AgentCredentials } from './credentials';
import { describeFailure } from './failure';
import { outlastPings, type PingedEngine } from './pings';
import { TransportAgent } from './transport-agent';
import { CarefulPolling, CarefulWebSocket, messageLane, type Transport } from './transports';

/** With transports.ts all that knows socket.io-client: a single attempt at a connection, never reconnecting by itself. */

/** What the server sends to agents. Everything else is of no use to one. */
export const SERVER_EVENTS = ['auth_ok', 'offline_messages', 'new_message', 'error', 'typing', 'chat_list_updated'] as const;
export type ServerEvent = (typeof SERVER_EVENTS)[number];

/** What an agent may send; never `join_chat`, which reads a whole chat (measured). */
export type ClientEvent = 'send_message' | 'mark_read' | 'typing' | 'heartbeat';

export interface SocketHandlers {
	frame(event: ServerEvent, payload: unknown): void;
	/** The handshake is complete: every frame of the connect-time batch has been handed to `frame` before (measured). */
	connected(): void;
	/** The server turned the token down; this attempt is over. */
	refused(serverText: string): void;
	/**
	 * No connection, or it broke; this attempt is over.
	 * @param transportGone it was taken away before it had said a word: something between does not like it
	 */
	failed(reason: string, transportGone?: boolean): void;
}

/** One attempt. All methods are harmless after it has ended. */
export interface WireSocket {
	/** Sends without asking for an answer; dropped when the transport cannot take it now. */
	cast(event: ClientEvent, payload: unknown): void;
	/**
	 * Sends and resolves with the arguments of the server's answer.
	 * @param payload undefined sends none: the server's heartbeat handler fails when it is given one (measured)
	 * @throws AgentClubError TIMEOUT after `timeoutMs` and when the connection is given up, for what was written may still arrive;
	 * UNREACHABLE when the connection breaks first
	 */
	request(event: ClientEvent, payload: unknown, timeoutMs: number): Promise<unknown[]>;
	bytesRead(): number;
	/** The Engine.IO session is open: the transport works, whatever the server does next. */
	isOpen(): boolean;
	close(): void;
}

/** Frames above the websocket library's own limit (100 MiB) come too, up to the longest string of V8. */
const LARGEST_FRAME_BYTES = 512 * 1024 * 1024 - 1;

const NONE = Object.freeze({});

/** What is needed of the library's engine. */
type Engine = Partial<Socket['io']['engine']> & PingedEngine;

/** How long a polite close may take before the TCP connection is cut. */
const CLOSE_GRACE_MS = 500;

export function openSocket(
	credentials: AgentCredentials,
	transports: readonly Transport[],
	clock: Clock,
	handlers: SocketHandlers,
): WireSocket {
	return new OneSocket(credentials, transports, clock, handlers);
}

class OneSocket implements WireSocket {
	private readonly transport: TransportAgent;
	private readonly socket: Socket;
	private pings: Timer | undefined;
	private givenUp = false;

	constructor(
		credentials: AgentCredentials,
		transports: readonly Transport[],
		private readonly clock: Clock,
		handlers: SocketHandlers,
	) {
		this.transport = new TransportAgent(credentials);
		const options = {
			path: `${credentials.address.basePath}/socket.io/`,
			transports: transports.map((name) => TRANSPORTS[name]),
			autoConnect: false,
			// Without it the second transport is never tried (measured).
			tryAllTransports: true,
			reconnection: false,
			// Typed as text, but in Node.js it is the http.Agent that both transports use.
			agent: this.transport.agent as unknown as string,
			rejectUnauthorized: !credentials.ignoreSslIssues,
			maxPayload: LARGEST_FRAME_BYTES,
			fastLane: messageLane(() => this.socket.connected, (payload) => { handlers.frame('new_message', payload); }),
		};
		// One for each attempt: nothing is shared between connections.
		const manager = new Manager(credentials.address.origin, options);
		this.socket = manager.socket('/', { auth: { agent_token: credentials.token } });
		listen(this.socket, handlers);
		surviveOddPackets(this.socket, handlers);
		this.socket.connect();
		watchOpening(this.socket, handlers);
		this.forgetOptions(manager);
		this.pings = outlastPings(clock, () => this.engine, () => this.bytesRead());
		this.socket.once('connect', () => { this.leavePings(); });
	}

	cast(event: ClientEvent, payload: unknown): void {
		this.socket.volatile.emit(event, payload);
	}

	request(event: ClientEvent, payload: unknown, timeoutMs: number): Promise<unknown[]> {
		return request(this.socket, this.clock, event, payload, timeoutMs, () => !this.givenUp && !this.socket.connected);
	}

	bytesRead(): number {
		return this.transport.bytesRead();
	}

	isOpen(): boolean {
		return this.engine?.readyState === 'open';
	}

	close(): void {
		// Handlers go first: nothing that this attempt still says may reach anybody.
		for (const event of SERVER_EVENTS) this.socket.off(event);
		this.socket.off('connect').off('connect_error').off('disconnect');
		this.leavePings();
		this.givenUp = this.socket.connected;
		this.socket.disconnect();
		this.clock.after(CLOSE_GRACE_MS, () => {
			if (this.engine?.transport instanceof CarefulPolling) this.engine.transport.cut();
			this.transport.destroy();
		}, { background: true });
	}

	/** To the library, as it is used to. */
	private leavePings(): void {
		this.pings?.cancel();
		this.pings = undefined;
	}

	/** A websocket that is open opens nothing else; library and transport would each keep a copy of all options, and the agent in them: 5 KB (measured). */
	private forgetOptions(manager: Manager): void {
		const { engine } = manager;
		engine.once('open', () => {
			if (!(engine.transport instanceof CarefulWebSocket)) return;
			Object.assign(engine, { opts: NONE });
			manager.opts = NONE;
			this.transport.opened();
		});
	}

	private get engine(): Engine | undefined {
		return this.socket.io.engine as unknown as Engine | undefined;
	}
}

const TRANSPORTS = { websocket: CarefulWebSocket, polling: CarefulPolling };

/** Works only before the socket is connected, when the library takes the method. */
function surviveOddPackets(socket: Socket, handlers: SocketHandlers): void {
	const inner = socket as unknown as { onpacket: (packet: unknown) => void };
	const onpacket = inner.onpacket.bind(socket);
	inner.onpacket = (packet) => {
		try {
			onpacket(packet);
		} catch (error) {
			handlers.failed(`unreadable packet (${describeError(error)})`);
		}
	};
}

function listen(socket: Socket, handlers: SocketHandlers): void {
	for (const event of SERVER_EVENTS) socket.on(event, (payload?: unknown) => { handlers.frame(event, payload); });
	socket.on('connect', () => { handlers.connected(); });
	socket.on('connect_error', (error) => {
		// `active` tells the two apart: after the server's "no" the library would never try again (measured).
		if (socket.active) handlers.failed(describeFailure(error));
		else handlers.refused(error.message);
	});
	socket.on('disconnect', (reason, details) => { handlers.failed(reason === 'transport error' && details instanceof Error ? describeFailure(details) : reason); });
}

/** The library says nothing when a websocket closes after its upgrade and before its first frame (measured). */
function watchOpening({ io: { engine } }: Socket, handlers: SocketHandlers): void {
	const closed = (reason: string) => { handlers.failed(`${reason} before the session was open`, true); };
	engine.once('close', closed);
	engine.once('open', () => engine.off('close', closed));
}

function request(
	socket: Socket,
	clock: Clock,
	event: ClientEvent,
	payload: unknown,
	timeoutMs: number,
	isBroken: () => boolean,
): Promise<unknown[]> {
	return new Promise((resolve, reject) => {
		const answered = (error: Error | null, ...args: unknown[]) => {
			deadline.cancel();
			if (!error) { resolve(args); return; }
			const lost = isBroken();
			reject(
				new AgentClubError(lost ? 'UNREACHABLE' : 'TIMEOUT', lost ? 'The connection broke before the server answered' : 'The server did not answer', {
					retriable: true,
					cause: error,
				}),
			);
		};
		const deadline = clock.after(timeoutMs, () => { answered(new Error('No answer in time')); }, { background: true });
		// With a time limit the library also tells when the connection breaks, and forgets the request in the end.
		const emitter = socket.timeout(timeoutMs);
		if (payload === undefined) emitter.emit(event, answered);
		else emitter.emit(event, payload, answered);
	});
}
