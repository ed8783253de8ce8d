import { systemClock } from '../../client/clock';
import { outputOf } from '../../playground/host/n8n-types';
import { actionNode, chain, node, waitNode } from '../../playground/host/workflow-json';
import { Desk } from '../support/desk';
import { Link } from '../support/link';
import { unreadBecomes, unreadOf } from '../support/unread';
import { type Cast, mention, openTrigger, replyNode, useScene } from './scene';

const scene = useScene();

const failing = () => node('Fail', 'n8n-nodes-base.stopAndError', { errorMessage: 'on purpose' });
const unread = ({ agent }: Cast) => unreadOf(scene().club.url, agent.token);
const unreadIs = ({ agent }: Cast, expected: string[]) =>
	unreadBecomes(scene().club.url, agent.token, expected);

describe('a message counts as read', () => {
	it('with "When the Workflow Has Finished" when the execution ends and not before', async () => {
		const cast = await scene().cast();
		const workflow = await scene().host.publish(
			chain('Completion', [openTrigger(cast.credential), waitNode('Wait', 6)]),
		);
		const { content } = await scene().club.say(
			cast.mia.id,
			cast.group,
			mention(cast.agent, 'slow'),
		);
		await scene().host.inState(workflow, 'running');
		expect(await unread(cast)).toEqual([content]);
		await scene().host.ended(workflow, 1);
		await unreadIs(cast, []);
	});

	it('with "When the Workflow Has Finished" also when the execution fails, which runs once', async () => {
		const cast = await scene().cast();
		const workflow = await scene().host.publish(
			chain('Completion fails', [
				openTrigger(cast.credential, { failureReply: 'Sorry.' }),
				failing(),
			]),
		);
		await scene().club.say(cast.mia.id, cast.group, mention(cast.agent, 'fail'));
		expect((await cast.page.from(cast.agent.id, cast.group.id))[0]?.content).toBe('Sorry.');
		await unreadIs(cast, []);
		expect((await scene().host.ended(workflow, 1)).map(({ status }) => status)).toEqual(['error']);
	});

	it('with "Immediately" while the execution still runs', async () => {
		const cast = await scene().cast();
		const trigger = openTrigger(cast.credential, {}, { acknowledge: 'immediately' });
		const workflow = await scene().host.publish(
			chain('Immediately', [trigger, waitNode('Wait', 30)]),
		);
		await scene().club.say(cast.mia.id, cast.group, mention(cast.agent, 'one'));
		await scene().club.say(cast.mia.id, cast.group, mention(cast.agent, 'two'));
		await scene().host.inState(workflow, 'running', 2);
		await unreadIs(cast, []);
		expect((await scene().host.executions(workflow)).map(({ status }) => status)).toEqual([
			'running',
			'running',
		]);
	});

	it('with "When the Workflow Has Succeeded" only after a success, or when all attempts have failed', async () => {
		const cast = await scene().cast();
		const trigger = openTrigger(
			cast.credential,
			{ retries: 1, retryDelay: 4, failureReply: 'I give up.' },
			{ acknowledge: 'onSuccess' },
		);
		const workflow = await scene().host.publish(chain('Success', [trigger, failing()]));
		const { content } = await scene().club.say(
			cast.mia.id,
			cast.group,
			mention(cast.agent, 'fail'),
		);
		await scene().host.ended(workflow, 1);
		expect(await unread(cast)).toEqual([content]);
		const attempts = await scene().host.ended(workflow, 2);
		expect(
			attempts.map((execution) => outputOf(execution, 'Agent Club Trigger')[0]?.json.delivery),
		).toEqual([
			{ source: 'live', attempt: 1 },
			{ source: 'live', attempt: 2 },
		]);
		await unreadIs(cast, []);
		expect(
			(await cast.page.from(cast.agent.id, cast.group.id)).map((message) => message.content),
		).toEqual(['I give up.']);
	});

	it('with "When the Workflow Calls Mark as Read" by the operation alone, and then with everything earlier in the chat', async () => {
		const cast = await scene().cast();
		const trigger = openTrigger(cast.credential, {}, { acknowledge: 'manually' });
		const isDone = node(
			'Is done',
			'n8n-nodes-base.filter',
			{
				conditions: {
					options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
					conditions: [
						{
							id: '1',
							leftValue: '={{ $json.plainText }}',
							rightValue: 'done',
							operator: { type: 'string', operation: 'contains' },
						},
					],
					combinator: 'and',
				},
				options: {},
			},
			{ typeVersion: 2.2 },
		);
		const mark = actionNode(
			cast.credential,
			{ resource: 'message', operation: 'markAsRead', messageId: '={{ $json.messageId }}' },
			'Mark',
		);
		const workflow = await scene().host.publish(
			chain('Manually', [trigger, isDone, mark, replyNode(cast.credential, 'marked')]),
		);
		const first = await scene().club.say(cast.mia.id, cast.group, mention(cast.agent, 'first'));
		await scene().host.ended(workflow, 1);
		expect(await unread(cast)).toEqual([first.content]);
		await scene().club.say(cast.mia.id, cast.group, mention(cast.agent, 'done'));
		await cast.page.from(cast.agent.id, cast.group.id);
		expect(await unread(cast)).toEqual([]);
		const [, second] = await scene().host.ended(workflow, 2);
		expect(outputOf(second, 'Mark')).toMatchObject([{ json: { marked: true } }]);
	});
});

describe('an execution that does not end by itself', () => {
	const statuses = async (workflow: string, count: number) =>
		(await scene().host.ended(workflow, count)).map(({ status }) => status);
	const say = ({ mia, group, agent }: Cast, words: string) =>
		scene().club.say(mia.id, group, mention(agent, words));
	const saidBy = async ({ page, agent, group }: Cast, count: number) =>
		(await page.from(agent.id, group.id, count)).map(({ content }) => content);

	it('settles its message when somebody stops it, with "When the Workflow Has Succeeded" too', async () => {
		const cast = await scene().cast();
		const { host } = scene();
		const trigger = openTrigger(
			cast.credential,
			{ retries: 2, retryDelay: 1, failureReply: 'Sorry.' },
			{ acknowledge: 'onSuccess' },
		);
		const workflow = await host.publish(chain('Stopped', [trigger, waitNode('Wait', 60)]));
		await say(cast, 'stop this');
		const [running] = await host.inState(workflow, 'running');

		await host.rest.stopExecution(running?.id ?? '');

		await unreadIs(cast, []);
		await say(cast, 'next');
		await host.inState(workflow, 'running');
		expect(await statuses(workflow, 1)).toEqual(['canceled']);
		expect(await host.executions(workflow)).toHaveLength(2);
	});

	it('is a failure when the timeout of its workflow ends it, with "When the Workflow Has Finished" too', async () => {
		const cast = await scene().cast();
		const trigger = openTrigger(cast.credential, { failureReply: 'Sorry.' });
		const workflow = await scene().host.publish(
			chain('Timed out', [trigger, waitNode('Wait', 60)], { executionTimeout: 2 }),
		);

		await say(cast, 'too long');

		expect(await saidBy(cast, 1)).toEqual(['Sorry.']);
		await unreadIs(cast, []);
		expect(await scene().host.executions(workflow)).toHaveLength(1);
	});

	it('is told when it fails after the longest wait, when its message is read already, with "When the Workflow Has Finished"', async () => {
		const cast = await scene().cast();
		const { host } = scene();
		const desk = await Desk.start();
		const trigger = openTrigger(cast.credential, { laneTimeout: 2, failureReply: 'Sorry.' });
		const workflow = await host.publish(
			chain('Overdue and read', [trigger, desk.node('overdue'), failing()]),
		);
		desk.hold('fails late');
		await say(cast, 'fails late');
		await desk.called({ text: 'fails late' });
		await unreadIs(cast, []);
		expect(await host.executions(workflow)).toMatchObject([{ status: 'running' }]);

		desk.release('fails late');

		await host.logged('which is read already, has failed');
		expect(await saidBy(cast, 1)).toEqual(['Sorry.']);
		expect(await statuses(workflow, 1)).toEqual(['error']);
		await desk.stop();
	});

	it('is told when it fails after the longest wait, and has its further attempt before its message is read', async () => {
		const cast = await scene().cast();
		const trigger = openTrigger(
			cast.credential,
			{ laneTimeout: 2, retries: 1, retryDelay: 1, failureReply: 'Sorry.' },
			{ acknowledge: 'onSuccess' },
		);
		const workflow = await scene().host.publish(
			chain('Overdue', [trigger, waitNode('Wait', 5), failing()]),
		);
		const { content } = await say(cast, 'overdue');
		await scene().host.logged('has not ended within 2 s');

		expect(await statuses(workflow, 1)).toEqual(['error']);
		expect(await unread(cast)).toEqual([content]);

		expect(await statuses(workflow, 2)).toEqual(['error', 'error']);
		expect(await saidBy(cast, 1)).toEqual(['Sorry.']);
		await unreadIs(cast, []);
	});
});

it('starts no execution for what waits in a chat that is deleted or cleared, and goes on elsewhere and with what runs', async () => {
	const { agent, credential, mia, group, direct } = await scene().cast();
	const { host, club } = scene();
	const tom = await club.addHuman('tom-clears', 'Tom');
	const cleared = await club.openDirect(tom.id, agent.id);
	const desk = await Desk.start();
	const workflow = await host.publish(chain('Gone', [openTrigger(credential), desk.node('gone')]));
	desk.hold('deleted 1', 'cleared 1');
	for (const number of [1, 2, 3]) {
		await club.say(mia.id, direct, { content: `deleted ${number}` });
		await club.say(tom.id, cleared, { content: `cleared ${number}` });
	}
	await desk.called({ workflow: 'gone' }, 2);

	await club.deleteChat(mia.id, direct);
	await club.clearChat(tom.id, cleared);
	await host.logged('has been deleted: messages that waited there are dropped (2)');
	await host.logged('has been cleared: messages that waited there are dropped (2)');
	desk.release('deleted 1', 'cleared 1');
	await host.ended(workflow, 2);
	await club.say(tom.id, cleared, { content: 'cleared, and again' });
	await club.say(mia.id, group, mention(agent, 'elsewhere'));

	const ended = await host.ended(workflow, 4);
	await unreadBecomes(club.url, agent.token, []);
	await desk.stop();
	const texts = ended.map(
		(execution) => outputOf(execution, 'Agent Club Trigger')[0]?.json.plainText,
	);
	expect(texts.sort()).toEqual(['cleared 1', 'cleared, and again', 'deleted 1', 'elsewhere']);
	expect(await host.executions(workflow)).toHaveLength(4);
});

it('makes nothing read by tests in the editor that are stopped: while connecting, while waiting, halfway, nor by one that ends after them', async () => {
	const { agent, mia, group, direct } = await scene().cast();
	const { host, club } = scene();
	const link = await Link.start(club.url, () => systemClock);
	const desk = await Desk.start();
	const credential = await host.credential({ serverUrl: link.url, agentToken: agent.token });
	const { id } = await host.rest.createWorkflow(
		chain('Stopped tests', [openTrigger(credential), desk.node('stopped')]),
	);
	const test = () => host.rest.runManually(id, 'Agent Club Trigger');
	const say = async (words: string) =>
		(await club.say(mia.id, group, mention(agent, words))).content;
	const waiting = 'Waiting for one live message that passes the filters';
	const closed = `${new URL(link.url).origin}: The connection to Agent Club is closed`;

	const connects = link.silenceNew('both');
	const connecting = await test();
	await link.becomesOpen();
	await host.rest.stopExecution(connecting);
	connects();
	link.break();
	const listening = await test();
	await host.logged(waiting);
	await host.rest.stopExecution(listening);
	const contents = [await say('first'), await say('second')];
	expect(await unreadOf(club.url, agent.token)).toEqual(contents);
	// The session of the next test begins with both of them in its batch.
	link.break();
	await host.logged(closed);

	desk.hold('third');
	const halfway = await test();
	await host.logged(waiting, 2);
	contents.push(await say('third'));
	await desk.called({ text: 'third' });
	await host.rest.stopExecution(halfway);
	await host.inState(id, 'canceled', 3);
	link.break();
	await host.logged(closed, 2);

	// Two tests of one more session end by themselves; one of them in a chat without older messages.
	const chats = [
		[group, 'fourth'],
		[direct, 'fifth'],
	] as const;
	for (const [index, [chat, words]] of chats.entries()) {
		await test();
		await host.logged(waiting, 3 + index);
		const { content } = await club.say(mia.id, chat, mention(agent, words));
		if (chat === group) contents.push(content);
		await host.inState(id, 'success', 1 + index);
	}
	// Marks leave together: once the fifth is read, so were all that are to be read.
	await unreadBecomes(club.url, agent.token, contents);
	// A trigger that is published now is brought all that is unread.
	const published = await host.publish(
		chain('Published', [openTrigger(credential), replyNode(credential, 'here')]),
	);
	const ended = await host.ended(published, 4);
	await desk.stop();
	await link.stop();

	expect(ended.map((execution) => outputOf(execution, 'Agent Club Trigger')[0]?.json.text)).toEqual(
		contents,
	);
});
