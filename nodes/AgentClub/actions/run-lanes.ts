import type { INodeExecutionData } from 'n8n-workflow';
import { errorItem, toNodeError } from '../../shared/errors';
import { swallowsErrors } from '../tool';
import type { Operation, OperationContext } from './operation';

/** Items that keep their order, one after the other. */
interface Lane {
	readonly indexes: number[];
	readonly abort: AbortController;
	/** The item that is being worked on. */
	current: number;
}

/**
 * Runs an operation for all items: those of one lane one after the other, lanes side by side.
 * Without *Continue* the first failure in time ends the run: what stands before that item is still
 * worked on, and nothing after it is begun.
 * @throws NodeApiError or NodeOperationError of that failure, which says how many items were sent
 */
export async function runLanes(
	operation: Operation,
	context: OperationContext,
	count: number,
): Promise<Outcome> {
	return await new LaneRun(operation, context, count).run();
}

export interface Outcome {
	/** For each item. */
	readonly results: INodeExecutionData[][];
	/** Items that became error items. */
	readonly failures: number;
}

class LaneRun {
	private failures = 0;
	private readonly results: INodeExecutionData[][] = [];
	private readonly lanes = new Map<string, Lane>();
	private firstFailure: { readonly index: number; readonly error: unknown } | undefined;
	/** The first item in the order of the items that is not begun any more. */
	private end: number;

	constructor(
		private readonly operation: Operation,
		private readonly context: OperationContext,
		private readonly count: number,
	) {
		this.end = count;
	}

	async run(): Promise<Outcome> {
		for (let index = 0; index < this.end; index += 1)
			await this.attempt(index, () => this.assign(index));
		if (!this.firstFailure) await Promise.all(Array.from(this.lanes.values(), this.runLane));
		if (!this.firstFailure) return { results: this.results, failures: this.failures };
		const { index, error } = this.firstFailure;
		throw toNodeError(this.context.host, error, index, this.account());
	}

	private async assign(index: number): Promise<void> {
		const name = (await this.operation.lane?.(this.context, index)) ?? '';
		const lane = this.lanes.get(name);
		if (lane) lane.indexes.push(index);
		else this.lanes.set(name, { indexes: [index], abort: new AbortController(), current: index });
	}

	private readonly runLane = async (lane: Lane): Promise<void> => {
		// A signal for each lane: of one that all share, Node.js warns at more than ten listeners.
		const signal = AbortSignal.any([this.context.signal, lane.abort.signal]);
		const context = { ...this.context, signal };
		for (const index of lane.indexes) {
			if (index >= this.end) return;
			lane.current = index;
			await this.attempt(index, async () => {
				this.results[index] = paired(await this.operation.execute(context, index), index);
			});
		}
	};

	private async attempt(index: number, step: () => Promise<void>): Promise<void> {
		const { host } = this.context;
		try {
			await step();
		} catch (error) {
			if (!host.continueOnFail() && !swallowsErrors(host, index)) {
				this.fail(index, error);
				return;
			}
			this.failures += 1;
			this.results[index] = [errorItem(toNodeError(host, error, index), index)];
		}
	}

	private fail(index: number, error: unknown): void {
		this.firstFailure ??= { index, error };
		this.end = Math.min(this.end, index);
		for (const { abort, current } of this.lanes.values()) if (current > this.end) abort.abort();
	}

	/** What was sent, for whoever has to send the rest. */
	private account(): string | undefined {
		const { wasSent } = this.operation;
		if (!wasSent || this.count === 1) return undefined;
		const sent = [...this.results.keys()].filter((index) => this.results[index]?.some(wasSent));
		return sent.length === 0
			? `None of the ${this.count} items was sent.`
			: `Sent were ${sent.length} of the ${this.count} items: ${rangesOf(sent)}.`;
	}
}

const MOST_RANGES = 20;

/** "0 to 3, 7" for 0, 1, 2, 3, 7. */
function rangesOf(ascending: readonly number[]): string {
	const ranges: Array<{ readonly from: number; to: number }> = [];
	for (const index of ascending) {
		const last = ranges.at(-1);
		if (last?.to === index - 1) last.to = index;
		else ranges.push({ from: index, to: index });
	}
	const texts = ranges.map(({ from, to }) => (from === to ? `${from}` : `${from} to ${to}`));
	return texts.length <= MOST_RANGES
		? texts.join(', ')
		: `${texts.slice(0, MOST_RANGES).join(', ')} and others`;
}

function paired(
	result: Awaited<ReturnType<Operation['execute']>>,
	item: number,
): INodeExecutionData[] {
	return [result].flat().map((each) => ({ ...each, pairedItem: { item } }));
}
