import { displayAddress } from '../../../../client/connection/address';
import { AgentClubError } from '../../../../client/errors';
import {
	CONNECT_DEADLINE,
	json,
	type Operation,
	type OperationContext,
	type OperationResult,
} from '../operation';

async function execute({ session, signal }: OperationContext): Promise<OperationResult> {
	await session.whenReady(CONNECT_DEADLINE, signal);
	const { identity } = session;
	if (!identity)
		throw new AgentClubError(
			'OFFLINE',
			'The connection was lost before the server said who the agent is',
			{ retriable: true },
		);
	return json({
		id: identity.userId,
		name: identity.displayName,
		role: identity.role,
		kind: identity.kind,
		serverUrl: displayAddress(session.credentials.address),
	});
}

export const get: Operation = { description: [], execute };
