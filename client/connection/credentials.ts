import { createHash } from 'node:crypto';
import { AgentClubError } from '../errors';
import { keepSecret } from '../secrets';
import type { Egress } from './egress';
import { parseServerAddress, type ServerAddress } from './address';

/** What an agent needs to get in. The token goes to `address.origin` and nowhere else. */
export interface AgentCredentials {
	readonly address: ServerAddress;
	readonly token: string;
	/** Whether a certificate that cannot be verified is accepted. */
	readonly ignoreSslIssues: boolean;
	/** Where the host has rules about that: whether and how the server may be connected to. */
	readonly egress?: Egress;
}

/** @throws AgentClubError SETTINGS for an address or a token that cannot be right */
export function makeCredentials(
	serverUrl: string,
	agentToken: string,
	ignoreSslIssues: boolean,
	egress?: Egress,
): AgentCredentials {
	const token = agentToken.trim();
	const remedy =
		'An administrator creates agents and their tokens on the Agent Club admin page, or with ' +
		'"agentclub agent create".';
	if (!token) throw new AgentClubError('SETTINGS', 'The agent token is empty', { remedy });
	// Bare printable ASCII: anything else could not be a token, and would break (or forge) the HTTP
	// header that carries it.
	if (!/^[\x21-\x7e]+$/.test(token)) {
		throw new AgentClubError(
			'SETTINGS',
			'The agent token contains spaces or characters that no token has',
			{ remedy },
		);
	}
	keepSecret(token);
	return {
		address: parseServerAddress(serverUrl),
		token,
		ignoreSslIssues,
		...(egress && { egress }),
	};
}

/**
 * Who may share a connection: the same origin, path, token and certificate checking. Carries a
 * digest, not the token.
 */
export function credentialsKey(credentials: AgentCredentials): string {
	const digest = createHash('sha256').update(credentials.token).digest('hex');
	const { origin, basePath } = credentials.address;
	return [origin, basePath, digest, String(credentials.ignoreSslIssues)].join(' ');
}
