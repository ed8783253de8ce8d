import { outputOf, type Execution } from '../../playground/host/n8n-types';
import { chain, codeNode } from '../../playground/host/workflow-json';
import { Desk } from '../support/desk';
import { executionRecords } from '../support/execution-record';
import { unreadBecomes, unreadOf } from '../support/unread';
import { type Cast, mention, openTrigger, Scene, START_WITHIN } from './scene';

/** Seconds that n8n gives running executions when it stops. */
const GRACE = '10';
/** ms: n8n starts again. */
const RECOVERY = 90_000;

let scene: Scene;
let desk: Desk;
/** Texts whose next call is answered with an error. */
const failing = new Set<string>();

beforeAll(async () => {
	scene = await Scene.start({ N8N_GRACEFUL_SHUTDOWN_TIMEOUT: GRACE });
	desk = await Desk.start(({ text }) => (failing.delete(text) ? 500 : 200));
}, START_WITHIN);

afterAll(async () => {
	await scene.stop();
	await desk.stop();
}, 60_000);

const inGroup = ({ mia, group, agent }: Cast, words: string) =>
	scene.club.say(mia.id, group, mention(agent, words));
const inDirect = ({ mia, direct }: Cast, words: string) =>
	scene.club.say(mia.id, direct, { content: words });
const mentioned = ({ agent }: Cast, words: string) => mention(agent, words).content;
const unread = ({ agent }: Cast) => unreadOf(scene.club.url, agent.token);
const unreadIs = ({ agent }: Cast, ...contents: string[]) =>
	unreadBecomes(scene.club.url, agent.token, contents);
const textOf = (execution: Execution | undefined) =>
	outputOf(execution, 'Agent Club Trigger')[0]?.json.plainText;

/** All executions of a workflow, crashed ones too: what became of them, and of which message. */
async function story(workflow: string): Promise<string[]> {
	return (await executionRecords(scene.host.rest, workflow)).map(
		({ summary, item }) => `${item.plainText}: ${summary.status}`,
	);
}

/**
 * Asks n8n to stop; resolves when its triggers are closed and it waits for executions. `gone` is
 * its end.
 */
async function beginToStop(): Promise<{ gone: Promise<void> }> {
	const { n8n } = scene.host;
	const waits = n8n.output.waitFor(/Waiting for \d+ active executions? to finish/, 30_000);
	const gone = n8n.stop();
	await waits;
	return { gone };
}

it('marks what succeeds while n8n stops and starts nothing more; after the restart that does not come again, and what waited comes', async () => {
	const completion = await scene.cast();
	const success = await scene.cast();
	const first = await scene.host.publish(
		chain('completion', [openTrigger(completion.credential), desk.node('completion')]),
	);
	const second = await scene.host.publish(
		chain('success', [
			openTrigger(success.credential, {}, { acknowledge: 'onSuccess' }),
			desk.node('success'),
		]),
	);
	desk.hold('running');
	for (const words of ['running', 'waiting', 'last']) await inGroup(completion, words);
	for (const words of ['running', 'waiting', 'last']) await inDirect(success, words);
	await desk.called({ text: 'running' }, 2);
	const { gone } = await beginToStop();
	desk.release('running');
	await gone;
	expect(await unread(completion)).toEqual([
		mentioned(completion, 'waiting'),
		mentioned(completion, 'last'),
	]);
	expect(await unread(success)).toEqual(['waiting', 'last']);
	await scene.host.n8n.startAgain();
	await desk.called({ text: 'last' }, 2);
	await unreadIs(completion);
	await unreadIs(success);
	for (const workflow of [first, second])
		expect(await story(workflow)).toEqual([
			'running: success',
			'waiting: success',
			'last: success',
		]);
});

it('leaves unread what fails because n8n stops: a Code node reached then, one that runs then, an execution that outlives the grace time', async () => {
	const reached = await scene.cast();
	const runs = await scene.cast();
	const outlives = await scene.cast();
	const apology = { failureReply: 'Sorry.' };
	const workflows = [
		await scene.host.publish(
			chain('reached', [
				openTrigger(reached.credential, apology),
				desk.node('reached'),
				codeNode('Code', 'return $input.all();'),
			]),
		),
		await scene.host.publish(
			chain('runs', [
				openTrigger(runs.credential, { ...apology, retries: 0 }, { acknowledge: 'onSuccess' }),
				desk.codeNode('runs'),
			]),
		),
		await scene.host.publish(
			chain('outlives', [openTrigger(outlives.credential, apology), desk.node('outlives')]),
		),
	];
	const casts = [reached, runs, outlives];
	desk.hold('reached', 'runs', 'outlives');
	for (const [index, words] of ['reached', 'runs', 'outlives'].entries()) {
		await inDirect(casts[index] as Cast, words);
		await desk.called({ workflow: words, text: words });
	}
	const { gone } = await beginToStop();
	desk.release('reached');
	await gone;
	expect(await Promise.all(casts.map(unread))).toEqual([['reached'], ['runs'], ['outlives']]);
	desk.release('runs', 'outlives');
	await scene.host.n8n.startAgain();
	for (const cast of casts) await unreadIs(cast);
	expect(await Promise.all(workflows.map(story))).toEqual([
		['reached: error', 'reached: success'],
		['runs: error', 'runs: success'],
		['outlives: crashed', 'outlives: success'],
	]);
	for (const { mia, direct } of casts)
		expect(await scene.club.history(mia.id, direct)).toHaveLength(1);
});

it('settles after a deactivation only what succeeds, and brings the rest when the workflow is activated again, with what was written meanwhile', async () => {
	const cast = await scene.cast();
	const workflow = await scene.host.publish(
		chain('deactivated', [
			openTrigger(cast.credential, { failureReply: 'Sorry.' }),
			desk.node('deactivated'),
		]),
	);
	desk.hold('good', 'bad');
	failing.add('bad');
	await inGroup(cast, 'good');
	await inDirect(cast, 'bad');
	await desk.called({ workflow: 'deactivated' }, 2);
	await inGroup(cast, 'good 2');
	await inDirect(cast, 'bad 2');
	await scene.host.rest.deactivate(workflow);
	desk.release('good', 'bad');
	await scene.host.ended(workflow, 2);
	await unreadIs(cast, 'bad', mentioned(cast, 'good 2'), 'bad 2');
	await inGroup(cast, 'meanwhile');
	expect((await scene.host.rest.publish(workflow)).status).toBe('published');
	await scene.host.ended(workflow, 6, RECOVERY);
	await unreadIs(cast);
	const all = await story(workflow);
	expect(all.filter((each) => each.startsWith('good') || each.startsWith('meanwhile'))).toEqual([
		'good: success',
		'good 2: success',
		'meanwhile: success',
	]);
	expect(all.filter((each) => each.startsWith('bad'))).toEqual([
		'bad: error',
		'bad: success',
		'bad 2: success',
	]);
	expect(
		(await scene.club.history(cast.mia.id, cast.direct)).map(({ content }) => content),
	).toEqual(['bad', 'bad 2']);
});

it('starts nothing a second time when it is published again with executions running, and judges what waits by the new filter', async () => {
	const cast = await scene.cast();
	const trigger = openTrigger(cast.credential, {}, { requireMention: false });
	const stricter = { ...trigger, parameters: { ...trigger.parameters, requireMention: true } };
	const work = desk.node('published again');
	const workflow = await scene.host.publish(chain('published again', [trigger, work]));
	desk.hold('running');
	await inGroup(cast, 'running');
	await desk.called({ workflow: 'published again', text: 'running' });
	await scene.club.say(cast.mia.id, cast.group, { content: 'no mention' });
	await inGroup(cast, 'mention');
	await scene.host.publishAgain(workflow, chain('published again', [stricter, work]));
	expect(await unread(cast)).toEqual([
		mentioned(cast, 'running'),
		'no mention',
		mentioned(cast, 'mention'),
	]);
	desk.release('running');
	await desk.called({ workflow: 'published again', text: 'mention' });
	await unreadIs(cast);
	expect((await scene.host.ended(workflow, 2)).map(textOf)).toEqual(['running', 'mention']);
});
