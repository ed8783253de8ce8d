import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { agentRegistry } from '../../client/agent/registry';
import { verifyCredentials } from '../../client/agent/verify';
import { systemClock } from '../../client/clock';
import { describeWithRemedy } from '../../client/errors';
import { loggable } from '../../client/logger';
import { readCredentials } from './credentials';
import { egressForCredentialTest } from './egress';
import { hostLogger } from './logger';

/** ms for each of the two steps: HTTP, then the socket. */
const STEP_DEADLINE = 10_000;

/**
 * The credential's test: it tells a refused token, a wrong address, a bad certificate and another
 * server apart, and names the agent.
 */
export async function agentClubApiTest(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	try {
		const credentials = readCredentials(credential.data ?? {}, egressForCredentialTest());
		await verifyCredentials(credentials, systemClock, STEP_DEADLINE);
		const session = agentRegistry().session(
			credentials,
			hostLogger(this.logger, 'credential test'),
		);
		const release = session.lease();
		try {
			await session.whenReady(STEP_DEADLINE);
			return {
				status: 'OK',
				message: `Connected as ${loggable(session.identity?.displayName ?? 'the agent')}`,
			};
		} finally {
			release();
		}
	} catch (error) {
		return { status: 'Error', message: describeWithRemedy(error) };
	}
}
