import { type IExecuteFunctions, type INodeExecutionData, NodeOperationError } from 'n8n-workflow';
import { agentRegistry } from '../../../client/agent/registry';
import { nodeCredentials } from '../../shared/credentials';
import { inOneText, toNodeError } from '../../shared/errors';
import { hostLogger } from '../../shared/logger';
import * as agent from './agent';
import * as chat from './chat';
import * as file from './file';
import * as group from './group';
import * as message from './message';
import type { Operation, OperationContext } from './operation';

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
	const failed = new AbortController();
	const cancelled = host.getExecutionCancelSignal();
	let chats: ReturnType<OperationContext['chats']> | undefined;
	const context: OperationContext = {
		host,
		session,
		chats: () => (chats ??= session.http.chats()),
		signal: cancelled ? AbortSignal.any([cancelled, failed.signal]) : failed.signal,
	};
	try {
		const results = await runLanes(operation, context, count, () => {
			failed.abort();
		});
		return results.flat();
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

/**
 * Items of one lane one after the other, lanes side by side; without a lane all items share one.
 */
async function runLanes(
	operation: Operation,
	context: OperationContext,
	count: number,
	abort: () => void,
): Promise<INodeExecutionData[][]> {
	const results: INodeExecutionData[][] = [];
	const failures: unknown[] = [];
	const runOne = async (index: number, step: () => Promise<INodeExecutionData[]>) => {
		if (failures.length > 0) return;
		try {
			results[index] = await step();
		} catch (error) {
			if (context.host.continueOnFail())
				results[index] = [errorItem(toNodeError(context.host.getNode(), error, index), index)];
			else {
				failures[index] = error;
				abort();
			}
		}
	};
	const lanes = new Map<string, number[]>();
	for (let index = 0; index < count; index += 1) {
		await runOne(index, async () => {
			const lane = (await operation.lane?.(context, index)) ?? '';
			lanes.set(lane, [...(lanes.get(lane) ?? []), index]);
			return [];
		});
	}
	await Promise.all(
		Array.from(lanes.values(), async (indexes) => {
			for (const index of indexes)
				await runOne(index, async () => paired(await operation.execute(context, index), index));
		}),
	);
	const first = failures.findIndex((failure) => failure !== undefined);
	if (first >= 0) throw toNodeError(context.host.getNode(), failures[first], first);
	return results;
}

function paired(
	result: Awaited<ReturnType<Operation['execute']>>,
	item: number,
): INodeExecutionData[] {
	return [result].flat().map((each) => ({ ...each, pairedItem: { item } }));
}

/** An error item has nothing but this one text. */
function errorItem(
	{ message, description }: ReturnType<typeof toNodeError>,
	item: number,
): INodeExecutionData {
	return { json: { error: inOneText(message, description) }, pairedItem: { item } };
}
