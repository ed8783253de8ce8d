import type { Clock } from '../clock';
import { endpoint } from '../connection/address';
import type { AgentCredentials } from '../connection/credentials';
import { AgentClubError } from '../errors';
import { AgentHttp } from '../http/agent-http';
import { notAgentClub } from '../http/http-errors';
import { makeHttpClient } from '../http/http-client';
import { requestJson } from '../http/json';

/**
 * Asks the server whether it is an Agent Club and knows the token, over HTTP and on a connection of its own.
 * @param deadline ms
 * @throws AgentClubError UNREACHABLE (also for a bad certificate), NOT_AGENT_CLUB, TOKEN_REFUSED, TIMEOUT
 */
export async function verifyCredentials(credentials: AgentCredentials, clock: Clock, deadline: number): Promise<void> {
	const client = makeHttpClient(credentials);
	try {
		// Open to everybody, and of a shape that only Agent Club has; so the token is not shown to a server of another kind.
		const url = endpoint(credentials.address, '/api/registration-status');
		const { value } = await requestJson(client, clock, { method: 'GET', url, idleTimeout: deadline }, deadline);
		if (typeof value !== 'object' || value === null || !('allow_registration' in value)) throw notAgentClub('its answer has another form');
		await new AgentHttp(client, clock, credentials).chats();
	} catch (error) {
		// A server of another kind may ask for a login of its own before the token was ever shown to it.
		throw error instanceof AgentClubError && error.code === 'REFUSED' ? notAgentClub(error.message, error.status) : error;
	} finally {
		client.close();
	}
}
