import { setTimeout as sleep } from 'node:timers/promises';
import type { StoredMessage } from '../../playground/club/club';
import { chain, node } from '../../playground/host/workflow-json';
import { Desk } from '../support/desk';
import { type ExecutionRecord, executionRecords } from '../support/execution-record';
import { Chance, killsOfThisRun, seedOfThisRun } from '../support/seed';
import { type Said, type Speaker, Talk } from '../support/talk';
import { openTrigger, replyNode, Scene, START_WITHIN } from './scene';
import {
	type Death,
	type Listener,
	quiet,
	sayOnce,
	seenFromOutside,
	speakerTo,
	tellSeed,
	wasRead,
} from './under-kills';

const KILLS = killsOfThisRun(3);
const SEED = seedOfThisRun();
/**
 * ms for one life of the server, the pauses of reconnecting with it, and for what is left at the
 * end.
 */
const LIFE = 90_000;
/** The server is killed after so many calls of workflows that are about to answer, at most. */
const MOST_CALLS = 20;
/** ... and so many ms more, at most. */
const MOST_DELAY = 1500;

const TEXT = "$('Agent Club Trigger').first().json.plainText";
const UNKNOWN = 'Nobody can tell whether the message was sent';

const chance = new Chance(SEED);
let scene: Scene;
let desk: Desk;

beforeAll(async () => {
	scene = await Scene.start();
	desk = await Desk.start();
}, START_WITHIN);

afterAll(async () => {
	await scene.stop();
	await desk.stop();
}, 60_000);

it(
	`loses no message and no answer, and repeats and disorders none, when the server is killed ${KILLS} times while n8n receives and sends`,
	async () => {
		tellSeed('server-killed', SEED);
		const { listeners, speakers } = await setScene();
		const talk = new Talk(
			speakers,
			(speaker, utterance) => sayOnce(scene, speaker, utterance),
			() => chance.between(500, 1500),
		);
		const deaths: Death[] = [];
		while (deaths.length < KILLS) deaths.push(await killOnce(listeners));
		await desk.moreCalls(10);
		await talk.stop();
		await quiet(scene, listeners);
		const findings = await audit(listeners, talk.said, deaths);
		process.stdout.write(`${figures(findings, talk.said, deaths)}\n`);
		expect({ seed: SEED, ...findings.faults }).toEqual({
			seed: SEED,
			lost: [],
			early: [],
			repeated: [],
			unanswered: [],
			answeredAgain: [],
			order: [],
		});
	},
	(4 + KILLS) * LIFE,
);

/**
 * One agent answers with a text when the workflow has finished, the other with a text and a file,
 * until it has succeeded.
 */
async function setScene(): Promise<{ listeners: Listener[]; speakers: Speaker[] }> {
	const texts = await scene.cast();
	const files = await scene.cast();
	const speakers = [
		speakerTo(texts.agent, 'group', texts.mia.id, texts.group),
		speakerTo(texts.agent, 'direct', texts.mia.id, texts.direct),
		speakerTo(files.agent, 'files', files.mia.id, files.group),
		speakerTo(files.agent, 'private', files.mia.id, files.direct),
	];
	const answer = `={{ 'answer to ' + ${TEXT} }}`;
	const withText = chain('texts', [
		openTrigger(texts.credential),
		desk.node('texts'),
		replyNode(texts.credential, answer),
	]);
	const file = node(
		'File',
		'n8n-nodes-base.convertToFile',
		{
			operation: 'toText',
			sourceProperty: 'text',
			options: { fileName: `={{ ${TEXT} + '.txt' }}` },
		},
		{ typeVersion: 1.1 },
	);
	const trigger = openTrigger(files.credential, { retryDelay: 2 }, { acknowledge: 'onSuccess' });
	const withFile = chain('files', [
		trigger,
		desk.node('files'),
		file,
		replyNode(files.credential, answer, { attachments: 'data' }),
	]);
	const listeners = [
		{ name: 'texts', agent: texts.agent, workflowId: await scene.host.publish(withText) },
		{ name: 'files', agent: files.agent, workflowId: await scene.host.publish(withFile) },
	];
	return { listeners, speakers };
}

/**
 * Kills the server at a moment by chance while workflows are about to answer. It starts again a
 * little later, and people try to talk on. Answers what was unread in between.
 */
async function killOnce(listeners: readonly Listener[]): Promise<Death> {
	await desk.moreCalls(chance.between(1, MOST_CALLS));
	await sleep(chance.between(0, MOST_DELAY));
	await scene.club.kill();
	const at = Date.now();
	// As soon as n8n finds the server again, it marks what has ended in the meantime.
	const death = await scene.club.elsewhere((url) => seenFromOutside(url, listeners, at));
	await sleep(chance.between(0, 3000));
	await scene.club.startAgain();
	return death;
}

interface Findings {
	readonly faults: Record<
		'lost' | 'early' | 'repeated' | 'unanswered' | 'answeredAgain' | 'order',
		string[]
	>;
	readonly executions: number;
	/** Executions that failed, and those of them that could not tell what became of their answer. */
	readonly failures: string[];
	readonly unknown: number;
	readonly answers: number;
}

async function audit(
	listeners: readonly Listener[],
	said: readonly Said[],
	deaths: readonly Death[],
): Promise<Findings> {
	const faults: Findings['faults'] = {
		lost: [],
		early: [],
		repeated: [],
		unanswered: [],
		answeredAgain: [],
		order: [],
	};
	const findings = { faults, executions: 0, failures: [] as string[], unknown: 0, answers: 0 };
	for (const listener of listeners) {
		const records = await executionRecords(scene.host.rest, listener.workflowId);
		const failures = records.map(failureOf).filter((failure) => failure !== undefined);
		findings.executions += records.length;
		findings.failures.push(...failures);
		findings.unknown += failures.filter((failure) => failure.includes(UNKNOWN)).length;
		const heard = said.filter(({ speaker }) => speaker.agentId === listener.agent.id);
		for (const message of heard) judgeExecutions(message, records, deaths, faults);
		for (const speaker of new Set(heard.map((each) => each.speaker))) {
			const history = await scene.club.wholeHistory(speaker.personId, speaker.chat);
			const answers = history.filter(({ senderId }) => senderId === listener.agent.id);
			findings.answers += answers.length;
			const inChat = heard.filter((each) => each.speaker === speaker);
			for (const message of inChat) judgeAnswers(listener, message, records, answers, faults);
			faults.order.push(...orderBreaks(inChat, answers));
		}
	}
	return findings;
}

/**
 * n8n lives all the while. So each message has its one execution, or one for each attempt that
 * failed before. Nothing is read before it has ended.
 */
function judgeExecutions(
	message: Said,
	records: readonly ExecutionRecord[],
	deaths: readonly Death[],
	faults: Findings['faults'],
): void {
	const own = recordsOf(message, records);
	const attempts = own.map(({ item }) => item.delivery.attempt);
	if (own.length === 0) faults.lost.push(message.words);
	if (attempts.some((attempt, index) => attempt !== index + 1))
		faults.repeated.push(`${message.words}: attempts ${attempts.join(', ')}`);
	const endedAt = Math.max(...own.map(({ summary }) => Date.parse(summary.stoppedAt ?? '')));
	for (const death of deaths) {
		if (wasRead(message, death) && !(endedAt <= death.at))
			faults.early.push(`${message.words} was read at a kill of ${death.at} and ended ${endedAt}`);
	}
}

/**
 * Each part of the answer stands once in the chat; where an execution could not tell, or failed
 * half-way, both are possible.
 */
function judgeAnswers(
	listener: Listener,
	message: Said,
	records: readonly ExecutionRecord[],
	answers: readonly StoredMessage[],
	faults: Findings['faults'],
): void {
	const failures = recordsOf(message, records)
		.map(failureOf)
		.filter((failure) => failure !== undefined);
	const isExcused = failures.some((failure) => failure.includes(UNKNOWN));
	const parts = partsOf(listener.name, message.words);
	for (const part of parts) {
		const count = answers.filter((answer) => nameOf(answer) === part).length;
		if (count === 0 && !isExcused)
			faults.unanswered.push(`${part} (${failures.join('; ') || 'no failure'})`);
		if (count > 1 && !isExcused)
			faults.answeredAgain.push(`${part}, ${count} times (${failures.join('; ') || 'no failure'})`);
	}
}

function partsOf(listener: string, words: string): string[] {
	return listener === 'files' ? [`answer to ${words}`, `${words}.txt`] : [`answer to ${words}`];
}

function nameOf({ content, fileName }: StoredMessage): string {
	return fileName || content;
}

/** Answers stand in the order of the messages. */
function orderBreaks(heard: readonly Said[], answers: readonly StoredMessage[]): string[] {
	const places = answers.map((answer) =>
		heard.findIndex(
			({ words }) => nameOf(answer) === `answer to ${words}` || nameOf(answer) === `${words}.txt`,
		),
	);
	return answers.flatMap((answer, index) => {
		const before = answers[index - 1];
		return before && (places[index] ?? 0) < (places[index - 1] ?? 0)
			? [`${nameOf(answer)} stands after ${nameOf(before)}`]
			: [];
	});
}

function recordsOf({ stored }: Said, records: readonly ExecutionRecord[]): ExecutionRecord[] {
	return records.filter(({ item }) => item.messageId === stored.id);
}

function failureOf({ summary, execution }: ExecutionRecord): string | undefined {
	return summary.status === 'success'
		? undefined
		: `${summary.status}: ${execution.data.resultData.error?.message ?? 'no error is told'}`;
}

function figures(
	{ faults, executions, failures, unknown, answers }: Findings,
	said: readonly Said[],
	deaths: readonly Death[],
): string {
	const kinds = [...new Set(failures)].map(
		(failure) => `${String(failures.filter((each) => each === failure).length)} × "${failure}"`,
	);
	return [
		`server-killed: ${said.length} messages, ${executions} executions, ` +
			`${answers} answers, ${deaths.length} kills`,
		`${faults.lost.length} lost, ${faults.repeated.length} repeated, ` +
			`${faults.early.length} early`,
		`${faults.unanswered.length} unanswered, ${faults.answeredAgain.length} ` +
			`answered again, ${faults.order.length} order breaks`,
		`${unknown} of unknown outcome, ${failures.length} failed ` +
			`attempts${kinds.length > 0 ? ` (${kinds.join(', ')})` : ''}`,
	].join(', ');
}
