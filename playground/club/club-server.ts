import { agentRoutes } from './agent-http';
import { browserRoutes, type BrowserBackend } from './browser-http';
import { BrowserSessions } from './browser-sessions';
import { ClubCore, type CoreOptions } from './club-core';
import { Faults } from './faults';
import { HttpFront } from './http-front';
import { mediaRoutes } from './media-http';
import { pageRoutes } from './page-http';
import { SocketIoFront } from './socket-io-front';
import { Wire } from './wire';

export interface ServerOptions extends CoreOptions {
	/** Any free one unless told. */
	readonly port?: number;
	/** Without a trailing slash; '/club' unless told, '' for none. */
	readonly subPath?: string;
	/** 127.0.0.1 unless told. */
	readonly host?: string;
	/** Engine.IO's, in ms; the real server has 25000 and 20000. */
	readonly pingInterval?: number;
	readonly pingTimeout?: number;
}

/** The club on the network: HTTP and Socket.IO in front of its core. */
export class ClubServer {
	readonly subPath: string;
	readonly core: ClubCore;
	readonly faults: Faults;
	readonly front: HttpFront;
	private readonly sessions: BrowserSessions;
	private readonly wire = new Wire();

	constructor(options: ServerOptions) {
		this.subPath = options.subPath ?? '/club';
		this.core = new ClubCore(options);
		this.sessions = new BrowserSessions(this.core.store, `${this.subPath}/`);
		this.faults = new Faults(this.wire, this.core);
		this.front = this.makeFront();
		new SocketIoFront(this.core, this.faults, this.sessions, this.wire).attach(this.front.inner, {
			...options,
			path: `${this.subPath}/socket.io/`,
		});
	}

	private makeFront(): HttpFront {
		const backend = this.backend();
		const routes = [
			...agentRoutes(backend),
			...browserRoutes(backend),
			...mediaRoutes(this.core.uploads, this.faults.http),
			...pageRoutes(),
		];
		return new HttpFront(this.subPath, routes, this.wire, this.faults.http, this.core.observed);
	}

	private backend(): BrowserBackend {
		const { faults, sessions } = this;
		const { traits, store, cursors, uploads, changes } = this.core;
		return {
			traits,
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
}
