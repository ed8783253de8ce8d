import { isWithoutData, type N8nRest } from '../../playground/host/n8n-rest';
import type { Execution, ExecutionSummary } from '../../playground/host/n8n-types';
import { outputOf } from '../../playground/host/n8n-types';

/** An execution as n8n's database has it, with the message that it was for. */
export interface ExecutionRecord {
	readonly summary: ExecutionSummary;
	readonly execution: Execution;
	/** The trigger's item. */
	readonly item: {
		readonly messageId: string;
		readonly chatId: string;
		readonly plainText: string;
		readonly delivery: { readonly attempt: number; readonly source: string };
	};
}

/** Requests to n8n at the same time. */
const AT_ONCE = 8;

/**
 * All executions of a workflow of which n8n has kept the data, oldest first, whatever became of
 * them. Of those of a worker that died, n8n (in queue mode) keeps nothing but an error. Only a
 * deduplication key says which message they were for.
 */
export async function executionRecords(
	rest: N8nRest,
	workflowId: string,
): Promise<ExecutionRecord[]> {
	const summaries = (await rest.allExecutions(workflowId)).sort(
		(a, b) => Number(a.id) - Number(b.id),
	);
	const records: ExecutionRecord[] = [];
	for (let from = 0; from < summaries.length; from += AT_ONCE) {
		const some = await Promise.all(
			summaries.slice(from, from + AT_ONCE).map((summary) => recordOf(rest, summary)),
		);
		records.push(...some.filter((record) => record !== undefined));
	}
	return records;
}

async function recordOf(
	rest: N8nRest,
	summary: ExecutionSummary,
): Promise<ExecutionRecord | undefined> {
	const execution = await rest.execution(summary.id).catch((error: unknown) => {
		if (!isWithoutData(error)) throw error;
	});
	if (execution === undefined) return undefined;
	if (isLostWithWorker(execution)) return lostRecord(summary, execution);
	const item =
		summary.status === 'crashed' || summary.status === 'running'
			? startOf(execution)
			: outputOf(execution, 'Agent Club Trigger')[0]?.json;
	if (typeof item?.messageId !== 'string')
		throw new Error(
			`Execution ${summary.id} (${summary.status}) does not say which message it was for`,
		);
	return { summary, execution, item: item as unknown as ExecutionRecord['item'] };
}

/**
 * What an execution that a crash cut off was to start with. n8n puts items of its own invention
 * into the output of its nodes.
 */
function startOf({ data }: Execution): Record<string, unknown> | undefined {
	return data.executionData?.nodeExecutionStack[0]?.data.main?.[0]?.[0]?.json;
}

function isLostWithWorker({ data: { executionData, resultData } }: Execution): boolean {
	return (
		Object.keys(resultData.runData).length === 0 && executionData?.nodeExecutionStack.length === 0
	);
}

function lostRecord(summary: ExecutionSummary, execution: Execution): ExecutionRecord | undefined {
	const messageId = execution.deduplicationKey?.split(':').at(-1);
	if (messageId === undefined) return undefined;
	return {
		summary,
		execution,
		item: {
			messageId,
			chatId: '',
			plainText: '(lost with its worker)',
			delivery: { attempt: 1, source: '' },
		},
	};
}
