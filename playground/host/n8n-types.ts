/** A workflow as n8n's own interface takes it; see workflow-json.ts for building one. */
export interface WorkflowJson {
	name: string;
	nodes: NodeJson[];
	connections: Record<string, Record<string, { node: string; type: string; index: number }[][]>>;
	settings?: Record<string, unknown>;
}

export interface NodeJson {
	id: string;
	name: string;
	type: string;
	typeVersion: number;
	position: [x: number, y: number];
	parameters: Record<string, unknown>;
	/** Without an id: what was imported, and belongs to nobody here yet. */
	credentials?: Record<string, { id: string | null; name: string }>;
	/** `continueRegularOutput` and others. */
	onError?: string;
	retryOnFail?: boolean;
	maxTries?: number;
	/** ms, 5 s at most. */
	waitBetweenTries?: number;
}

export interface WorkflowRecord extends WorkflowJson {
	id: string;
	active: boolean;
	versionId: string;
	activeVersionId: string | null;
}

export interface PublicationStatus {
	status: 'in_progress' | 'not_published' | 'published' | 'partial' | 'failed';
	liveVersionId: string | null;
	triggers: { nodeId: string; status: string; errorMessage: string | null }[];
}

export type ExecutionStatus =
	| 'new'
	| 'running'
	| 'waiting'
	| 'success'
	| 'error'
	| 'crashed'
	| 'canceled'
	| 'unknown';

export interface ExecutionSummary {
	id: string;
	workflowId: string;
	status: ExecutionStatus;
	/** `trigger`, `manual`, ... */
	mode: string;
	/**
	 * Handed over to n8n; after a crash n8n itself starts executions that it had created and not
	 * begun.
	 */
	createdAt: string;
	startedAt: string | null;
	stoppedAt: string | null;
}

export interface ItemJson {
	json: Record<string, unknown>;
	binary?: Record<
		string,
		{ fileName?: string; mimeType: string; data: string; id?: string; bytes?: number }
	>;
	error?: unknown;
}

interface ErrorJson {
	message: string;
	description?: string | null;
}

export interface Execution extends ExecutionSummary {
	/** What the trigger gave n8n so that no second execution comes about. */
	deduplicationKey: string | null;
	data: {
		/**
		 * What was still to be done when this was written; an execution that was cut off has its
		 * beginning here.
		 */
		executionData?: { nodeExecutionStack: { data: { main?: (ItemJson[] | null)[] } }[] };
		resultData: {
			error?: ErrorJson;
			lastNodeExecuted?: string;
			/** For each node one entry for each time it ran. */
			runData: Record<
				string,
				{
					data?: { main?: (ItemJson[] | null)[] };
					error?: ErrorJson;
					executionTime: number;
					/** What the editor shows about this run. */
					hints?: { message: string }[];
				}[]
			>;
		};
	};
}

/** What a node put out on its first output, in its first run. Empty when it did not run. */
export function outputOf(execution: Execution | undefined, nodeName: string): ItemJson[] {
	return execution?.data.resultData.runData[nodeName]?.[0]?.data?.main?.[0] ?? [];
}
