import { io, type Socket } from 'socket.io-client';
import type { Clock } from '../clock';
import { AgentClubError, describeError } from '../errors';
import type { AgentCredentials } from './credentials';
import { outlastPings, type PingedEngine } from './pings';
import { makeTransportAgent } from './transport-agent';
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

/** How long a polite close may take before the TCP connection is cut. */
const CLOSE_GRACE_MS = 500;

export function openSocket(
	credentials: AgentCredentials,
	transports: readonly Transport[],
	clock: Clock,
	handlers: SocketHandlers,
): WireSocket {
	const transport = makeTransportAgent(credentials);
	const options = {
		path: `${credentials.address.basePath}/socket.io/`,
		auth: { agent_token: credentials.token },
		transports: transports.map((name) => TRANSPORTS[name]),
		autoConnect: false,
		// Without it the second transport is never tried (measured).
		tryAllTransports: true,
		reconnection: false,
		forceNew: true,
		// Typed as text, but in Node.js it is the http.Agent that both transports use.
		agent: transport.agent as unknown as string,
		rejectUnauthorized: !credentials.ignoreSslIssues,
		maxPayload: LARGEST_FRAME_BYTES,
		fastLane: messageLane(() => socket.connected, (payload) => { handlers.frame('new_message', payload); }),
	};
	const socket: Socket = io(credentials.address.origin, options);
	listen(socket, handlers);
	surviveOddPackets(socket, handlers);
	socket.connect();
	watchOpening(socket, handlers);
	const pings = outlastPings(clock, () => socket.io.engine as unknown as PingedEngine | undefined, () => transport.bytesRead(), () => socket.connected);
	let givenUp = false;
	return {
		cast: (event, payload) => void socket.volatile.emit(event, payload),
		request: (event, payload, timeoutMs) => request(socket, clock, event, payload, timeoutMs, () => !givenUp && !socket.connected),
		bytesRead: () => transport.bytesRead(),
		isOpen: () => (socket.io.engine as Partial<Socket['io']['engine']> | undefined)?.readyState === 'open',
		close() {
			// Handlers go first: nothing that this attempt still says may reach anybody.
			for (const event of SERVER_EVENTS) socket.off(event);
			socket.off('connect').off('connect_error').off('disconnect');
			pings.cancel();
			givenUp = socket.connected;
			socket.disconnect();
			clock.after(CLOSE_GRACE_MS, () => {
				const inUse = (socket.io.engine as Partial<Socket['io']['engine']> | undefined)?.transport;
				if (inUse instanceof CarefulPolling) inUse.cut();
				transport.destroy();
			}, { background: true });
		},
	};
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

/** The library's errors say "websocket error" or "xhr poll error"; the reason (refused, not found, certificate) is further in. */
function describeFailure(error: Error): string {
	const { description, context } = error as Error & { description?: unknown; context?: unknown };
	if (typeof description === 'number' && description > 0) return `${error.message} (HTTP status ${String(description)}${meaningOf(description)})`;
	if (typeof description === 'string') return `${error.message}: ${description}`;
	const { message, error: inner } = fieldsOf(description);
	// Without an answer the polling request holds Node's error where its status text would be.
	const reason = message ?? inner ?? fieldsOf(context).statusText;
	const detail = typeof reason === 'string' || reason === undefined ? reason : describeError(reason);
	return detail ? `${error.message} (${detail})` : error.message;
}

/** Agent Club's own sockets answer with none of these: somebody in front of it does. */
function meaningOf(status: number): string {
	if (status === 401 || status === 403) return ': something in front of Agent Club refuses n8n';
	if (status === 404) return ': no Agent Club at this address, is the server URL right, with its sub-path?';
	if (status === 407) return ': the proxy wants a user name and a password, in its address in the environment of n8n';
	if (status >= 502 && status <= 504) return ': a gateway in front of Agent Club does not reach it, is the server running?';
	return '';
}

function fieldsOf(value: unknown): Partial<Record<'message' | 'error' | 'statusText', unknown>> {
	return typeof value === 'object' && value !== null ? value : {};
}
