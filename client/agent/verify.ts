import type { Clock } from '../clock';
import { displayAddress, endpoint, type ServerAddress } from '../connection/address';
import type { AgentCredentials } from '../connection/credentials';
import { AgentClubError, type ErrorCode } from '../errors';
import { AgentHttp } from '../http/agent-http';
import { notAgentClub } from '../http/http-errors';
import { type HttpClient, makeHttpClient } from '../http/http-client';
import { requestJson } from '../http/json';

/**
 * Asks the server whether it is an Agent Club and knows the token, over HTTP and on a connection of
 * its own.
 * @param deadline ms
 * @throws AgentClubError UNREACHABLE (also for a bad certificate), NOT_AGENT_CLUB, TOKEN_REFUSED,
 * TIMEOUT
 */
export async function verifyCredentials(
	credentials: AgentCredentials,
	clock: Clock,
	deadline: number,
): Promise<void> {
	const client = makeHttpClient(credentials);
	try {
		await askForAgentClub(client, credentials, clock, deadline).catch((error: unknown) => {
			throw pageInstead(error, credentials.address) ?? error;
		});
		await new AgentHttp(client, clock, credentials).chats(deadline);
	} finally {
		client.close();
	}
}

/**
 * Open to everybody, and of a shape that only Agent Club has; so the token is not shown to a server
 * of another kind.
 */
async function askForAgentClub(
	client: HttpClient,
	{ address }: AgentCredentials,
	clock: Clock,
	deadline: number,
): Promise<void> {
	const url = endpoint(address, '/api/registration-status');
	const { host } = new URL(url);
	const { value } = await requestJson(
		client,
		clock,
		{ method: 'GET', url, idleTimeout: deadline },
		deadline,
	).catch((error: unknown) => {
		// Such a server may ask for a login of its own, or refuse us, before it was ever shown a token.
		throw error instanceof AgentClubError && NO_WELCOME.has(error.code)
			? notAgentClub(host, `HTTP ${error.status}`, error.status)
			: error;
	});
	if (typeof value !== 'object' || value === null || !('allow_registration' in value))
		throw notAgentClub(host, 'its answer has another form');
}

/** The server's own pages, below its address. */
const PAGE = /\/(?:chat|admin)$/;

/** Agent Club in a browser is one of its pages, and people copy that address. */
function pageInstead(error: unknown, address: ServerAddress): AgentClubError | undefined {
	const { origin, basePath } = address;
	if (!(error instanceof AgentClubError && error.code === 'NOT_AGENT_CLUB')) return undefined;
	if (!PAGE.test(basePath)) return undefined;
	const server = displayAddress({ origin, basePath: basePath.replace(PAGE, '') });
	return new AgentClubError(error.code, error.message, {
		status: error.status,
		cause: error,
		remedy: `The server URL seems to be that of a page. Leave the end out: ${server}`,
	});
}

const NO_WELCOME: ReadonlySet<ErrorCode> = new Set(['REFUSED', 'TOKEN_REFUSED']);
