import * as http from 'node:http';
import * as https from 'node:https';
import type { Socket } from 'node:net';
import type { AgentCredentials } from './credentials';
import { type Proxy, proxyFor, withoutBrackets } from './proxy';

/**
 * The TCP side of one connection attempt: how its sockets are made, how much they have read, and
 * how they are cut. Its agent serves both transports, and goes through the environment's proxy
 * where there is one.
 */
export class TransportAgent {
	readonly agent: http.Agent;
	/** What people have to know about the way, behind the reason of a failure; "" without a proxy. */
	readonly way: string;
	private sockets: readonly Socket[] = [];
	private bytesOfClosed = 0;
	private readonly proxying: AbortController | undefined;

	constructor(credentials: AgentCredentials) {
		const proxy = proxyFor(credentials.address.origin);
		if (proxy) this.proxying = new AbortController();
		this.way = proxy
			? `, through the proxy ${proxy.shown}; NO_PROXY may name the server instead`
			: '';
		this.agent =
			this.proxying && proxy
				? proxyAgent(proxy, credentials, this.proxying.signal)
				: directAgent(credentials);
		onEachRequest(this.agent, (request) => {
			request.once('socket', (socket) => {
				this.watch(socket);
			});
		});
	}

	/** Bytes received so far: a big backlog shows here long before its frame is complete. */
	bytesRead(): number {
		return this.sockets.reduce((sum, socket) => sum + socket.bytesRead, this.bytesOfClosed);
	}

	/** Destroys every socket at once. */
	destroy(): void {
		for (const socket of this.sockets) socket.destroy();
		this.agent.destroy();
		this.proxying?.abort();
	}

	private watch(socket: Socket): void {
		if (this.sockets.includes(socket)) return;
		for (const { destroyed, bytesRead } of this.sockets)
			if (destroyed) this.bytesOfClosed += bytesRead;
		this.sockets = [...this.sockets.filter(({ destroyed }) => !destroyed), socket];
	}
}

/** keepAlive: long polling would open a TCP connection for each poll otherwise. */
function agentOptions({ ignoreSslIssues }: AgentCredentials) {
	return { keepAlive: true, rejectUnauthorized: !ignoreSslIssues };
}

/**
 * Nothing else knows the connection of a request that the proxy has not answered yet. It would stay
 * open for ever (`test/faults/between.test.ts`, "keeps no connection of an attempt that is over").
 */
function proxyAgent(
	{ kind, url }: Proxy,
	credentials: AgentCredentials,
	over: AbortSignal,
): http.Agent {
	if (kind === 'socks') {
		// eslint-disable-next-line @typescript-eslint/no-require-imports -- run where there is a proxy, and not at every start
		const { SocksProxyAgent } = require('socks-proxy-agent') as typeof import('socks-proxy-agent');
		const agent = new SocksProxyAgent(url, {
			...agentOptions(credentials),
			socketOptions: { signal: over },
		});
		agent.proxy.host = withoutBrackets(agent.proxy.host ?? '');
		return agent;
	}
	// eslint-disable-next-line @typescript-eslint/no-require-imports -- run where there is a proxy, and not at every start
	const { HttpsProxyAgent } = require('https-proxy-agent') as typeof import('https-proxy-agent');
	return new HttpsProxyAgent(url, { ...agentOptions(credentials), signal: over });
}

function directAgent(credentials: AgentCredentials): http.Agent {
	const {
		address: { origin },
		egress,
	} = credentials;
	const options = { ...agentOptions(credentials), ...(egress && { lookup: egress.lookup }) };
	return origin.startsWith('https:') ? new https.Agent(options) : new http.Agent(options);
}

/**
 * Node has no event for an agent's sockets; every request, of every kind of agent, passes
 * `addRequest`.
 */
function onEachRequest(agent: http.Agent, seen: (request: http.ClientRequest) => void): void {
	const hooked = agent as unknown as {
		addRequest: (request: http.ClientRequest, ...rest: unknown[]) => void;
	};
	const addRequest = hooked.addRequest.bind(agent);
	hooked.addRequest = (request, ...rest) => {
		seen(request);
		addRequest(request, ...rest);
	};
}
