import * as http from 'node:http';
import * as https from 'node:https';
import type { Socket } from 'node:net';
import { HttpsProxyAgent } from 'https-proxy-agent';
import type { AgentCredentials } from './credentials';
import { proxyFor } from './proxy';

/** The TCP side of one connection attempt: how its sockets are made, how much they have read, and how they are cut. */
export interface TransportAgent {
	readonly agent: http.Agent;
	/** Bytes received so far: a big backlog shows here long before its frame is complete. */
	bytesRead(): number;
	/** Destroys every socket at once. */
	destroy(): void;
}

/** An agent for both transports of a socket, through the environment's proxy where there is one. */
export function makeTransportAgent(credentials: AgentCredentials): TransportAgent {
	const sockets = new Set<Socket>();
	let bytesOfClosed = 0;
	const over = new AbortController();
	const agent = chooseAgent(credentials, over.signal);
	onEachRequest(agent, (request) => {
		failPlainly(request);
		request.prependOnceListener('response', refuseRedirect);
		request.once('socket', (socket) => {
			if (sockets.has(socket)) return;
			sockets.add(socket);
			socket.once('close', () => {
				sockets.delete(socket);
				bytesOfClosed += socket.bytesRead;
			});
		});
	});
	return {
		agent,
		bytesRead: () => Array.from(sockets).reduce((sum, socket) => sum + socket.bytesRead, bytesOfClosed),
		destroy() {
			for (const socket of sockets) socket.destroy();
			agent.destroy();
			over.abort();
		},
	};
}

function chooseAgent(credentials: AgentCredentials, over: AbortSignal): http.Agent {
	const { address: { origin }, egress } = credentials;
	// keepAlive: long polling would open a TCP connection for each poll otherwise.
	const options = { keepAlive: true, rejectUnauthorized: !credentials.ignoreSslIssues };
	const proxy = proxyFor(origin);
	// Nobody else knows the connection of a request to which the proxy has not said a word: it would be open for ever (measured).
	if (proxy) return new HttpsProxyAgent(proxy, { ...options, signal: over });
	const direct = { ...options, ...(egress && { lookup: egress.lookup }) };
	return origin.startsWith('https:') ? new https.Agent(direct) : new http.Agent(direct);
}

/** Node has no event for an agent's sockets; every request, of every kind of agent, passes `addRequest`. */
function onEachRequest(agent: http.Agent, seen: (request: http.ClientRequest) => void): void {
	const hooked = agent as unknown as { addRequest: (request: http.ClientRequest, ...rest: unknown[]) => void };
	const addRequest = hooked.addRequest.bind(agent);
	hooked.addRequest = (request, ...rest) => {
		seen(request);
		addRequest(request, ...rest);
	};
}

/**
 * A request on a kept connection that is reset is "tried again" by the library's polling, with a request that it never sends (measured): the
 * link would be dead without a word until the heartbeat. So it is not told that the connection was a kept one, and reports the failure.
 */
function failPlainly(request: http.ClientRequest): void {
	Object.defineProperty(request, 'reusedSocket', { get: () => false, set: () => undefined, configurable: true });
}

/**
 * The library's polling follows 302, 303 and 307 wherever they lead, around this agent, and ends the process where they name no place (measured).
 * 301 is a redirect that it takes for a failure, and so does the log.
 */
function refuseRedirect(response: http.IncomingMessage): void {
	if (response.statusCode && response.statusCode > 301 && response.statusCode < 400) response.statusCode = 301;
}
