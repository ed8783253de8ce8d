import { type ExecutionRecord, executionRecords } from '../support/execution-record';
import type { N8nFixture } from '../support/n8n-fixture';
import type { Said } from '../support/talk';
import { type Death, type Listener, wasRead } from './under-kills';

/** ms within which n8n may swap what it is given. */
const TOGETHER = 1000;

/** How the trigger of a listener acknowledges; also its name. */
export type Mode = 'onCompletion' | 'onSuccess' | 'immediately';

export interface ListenerInMode extends Listener {
	readonly name: Mode;
}

/** A record of n8n's, with the life of the process that it belongs to: 0 until the first kill. */
interface Run extends ExecutionRecord {
	readonly life: number;
	/** ms since 1970. */
	readonly createdAt: number;
	readonly startedAt: number;
	readonly stoppedAt: number;
}

type Faults = Record<
	'lost' | 'early' | 'order' | 'repeatedThoughRead' | 'recordsOfImmediately',
	string[]
>;

export const NO_FAULTS: Faults = {
	lost: [],
	early: [],
	order: [],
	repeatedThoughRead: [],
	recordsOfImmediately: [],
};

interface Findings {
	readonly faults: Faults;
	readonly executions: number;
	/**
	 * Messages that succeeded more than once in a workflow; and those that were cut off by a kill and
	 * then ran again.
	 */
	readonly succeededAgain: number;
	readonly ranAgain: number;
	readonly crashed: number;
}

/** What became of each message that was said, judged against docs/guarantees.md. */
export async function audit(
	{ rest, hasDeduplication }: Pick<N8nFixture, 'rest' | 'hasDeduplication'>,
	listeners: readonly ListenerInMode[],
	said: readonly Said[],
	deaths: readonly Death[],
): Promise<Findings> {
	const faults: Faults = structuredClone(NO_FAULTS);
	let [executions, succeededAgain, ranAgain, crashed] = [0, 0, 0, 0];
	for (const listener of listeners) {
		const runs = (await executionRecords(rest, listener.workflowId)).map((record) =>
			inItsLife(record, deaths),
		);
		const heard = said.filter((each) => each.speaker.agentId === listener.agent.id);
		executions += runs.length;
		crashed += runs.filter(({ summary }) => summary.status === 'crashed').length;
		for (const message of heard) {
			const own = runs.filter(({ item }) => item.messageId === message.stored.id);
			const successes = own.filter(({ summary }) => summary.status === 'success');
			if (successes.length > 1) succeededAgain += 1;
			if (new Set(own.map(({ life }) => life)).size > 1) ranAgain += 1;
			const name = `${listener.name}: ${message.words}`;
			if (listener.name === 'immediately') {
				if (own.length === 0 || (own.length > 1 && hasDeduplication))
					faults.recordsOfImmediately.push(`${name} has ${own.length} (${describe(own)})`);
			} else if (successes.length === 0) faults.lost.push(`${name} (${describe(own)})`);
			for (const [life, death] of deaths.entries())
				if (wasRead(message, death)) judgeRead(name, listener, own, life, death, faults);
		}
		faults.order.push(...orderBreaks(listener, heard, runs));
	}
	return { faults, executions, succeededAgain, ranAgain, crashed };
}

/**
 * By the time of its creation: n8n begins after a crash what it had created and not begun before.
 */
function inItsLife(record: ExecutionRecord, deaths: readonly Death[]): Run {
	const time = (text: string | null) => (text === null ? Infinity : Date.parse(text));
	const { createdAt, startedAt, stoppedAt } = record.summary;
	const created = time(createdAt);
	return {
		...record,
		createdAt: created,
		startedAt: time(startedAt),
		stoppedAt: time(stoppedAt),
		life: deaths.filter(({ at }) => at < created).length,
	};
}

/**
 * What counted as read at a kill must have had its execution before, and must not have another one
 * after.
 */
function judgeRead(
	name: string,
	{ name: mode }: ListenerInMode,
	own: readonly Run[],
	life: number,
	death: Death,
	faults: Faults,
): void {
	const before = own.filter((run) => run.life <= life);
	const done = before.some(
		({ summary, stoppedAt }) =>
			mode === 'immediately' || (summary.status === 'success' && stoppedAt <= death.at),
	);
	if (!done) faults.early.push(`${name} was read at kill ${life + 1} (${describe(own)})`);
	if (own.some((run) => run.life > life))
		faults.repeatedThoughRead.push(`${name} was read at kill ${life + 1} (${describe(own)})`);
}

/**
 * In each life and chat, executions begin in the order of the messages, and in the waiting modes
 * one after another. With "immediately" n8n reads the published workflow from its database for each
 * execution, several at once. So it may begin in another order what was handed over together. After
 * 67 hand-overs in the right order, 12 pairs of records stood in the wrong one.
 */
function orderBreaks(
	{ name }: ListenerInMode,
	heard: readonly Said[],
	runs: readonly Run[],
): string[] {
	const lanes = new Map<string, { run: Run; place: number }[]>();
	for (const run of runs) {
		const place = heard.findIndex(({ stored }) => stored.id === run.item.messageId);
		const lane = `${run.life} ${heard[place]?.speaker.name ?? '?'}`;
		lanes.set(lane, [...(lanes.get(lane) ?? []), { run, place }]);
	}
	const breaks: string[] = [];
	for (const lane of lanes.values()) {
		for (const [index, { run, place }] of lane.entries()) {
			const next = lane[index + 1];
			if (!next) continue;
			const isRetry =
				place === next.place && run.item.delivery.attempt < next.run.item.delivery.attempt;
			const isInOrder = isRetry || place < next.place;
			const isAlone = run.stoppedAt <= next.run.startedAt && run.summary.status !== 'crashed';
			const isTogether = next.run.createdAt - run.createdAt < TOGETHER;
			if (name === 'immediately' ? !isInOrder && !isTogether : !isInOrder || !isAlone)
				breaks.push(`${name}: ${describe([run, next.run])}`);
		}
	}
	return breaks;
}

function describe(runs: readonly Run[]): string {
	const words = runs.map(
		({ summary, item, life }) =>
			`${item.plainText} #${summary.id} ${summary.status} attempt ` +
			`${item.delivery.attempt} in life ${life}`,
	);
	return words.join(', then ') || 'no execution';
}

/** One line for the log of a test run. */
export function figures(
	{ faults, executions, succeededAgain, ranAgain, crashed }: Findings,
	said: readonly Said[],
	deaths: readonly Death[],
): string {
	return [
		`${said.length} messages, ${executions} executions, ` + `${deaths.length} kills`,
		`${faults.lost.length + faults.recordsOfImmediately.length} lost`,
		`${ranAgain} ran again after a kill (${succeededAgain} had succeeded), ` +
			`${faults.repeatedThoughRead.length} of them read`,
		`${faults.early.length} early, ${faults.order.length} order breaks, ` +
			`${crashed} executions cut off`,
	].join(', ');
}
