import type {
	IDataObject,
	IExecuteFunctions,
	INode,
	INodeExecutionData,
	ITriggerFunctions,
} from 'n8n-workflow';

/** n8n's contexts with just what the nodes use of them. */

export const NODE: INode = {
	id: 'node-1',
	name: 'Agent Club',
	type: 'agentClub',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};

/** A trigger's context: parameters, and the workflow's settings. */
export function triggerHost(
	parameters: IDataObject = {},
	workflowSettings: IDataObject = {},
): ITriggerFunctions {
	const host = {
		getNodeParameter: (name: string, fallback?: unknown) => parameters[name] ?? fallback,
		getWorkflowSettings: () => workflowSettings,
		getWorkflow: () => ({ id: 'workflow-1', name: 'W', active: true }),
		getNode: () => NODE,
	};
	return host as unknown as ITriggerFunctions;
}

export interface ExecuteHostOptions {
	readonly items?: INodeExecutionData[];
	/** A value for all items, or one for each. */
	readonly parameters?: Readonly<Record<string, unknown>>;
	readonly continueOnFail?: boolean;
	/** The execution of which this is one try, where n8n tries a failed node again. */
	readonly retried?: { readonly executionId: string; readonly runIndex?: number };
	readonly more?: Readonly<Record<string, unknown>>;
}

/** A value of a parameter that differs from item to item. */
export class EachItem {
	constructor(readonly values: readonly unknown[]) {}
}

/** An action's context. */
export function executeHost({
	items = [{ json: {} }],
	parameters = {},
	continueOnFail = false,
	retried,
	more = {},
}: ExecuteHostOptions = {}): IExecuteFunctions {
	const host = {
		getInputData: () => items,
		getNodeParameter: (name: string, index: number, fallback?: unknown) => {
			const value = parameters[name];
			return (value instanceof EachItem ? value.values[index] : value) ?? fallback;
		},
		getWorkflow: () => ({ id: 'workflow-1', name: 'W', active: true }),
		getNode: () => (retried ? { ...NODE, retryOnFail: true } : NODE),
		getExecutionId: () => retried?.executionId,
		getWorkflowDataProxy: () => ({ $runIndex: retried?.runIndex ?? 0 }),
		getParentNodes: () => [],
		getExecuteData: () => ({ node: NODE, data: {}, source: null }),
		getWorkflowSettings: () => ({}),
		getMode: () => 'trigger',
		getTimezone: () => 'UTC',
		getCredentials: () =>
			Promise.resolve({ serverUrl: 'http://club.test:5555', agentToken: 'sk_agt_secret' }),
		getExecutionCancelSignal: () => undefined,
		continueOnFail: () => continueOnFail,
		addExecutionHints: () => undefined,
		logger: {
			debug: () => undefined,
			info: () => undefined,
			warn: () => undefined,
			error: () => undefined,
		},
		...more,
	};
	return host as unknown as IExecuteFunctions;
}
