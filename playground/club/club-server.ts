import { Server } from 'socket.io';
import { agentRoutes } from './agent-http';
import { browserRoutes, type BrowserBackend } from './browser-http';
import { BrowserSessions } from './browser-sessions';
import { ChatChanges } from './chat-changes';
import type { Generation } from './club';
import { Connections } from './connections';
import { Faults } from './faults';
import { generations } from './generations';
import { Handshake, type HandshakePolicy } from './handshake';
import { HttpFront } from './http-front';
import { mediaRoutes } from './media-http';
import { Messaging } from './messaging';
import { ObservedEvents } from './observed-events';
import { Outgoing } from './outgoing';
import { pageRoutes } from './page-http';
import { ReadCursors } from './read-cursors';
import { ServerClock } from './server-clock';
import { SocketEvents } from './socket-events';
import { Store } from './store';
import { Uploads } from './uploads';
import { Wire, type EngineSession } from './wire';

export interface ServerOptions {
	/** G3 unless told. */
	readonly generation?: Generation;
	/** Any free one unless told. */
	readonly port?: number;
	/** Without a trailing slash; '/club' unless told, '' for none. */
	readonly subPath?: string;
	/** Seconds, told to the clients; 30 unless told. */
	readonly heartbeatInterval?: number;
	/** 127.0.0.1 unless told. */
	readonly host?: string;
	/** Engine.IO's, in ms; the real server has 25000 and 20000. */
	readonly pingInterval?: number;
	readonly pingTimeout?: number;
}

/** Longest wait of a Node.js timer, ms: the real server never gives up on a client that it has not greeted. */
const neverMs = 2 ** 31 - 1;

/** The parts of the club, put together. */
export class ClubServer {
	readonly generation: Generation;
	readonly subPath: string;
	readonly observed = new ObservedEvents();
	readonly connections = new Connections();
	readonly store: Store;
	readonly cursors: ReadCursors;
	readonly uploads: Uploads;
	readonly faults: Faults;
	readonly outgoing: Outgoing;
	readonly messaging: Messaging;
	readonly changes: ChatChanges;
	readonly front: HttpFront;
	private readonly sessions: BrowserSessions;
	private readonly clock = new ServerClock();
	private readonly wire = new Wire();

	constructor(options: ServerOptions) {
		this.generation = options.generation ?? 'G3';
		this.subPath = options.subPath ?? '/club';
		const traits = generations[this.generation];
		this.store = new Store(traits, this.clock);
		this.cursors = new ReadCursors(this.store);
		this.uploads = new Uploads(traits.texts);
		this.sessions = new BrowserSessions(this.store, `${this.subPath}/`);
		this.faults = new Faults(this.wire, this.clock);
		this.outgoing = new Outgoing(this.faults.frames);
		this.messaging = new Messaging(traits, this.store, this.cursors, this.connections, this.outgoing, this.observed);
		this.changes = new ChatChanges(traits, this.store, this.connections, this.outgoing);
		this.front = this.makeFront();
		this.attachSockets(options);
	}

	private makeFront(): HttpFront {
		const backend = this.backend();
		const routes = [...agentRoutes(backend), ...browserRoutes(backend), ...mediaRoutes(this.uploads, this.faults.http), ...pageRoutes()];
		return new HttpFront(this.subPath, routes, this.wire, this.faults.http, this.observed);
	}

	private backend(): BrowserBackend {
		const { store, cursors, uploads, sessions, faults, changes } = this;
		return {
			traits: generations[this.generation],
			store,
			cursors,
			uploads,
			sessions,
			get refusesTokens() {
				return faults.refusesTokens;
			},
			openDirect: (userId, peerId) => changes.openDirect(userId, peerId),
		};
	}

	private attachSockets(options: ServerOptions): void {
		const io = new Server(this.front.inner, {
			path: `${this.subPath}/socket.io/`,
			serveClient: false,
			cors: { origin: '*' },
			pingInterval: options.pingInterval ?? 25_000,
			pingTimeout: options.pingTimeout ?? 20_000,
			maxHttpBufferSize: 50 * 1024 * 1024,
			connectTimeout: neverMs,
		});
		io.engine.on('connection', (session: EngineSession) => {
			this.wire.begin(session);
		});
		this.makeHandshake(options).attach(io.of('/'));
	}

	private makeHandshake(options: ServerOptions): Handshake {
		const traits = generations[this.generation];
		const { clock, store, cursors, connections, messaging, outgoing, faults, observed } = this;
		const events = new SocketEvents(traits, clock, store, cursors, connections, messaging, outgoing, faults.answers, observed);
		const intervals = { heartbeat: options.heartbeatInterval ?? 30, presencePoll: 30 };
		return new Handshake(traits, intervals, store, cursors, connections, outgoing, events, this.handshakePolicy(), observed);
	}

	private handshakePolicy(): HandshakePolicy {
		const { faults, sessions, wire } = this;
		return {
			get refusesTokens() {
				return faults.refusesTokens;
			},
			hangs: () => faults.takeHandshake(),
			userByCookie: (cookie) => sessions.userOf(cookie),
			identified: (session, userId) => {
				wire.own(session, userId);
			},
		};
	}
}
