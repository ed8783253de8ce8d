import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';
import type { AgentSession } from '../../../client/agent/agent-session';
import type { Chats } from '../../../client/protocol/answers';
import type { TriedItems } from './failed-tries';

/** ms that an operation waits for the agent's connection. */
export const CONNECT_DEADLINE = 60_000;

/** What an operation gets in addition to n8n's own context. */
export interface OperationContext {
	readonly host: IExecuteFunctions;
	/** The agent's session, leased for the whole execution. */
	readonly session: AgentSession;
	/** The agent's chats, fetched once for the execution. */
	chats(): Promise<Chats>;
	/** What this run of the node has sent so far, in earlier tries too. */
	readonly tried: TriedItems;
	/** Aborts when the execution is cancelled, or when an earlier item has failed for good. */
	readonly signal: AbortSignal;
}

/** One operation of the node, in a file of its own. */
export interface Operation {
	readonly description: INodeProperties[];
	/**
	 * For operations whose items must keep their order only where they share something (a chat): its
	 * name. Items without one run one after the other.
	 */
	readonly lane?: (context: OperationContext, itemIndex: number) => Promise<string>;
	execute(context: OperationContext, itemIndex: number): Promise<OperationResult>;
	/** For operations that run for the first item only, whatever the number of items. */
	readonly onlyOnce?: true;
	/**
	 * For operations that send: whether this item of the output says so. An error that ends the node
	 * tells how many were sent.
	 */
	readonly wasSent?: (item: UnpairedItem) => boolean;
}

/** One item for each input item, or several. */
export type OperationResult = UnpairedItem | UnpairedItem[];

/** An item before the router has paired it. */
export type UnpairedItem = Pick<INodeExecutionData, 'json' | 'binary'>;

export function json(data: IDataObject): UnpairedItem {
	return { json: data };
}
