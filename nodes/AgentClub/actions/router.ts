import { type IExecuteFunctions, type INodeExecutionData, NodeOperationError } from 'n8n-workflow';
import { agentRegistry } from '../../../client/agent/registry';
import { type AgentCredentials, credentialsKey } from '../../../client/connection/credentials';
import { AgentClubError } from '../../../client/errors';
import type { TriedParts } from '../../../client/outbound/send';
import { nodeCredentials } from '../../shared/credentials';
import { errorItem, toNodeError } from '../../shared/errors';
import { nodeLogger } from '../../shared/logger';
import { swallowsErrors } from '../tool';
import * as agent from './agent';
import * as chat from './chat';
import { type TriedItems, FailedTries, retriedRun } from './failed-tries';
import * as file from './file';
import * as group from './group';
import * as message from './message';
import type { Operation, OperationContext } from './operation';
import { runLanes } from './run-lanes';

const failedTries = new FailedTries();

const OPERATIONS: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
	agent: agent.operations,
	chat: chat.operations,
	file: file.operations,
	group: group.operations,
	message: message.operations,
};

/**
 * Runs the chosen operation for every item: paired, failures with the item's index or as error
 * items.
 */
export async function runOperation(host: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const items = host.getInputData();
	if (items.length === 0) return [[]];
	let failure: unknown;
	try {
		return [await runForItems(host, items.length)];
	} catch (error) {
		failure = error;
	}
	if (!host.continueOnFail() && !swallowsErrors(host, 0)) throw toNodeError(host, failure);
	// A credential that cannot be used, for instance, fails all items. If it were thrown, n8n would
	// pass the items on as if nothing had happened (`test/e2e/ssrf.test.ts`).
	return [items.map((_item, index) => errorItem(toNodeError(host, failure, index), index))];
}

async function runForItems(host: IExecuteFunctions, count: number): Promise<INodeExecutionData[]> {
	const operation = chosenOperation(host);
	const credentials = await nodeCredentials(host);
	if (!operation.onlyOnce) await checkOneAgent(host, credentials, count);
	const session = agentRegistry().session(credentials, nodeLogger(host));
	const release = session.lease();
	let chats: ReturnType<OperationContext['chats']> | undefined;
	const signal = host.getExecutionCancelSignal() ?? new AbortController().signal;
	const retried = retriedRun(host);
	const tried: TriedItems =
		retried === undefined ? new Map<number, TriedParts>() : failedTries.take(retried);
	const context: OperationContext = {
		host,
		session,
		tried,
		chats: () => (chats ??= session.ask(() => session.http.chats(), signal)),
		signal,
	};
	let isDone = false;
	try {
		const { results, failures } = await runLanes(
			operation,
			context,
			operation.onlyOnce ? 1 : count,
		);
		isDone = failures === 0;
		return results.flat();
	} finally {
		// n8n also tries again where the first item became an error item.
		if (!isDone && retried !== undefined) failedTries.keep(retried, tried, session.clock);
		release();
	}
}

/**
 * A field of the credential can be an expression, which n8n resolves for each item.
 * @throws AgentClubError SETTINGS where an item has another agent than the first one: it would be
 * sent in that one's name
 */
async function checkOneAgent(
	host: IExecuteFunctions,
	first: AgentCredentials,
	count: number,
): Promise<void> {
	for (let index = 1; index < count; index += 1) {
		const own = await nodeCredentials(host, index);
		if (credentialsKey(own) === credentialsKey(first)) continue;
		throw new AgentClubError(
			'SETTINGS',
			`The credential gives item ${index} another agent or server than item 0`,
			{
				remedy:
					'A field of the credential is an expression that differs from item to item. Put a ' +
					'"Loop Over Items" node with a batch size of 1 before this node.',
			},
		);
	}
}

function chosenOperation(host: IExecuteFunctions): Operation {
	const resource = host.getNodeParameter('resource', 0);
	const name = host.getNodeParameter('operation', 0);
	const operation = OPERATIONS[resource]?.[name];
	if (operation) return operation;
	throw new NodeOperationError(
		host.getNode(),
		`The operation "${name}" of "${resource}" does not exist`,
		{
			description: 'Choose the resource and the operation again.',
		},
	);
}
