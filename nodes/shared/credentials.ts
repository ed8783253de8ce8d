import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { type AgentCredentials, makeCredentials } from '../../client/connection/credentials';
import type { Egress } from '../../client/connection/egress';
import { AgentClubError } from '../../client/errors';
import { type EgressHelpers, egressOf } from './egress';

export const CREDENTIAL = 'agentClubApi';

/** The environment variables that may stand in for the credential's fields. */
export interface CredentialEnvironment {
	readonly AGENTCLUB_SERVER_URL?: string | undefined;
	readonly AGENTCLUB_AGENT_TOKEN?: string | undefined;
}

/** What both nodes' contexts offer. */
export interface CredentialContext {
	getCredentials(type: string, itemIndex?: number): Promise<ICredentialDataDecryptedObject>;
	readonly helpers: EgressHelpers;
}

/**
 * What a node connects with: its credential, within n8n's rules about where it may connect.
 * @param itemIndex of the item for which n8n resolves expressions in the credential
 * @throws AgentClubError SETTINGS
 */
export async function nodeCredentials(
	context: CredentialContext,
	itemIndex?: number,
): Promise<AgentCredentials> {
	const data = await context.getCredentials(CREDENTIAL, itemIndex);
	return readCredentials(data, egressOf(context.helpers));
}

/**
 * What to connect with. A token from the environment goes only to a server from the environment.
 * Otherwise anyone who may create a credential could have it sent to their own server.
 * @throws AgentClubError SETTINGS
 */
export function readCredentials(
	data: ICredentialDataDecryptedObject,
	egress?: Egress,
	environment: CredentialEnvironment = process.env,
): AgentCredentials {
	const fields = { url: text(data.serverUrl), token: text(data.agentToken) };
	const ignoreSslIssues = data.ignoreSslIssues === true;
	if (data.useEnvironment !== true)
		return makeCredentials(fields.url, fields.token, ignoreSslIssues, egress);
	const url = text(environment.AGENTCLUB_SERVER_URL).trim();
	const token = text(environment.AGENTCLUB_AGENT_TOKEN).trim();
	if (token && !url) {
		throw new AgentClubError(
			'SETTINGS',
			'AGENTCLUB_AGENT_TOKEN is set for n8n, but AGENTCLUB_SERVER_URL is not',
			{
				remedy:
					'Set both for the n8n process, or turn off "Use Environment Variables". A token ' +
					'from the environment is never sent to a server URL from a credential.',
			},
		);
	}
	return makeCredentials(url || fields.url, token || fields.token, ignoreSslIssues, egress);
}

function text(value: unknown): string {
	return typeof value === 'string' ? value : '';
}
