import { type Clock, systemClock } from '../clock';
import type { SocketOpener } from '../connection/attempt';
import type { AgentCredentials } from '../connection/credentials';
import { CONNECTION_POLICY, type ConnectionPolicy } from '../connection/policy';
import { openSocket } from '../connection/socket';
import { type HttpClient, makeHttpClient } from '../http/http-client';

/** What the client stands on: time and the network. A simulation brings its own. */
export interface Platform {
	readonly clock: Clock;
	readonly policy: ConnectionPolicy;
	readonly openSocket: SocketOpener;
	readonly makeHttpClient: (credentials: AgentCredentials) => HttpClient;
}

export const systemPlatform: Platform = {
	clock: systemClock,
	policy: CONNECTION_POLICY,
	openSocket,
	makeHttpClient,
};
