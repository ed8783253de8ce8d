import { type IExecuteFunctions, type INodeExecutionData, NodeOperationError } from 'n8n-workflow';
import { agentRegistry } from '../../../client/agent/registry';
import { nodeCredentials } from '../../shared/credentials';
import { errorItem, toNodeError } from '../../shared/errors';
import { hostLogger } from '../../shared/logger';
import * as agent from './agent';
import * as chat from './chat';
import * as file from './file';
import * as group from './group';
import * as message from './message';
import type { Operation, OperationContext } from './operation';
import { runLanes } from './run-lanes';

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
	if (!host.continueOnFail()) throw toNodeError(host.getNode(), failure);
	// A credential that cannot be used, for instance, fails all items. n8n would pass them on as if
	// nothing had happened (measured).
	return [
		items.map((_item, index) => errorItem(toNodeError(host.getNode(), failure, index), index)),
	];
}

async function runForItems(host: IExecuteFunctions, count: number): Promise<INodeExecutionData[]> {
	const operation = chosenOperation(host);
	const credentials = await nodeCredentials(host);
	const session = agentRegistry().session(
		credentials,
		hostLogger(host.logger, `node "${host.getNode().name}"`),
	);
	const release = session.lease();
	let chats: ReturnType<OperationContext['chats']> | undefined;
	const context: OperationContext = {
		host,
		session,
		chats: () => (chats ??= session.http.chats()),
		signal: host.getExecutionCancelSignal() ?? new AbortController().signal,
	};
	try {
		return (await runLanes(operation, context, count)).flat();
	} finally {
		release();
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
