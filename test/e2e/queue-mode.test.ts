import { setTimeout as sleep } from 'node:timers/promises';
import type { ChatAddress } from '../../playground/club/club';
import { actionNode, chain } from '../../playground/host/workflow-json';
import type { N8n } from '../../playground/host/n8n-process';
import { type ExecutionSummary, outputOf } from '../../playground/host/n8n-types';
import { Desk } from '../support/desk';
import { executionRecords } from '../support/execution-record';
import { itIfToldOfFailedStarts, itWhere, n8nReads } from '../support/only-where';
import { Chance } from '../support/seed';
import { TINY_PNG } from '../support/tiny-png';
import { unreadBecomes, unreadOf } from '../support/unread';
import { QueueScene } from './queue-scene';
import { type Cast, mention, openTrigger, replyNode, type Scene, START_WITHIN } from './scene';

/** What n8n 1.123 lacks, see docs/compatibility.md. */
const itIfLostOnesFail = itWhere(
	!n8nReads('QUEUE_WORKER_MAX_STALLED_COUNT'),
	'this n8n runs an execution again that dies with its worker',
);
const itIfEndsAreKept = itWhere(
	n8nReads('N8N_EXECUTIONS_QUEUE_KEEP_LAST_COMPLETED'),
	'the queue of this n8n keeps no jobs after their end',
);

let queue: QueueScene;
let scene: Scene;
let desk: Desk;
/** Texts whose next call is answered with an error. */
const failing = new Set<string>();
/** ms for each call of a workflow at the desk. */
let work: () => number = () => 0;

beforeAll(async () => {
	queue = await QueueScene.start();
	({ scene } = queue);
	desk = await Desk.start(async ({ text }) => {
		await sleep(work());
		return failing.delete(text) ? 500 : 200;
	});
}, START_WITHIN);

afterAll(async () => {
	await queue.stop();
	await desk.stop();
}, 120_000);

const inGroup = ({ mia, group, agent }: Cast, words: string) =>
	scene.club.say(mia.id, group, mention(agent, words));
const inDirect = ({ mia, direct }: Cast, words: string) =>
	scene.club.say(mia.id, direct, { content: words });
const mentioned = ({ agent }: Cast, words: string) => mention(agent, words).content;
const unread = ({ agent }: Cast) => unreadOf(scene.club.url, agent.token);
const unreadIs = ({ agent }: Cast, ...contents: string[]) =>
	unreadBecomes(scene.club.url, agent.token, contents);
const echo = ({ credential }: Cast) =>
	replyNode(credential, '={{ $("Agent Club Trigger").first().json.plainText }}');

describe('a message counts as read by what the worker reports', () => {
	it('with "When the Workflow Has Finished" when its execution ends, and the answer comes from the worker', async () => {
		const cast = await scene.cast();
		const workflow = await scene.host.publish(
			chain('completion', [openTrigger(cast.credential), desk.node('completion'), echo(cast)]),
		);
		desk.hold('slow');
		await inGroup(cast, 'slow');
		await desk.called({ text: 'slow' });
		expect(await unread(cast)).toEqual([mentioned(cast, 'slow')]);
		desk.release('slow');
		expect(
			(await cast.page.from(cast.agent.id, cast.group.id)).map(({ content }) => content),
		).toEqual(['slow']);
		await unreadIs(cast);
		const [execution] = await scene.host.ended(workflow, 1);
		expect(execution?.status).toBe('success');
		expect(queue.workersOf(execution?.id ?? '')).toHaveLength(1);
	});

	it('with "When the Workflow Has Succeeded" only after a success: a failed execution is tried again', async () => {
		const cast = await scene.cast();
		const trigger = openTrigger(cast.credential, { retryDelay: 3 }, { acknowledge: 'onSuccess' });
		const workflow = await scene.host.publish(
			chain('success', [trigger, desk.node('success'), echo(cast)]),
		);
		failing.add('once more');
		await inGroup(cast, 'once more');
		await scene.host.ended(workflow, 1);
		expect(await unread(cast)).toEqual([mentioned(cast, 'once more')]);
		await cast.page.from(cast.agent.id, cast.group.id);
		await unreadIs(cast);
		expect(await story(workflow)).toEqual([
			'once more, attempt 1: error',
			'once more, attempt 2: success',
		]);
	});

	it('with "When the Workflow Calls Mark as Read" by the operation on a worker alone, with everything earlier in the chat', async () => {
		const cast = await scene.cast();
		const mark = actionNode(
			cast.credential,
			{
				resource: 'message',
				operation: 'markAsRead',
				messageId: '={{ $("Agent Club Trigger").first().json.messageId }}',
			},
			'Mark',
		);
		const trigger = openTrigger(cast.credential, {}, { acknowledge: 'manually' });
		const workflow = await scene.host.publish(
			chain('manually', [trigger, desk.node('manually'), mark]),
		);
		for (const words of ['first', 'second']) failing.add(words);
		for (const words of ['first', 'second']) await inGroup(cast, words);
		await scene.host.ended(workflow, 2);
		expect(await unread(cast)).toEqual([mentioned(cast, 'first'), mentioned(cast, 'second')]);
		await inGroup(cast, 'third');
		await scene.host.ended(workflow, 3);
		await unreadIs(cast);
		expect(await story(workflow)).toEqual([
			'first, attempt 1: error',
			'second, attempt 1: error',
			'third, attempt 1: success',
		]);
	});

	it('with "Immediately" while its execution still runs, and each message has one execution', async () => {
		const cast = await scene.cast();
		const trigger = openTrigger(cast.credential, {}, { acknowledge: 'immediately' });
		const workflow = await scene.host.publish(
			chain('immediately', [trigger, desk.node('immediately')]),
		);
		const words = Array.from({ length: 8 }, (_nothing, index) => `at once ${index}`);
		desk.hold(...words);
		for (const each of words) await inGroup(cast, each);
		await desk.called({ workflow: 'immediately' }, words.length);
		await unreadIs(cast);
		desk.release(...words);
		await scene.host.ended(workflow, words.length);
		expect((await story(workflow)).sort()).toEqual(
			words.map((each) => `${each}, attempt 1: success`),
		);
	});

	it('with "Immediately" not while n8n waits for Redis with it: it runs after n8n has ended itself', async () => {
		const cast = await scene.cast();
		const trigger = openTrigger(cast.credential, {}, { acknowledge: 'immediately' });
		await scene.host.publish(chain('redis', [trigger, desk.node('redis')]));
		const [main, ...workers] = [scene.host.n8n, ...queue.workers];
		await queue.services.redis.kill();
		await inGroup(cast, 'without Redis');
		await Promise.all([main, ...workers].map((n8n) => n8n.ended()));
		expect(await unread(cast)).toEqual([mentioned(cast, 'without Redis')]);
		await queue.services.redis.start();
		await main.startAgain();
		for (const worker of workers) await worker.startAgain();
		await desk.called({ workflow: 'redis', text: 'without Redis' });
		await unreadIs(cast);
	}, 180_000);
});

it('files come in and go out byte for byte, through the database where n8n keeps them there in queue mode', async () => {
	const cast = await scene.cast();
	const send = replyNode(cast.credential, 'again', { attachments: 'data' });
	const workflow = await scene.host.publish(chain('files', [openTrigger(cast.credential), send]));
	const { url } = await scene.club.uploadAs(cast.mia.id, 'Bild ä.png', TINY_PNG);
	await scene.club.say(cast.mia.id, cast.direct, {
		contentType: 'image',
		fileUrl: url,
		fileName: 'Bild ä.png',
	});
	const [, file] = await cast.page.from(cast.agent.id, cast.direct.id, 2);
	expect(file).toMatchObject({ content_type: 'image', file_name: 'Bild ä.png' });
	expect(
		Buffer.from(await (await fetch(scene.club.url + (file?.file_url ?? ''))).arrayBuffer()),
	).toEqual(TINY_PNG);
	const [execution] = await scene.host.ended(workflow, 1);
	const { binaryDataMode: mode } = (await scene.host.rest.request('GET', '/rest/settings')) as {
		binaryDataMode: string;
	};
	// n8n 1.123 keeps them in the items, which it calls its default.
	expect(['database', 'default']).toContain(mode);
	expect(outputOf(execution, 'Agent Club Trigger')[0]?.binary?.data?.id?.split(':')[0]).toBe(
		mode === 'default' ? undefined : mode,
	);
});

it('keeps the order of each chat over two workers, one execution at a time, and the chats side by side', async () => {
	const cast = await scene.cast();
	const chance = new Chance(1);
	work = () => chance.between(0, 300);
	const workflow = await scene.host.publish(
		chain('order', [
			openTrigger(cast.credential, {}, { requireMention: false }),
			desk.node('order'),
			echo(cast),
		]),
	);
	const speakers = [{ id: cast.mia.id, chat: cast.group, name: 'mia' }];
	for (const name of ['ada', 'ben', 'cem', 'dora']) speakers.push(await guest(cast, name));
	const numbers = Array.from({ length: 12 }, (_nothing, index) => index + 1);
	for (const number of numbers) {
		await Promise.all(
			speakers.map(({ id, chat, name }) =>
				scene.club.say(id, chat, { content: `${name} ${number}` }),
			),
		);
	}
	await scene.host.ended(workflow, numbers.length * speakers.length, 120_000);
	work = () => 0;
	for (const { id, chat, name } of speakers) {
		const answers = (await scene.club.history(id, chat)).filter(
			({ senderId }) => senderId === cast.agent.id,
		);
		expect(answers.map(({ content }) => content)).toEqual(
			numbers.map((number) => `${name} ${number}`),
		);
	}
	const records = await executionRecords(scene.host.rest, workflow);
	const overlapping = (ofOneChat: boolean) =>
		records.filter((one, index) =>
			records.slice(index + 1).some((other) => {
				const isSameChat = one.item.chatId === other.item.chatId;
				return isSameChat === ofOneChat && overlap(one.summary, other.summary);
			}),
		);
	expect(overlapping(true)).toEqual([]);
	expect(overlapping(false).length).toBeGreaterThan(0);
	expect(queue.workersOf(...records.map(({ summary }) => summary.id))).toHaveLength(2);
	await unreadIs(cast);
});

it('"Execute step" on a worker takes a message and marks nothing, while the published trigger on the main works on it', async () => {
	const cast = await scene.cast();
	const workflow = await scene.host.publish(
		chain('tested', [openTrigger(cast.credential), desk.node('tested'), echo(cast)]),
	);
	const logged = queue.workers.map((worker) =>
		worker.output.waitFor(/Waiting for one live message that passes the filters/, 60_000),
	);
	await scene.host.rest.runManually(workflow, 'Agent Club Trigger', 'Agent Club Trigger');
	await Promise.any(logged);
	desk.hold('both');
	await inGroup(cast, 'both');
	await desk.called({ workflow: 'tested', text: 'both' });
	const [test] = await scene.host.ended(workflow, 1);
	expect(test?.mode).toBe('manual');
	expect(outputOf(test, 'Agent Club Trigger')[0]?.json).toMatchObject({
		plainText: 'both',
		delivery: { source: 'test' },
	});
	// Longer than a mark waits.
	await sleep(5000);
	expect(await unread(cast)).toEqual([mentioned(cast, 'both')]);
	desk.release('both');
	await unreadIs(cast);
});

describe('a worker that is killed in mid-execution', () => {
	itIfLostOnesFail(
		'costs no message: the execution counts as failed and is tried again on another worker; other chats do not wait for that',
		async () => {
			const success = await scene.cast();
			const completion = await scene.cast();
			const trigger = openTrigger(
				success.credential,
				{ retryDelay: 1 },
				{ acknowledge: 'onSuccess' },
			);
			const first = await scene.host.publish(
				chain('lost', [trigger, desk.node('lost'), echo(success)]),
			);
			const second = await scene.host.publish(
				chain('lost too', [
					openTrigger(completion.credential, { failureReply: 'Sorry.' }),
					desk.node('lost too'),
					echo(completion),
				]),
			);
			desk.hold('cut off');
			await inGroup(success, 'cut off');
			await inGroup(completion, 'cut off');
			await desk.called({ text: 'cut off' }, 2);
			const running = [
				...(await scene.host.inState(first, 'running')),
				...(await scene.host.inState(second, 'running')),
			];
			const killed = queue.workersOf(...running.map(({ id }) => id));
			for (const worker of killed) await worker.kill();
			for (const worker of killed) await worker.startAgain();
			await inDirect(success, 'meanwhile');
			expect(
				(await success.page.from(success.agent.id, success.direct.id)).map(
					({ content }) => content,
				),
			).toEqual(['meanwhile']);
			await unreadIs(success, mentioned(success, 'cut off'));
			desk.release('cut off');
			await scene.host.ended(first, 3, 120_000);
			await scene.host.ended(second, 1, 120_000);
			await Promise.all([unreadIs(success), unreadIs(completion)]);
			const answers = async ({ mia, group, agent }: Cast) =>
				(await scene.club.history(mia.id, group))
					.filter(({ senderId }) => senderId === agent.id)
					.map(({ content }) => content);
			expect(await answers(success)).toEqual(['cut off']);
			expect(await answers(completion)).toEqual(['Sorry.']);
			// What its row says depends on who notes it first, the main (an error) or the worker that has
			// come back (a crash).
			const [lost, ...others] = await scene.host.ended(first, 3);
			expect(['error', 'crashed']).toContain(lost?.status);
			const items = others.map(
				(execution) =>
					outputOf(execution, 'Agent Club Trigger')[0]?.json as {
						plainText: string;
						delivery: { attempt: number };
					},
			);
			expect(
				items.map(({ plainText, delivery }) => `${plainText}, attempt ${delivery.attempt}`).sort(),
			).toEqual(['cut off, attempt 2', 'meanwhile, attempt 1']);
		},
	);
});

it('a worker that is stopped in order finishes what it runs, which is then read and not tried again', async () => {
	const cast = await scene.cast();
	const trigger = openTrigger(cast.credential, {}, { acknowledge: 'onSuccess' });
	const workflow = await scene.host.publish(
		chain('upgrade', [trigger, desk.node('upgrade'), echo(cast)]),
	);
	desk.hold('to the end');
	await inGroup(cast, 'to the end');
	await desk.called({ text: 'to the end' });
	const [running] = await scene.host.inState(workflow, 'running');
	const [worker] = queue.workersOf(running?.id ?? '');
	const waits = worker?.output.waitFor(/Waiting for 1 active executions to finish/, 30_000);
	const gone = worker?.stop();
	await waits;
	desk.release('to the end');
	await gone;
	await unreadIs(cast);
	expect(await story(workflow)).toEqual(['to the end, attempt 1: success']);
	await worker?.startAgain();
});

itIfEndsAreKept(
	'survives a crash of Redis: what runs is acknowledged, what arrives meanwhile runs, and a main that misses the end of an execution finds out',
	async () => {
		const cast = await scene.cast();
		const trigger = openTrigger(cast.credential, {}, { acknowledge: 'onSuccess' });
		const workflow = await scene.host.publish(
			chain('redis', [trigger, desk.node('redis'), echo(cast)]),
		);
		const { n8n } = scene.host;
		desk.hold('before');
		await inGroup(cast, 'before');
		await desk.called({ text: 'before' });
		const [running] = await scene.host.inState(workflow, 'running');
		const [worker] = queue.workersOf(running?.id ?? '');
		await queue.services.redis.kill();
		const begun = n8n.output.waitFor(/Received trigger for workflow "redis"/, 30_000);
		await inDirect(cast, 'while it is down');
		await begun;
		// The worker is back first, and says that the execution has ended while nobody listens.
		const thaw = n8n.freeze();
		const told = worker?.output.waitFor(
			new RegExp(`Worker finished execution ${running?.id ?? ''} `),
			30_000,
		);
		desk.release('before');
		await queue.services.redis.start();
		await told;
		// What the worker says of it last comes a moment later.
		await sleep(1000);
		thaw();
		await inGroup(cast, 'after');
		await scene.host.ended(workflow, 3, 120_000);
		await unreadIs(cast);
		// Two chats. n8n asks Redis for the workflow's project before it writes an execution down. Both
		// may wait for that, and come in either order.
		expect((await story(workflow)).sort()).toEqual(
			['after', 'before', 'while it is down'].map((words) => `${words}, attempt 1: success`),
		);
	},
);

itIfToldOfFailedStarts(
	'survives PostgreSQL being away: what runs goes on, and what arrives meanwhile runs afterwards, once and in order',
	async () => {
		const refused = 'could not be handed to n8n';
		const before = scene.host.timesLogged(refused);
		const modes = ['onCompletion', 'onSuccess', 'immediately'] as const;
		const rows: Array<{ mode: string; cast: Cast; workflow: string }> = [];
		for (const mode of modes) {
			const cast = await scene.cast();
			const trigger = openTrigger(cast.credential, {}, { acknowledge: mode });
			const nodes = [trigger, desk.node(`postgres ${mode}`), echo(cast)];
			const workflow = await scene.host.publish(chain(`postgres ${mode}`, nodes));
			rows.push({ mode, cast, workflow });
		}
		desk.hold('running');
		for (const { cast } of rows) await inDirect(cast, 'running');
		await desk.called({ text: 'running' }, modes.length);
		await queue.services.postgres.stop();
		for (const { cast } of rows)
			for (const words of ['first', 'second']) await inGroup(cast, words);
		// The first in each group, twice.
		await scene.host.logged(refused, before + 2 * modes.length);
		const recovered = ({ output }: N8n) => output.waitFor(/Database connection recovered/, 60_000);
		const main = recovered(scene.host.n8n);
		const workers = queue.workers.map(recovered);
		// A worker fails what reaches it before it has its own connection again (docs/guarantees.md).
		const thaw = scene.host.n8n.freeze();
		try {
			await queue.services.postgres.start();
			await Promise.all(workers);
		} finally {
			thaw();
		}
		await main;
		desk.release('running');

		for (const { mode, cast, workflow } of rows) {
			const executions = await scene.host.ended(workflow, 3, 120_000);
			await unreadIs(cast);
			expect(executions.map(({ status }) => status)).toEqual(['success', 'success', 'success']);
			// By the answers: what n8n could not ask its database about, it hides in its executions.
			const answers = async (chat: ChatAddress) =>
				(await scene.club.history(cast.mia.id, chat))
					.filter(({ senderId }) => senderId === cast.agent.id)
					.map(({ content }) => content);
			expect(await answers(cast.direct)).toEqual(['running']);
			const inOrder = await answers(cast.group);
			// What is handed over at the same time n8n writes to PostgreSQL in any order.
			expect(mode === 'immediately' ? inOrder.sort() : inOrder).toEqual(['first', 'second']);
			const warnings = scene.host.n8n
				.log()
				.split('\n')
				.filter((line) => line.includes(' warn ') && line.includes(refused))
				.filter((line) => line.includes(`workflow "postgres ${mode}"`));
			expect(warnings).toHaveLength(1);
		}
	},
);

describe('a main that is restarted', () => {
	const publish = (cast: Cast, name: string) => {
		const trigger = openTrigger(cast.credential, {}, { acknowledge: 'onSuccess' });
		return scene.host.publish(chain(name, [trigger, desk.node(name), echo(cast)]));
	};

	it('in order, waits for what the workers run, and marks it: that does not come again, and what waited comes', async () => {
		const cast = await scene.cast();
		const workflow = await publish(cast, 'stopped');
		desk.hold('running');
		for (const words of ['running', 'waiting']) await inGroup(cast, words);
		await desk.called({ workflow: 'stopped', text: 'running' });
		const { n8n } = scene.host;
		const waits = n8n.output.waitFor(/Waiting for \d+ active executions? to finish/, 30_000);
		const gone = n8n.stop();
		await waits;
		desk.release('running');
		await gone;
		await inDirect(cast, 'while it is down');
		expect(await unread(cast)).toEqual([mentioned(cast, 'waiting'), 'while it is down']);
		await n8n.startAgain();
		await scene.host.ended(workflow, 3, 120_000);
		await unreadIs(cast);
		expect((await story(workflow)).sort()).toEqual(
			['running', 'waiting', 'while it is down'].map((words) => `${words}, attempt 1: success`),
		);
	});

	it('after a crash, runs again what was not read, though a worker still runs it, and nothing else twice', async () => {
		const cast = await scene.cast();
		const workflow = await publish(cast, 'killed');
		await inGroup(cast, 'done');
		await scene.host.ended(workflow, 1);
		await unreadIs(cast);
		desk.hold('running');
		for (const words of ['running', 'waiting']) await inGroup(cast, words);
		await desk.called({ workflow: 'killed', text: 'running' });
		await scene.host.n8n.kill();
		await inDirect(cast, 'while it is down');
		await scene.host.n8n.startAgain();
		await desk.called({ workflow: 'killed', text: 'running' }, 2);
		desk.release('running');
		await scene.host.ended(workflow, 5, 120_000);
		await unreadIs(cast);
		const messages = ['done', 'running', 'running', 'waiting', 'while it is down'];
		expect((await story(workflow)).sort()).toEqual(
			messages.map((words) => `${words}, attempt 1: success`),
		);
	});
});

/** A person with a direct chat to the agent. */
async function guest(
	{ agent }: Cast,
	name: string,
): Promise<{ id: string; chat: ChatAddress; name: string }> {
	const { id } = await scene.club.addHuman(`${name}-${agent.username}`, name);
	return { id, chat: await scene.club.openDirect(id, agent.id), name };
}

/** All executions of a workflow: what became of them, and of which attempt at which message. */
async function story(workflow: string): Promise<string[]> {
	const records = await executionRecords(scene.host.rest, workflow);
	return records.map(
		({ summary, item }) => `${item.plainText}, attempt ${item.delivery.attempt}: ${summary.status}`,
	);
}

/** Whether two executions ran at the same time. */
function overlap(one: ExecutionSummary, other: ExecutionSummary): boolean {
	const time = (text: string | null) => (text === null ? Infinity : Date.parse(text));
	return time(one.startedAt) < time(other.stoppedAt) && time(other.startedAt) < time(one.stoppedAt);
}
