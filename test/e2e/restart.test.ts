import { outputOf, type Execution } from '../../playground/host/n8n-types';
import { chain } from '../../playground/host/workflow-json';
import { CREDENTIAL_TYPE } from '../../playground/host/workflow-json';
import { unreadBecomes } from '../support/unread';
import { containing, mention, openTrigger, replyNode, useScene } from './scene';

const scene = useScene();

const textOf = (execution: Execution | undefined) =>
	outputOf(execution, 'Agent Club Trigger')[0]?.json.plainText;

/** ms: n8n starts again, and a connection that was lost comes back within its pauses. */
const RECOVERY = 90_000;

it('delivers 20 messages written while n8n was down when it starts, in order and once, and none of them after the next restart', async () => {
	const { agent, credential, mia, group } = await scene().cast();
	const workflow = await scene().host.publish(
		chain('Backlog', [openTrigger(credential), replyNode(credential, 'ok')]),
	);
	await scene().host.n8n.stop();
	const words = Array.from({ length: 20 }, (_, index) => `message ${index}`);
	for (const each of words) await scene().club.say(mia.id, group, mention(agent, each));
	await scene().host.n8n.startAgain();
	const executions = await scene().host.ended(workflow, 20, RECOVERY);
	expect(executions.map(textOf)).toEqual(words);
	expect(
		new Set(
			executions.map((execution) =>
				JSON.stringify(outputOf(execution, 'Agent Club Trigger')[0]?.json.delivery),
			),
		),
	).toEqual(new Set([JSON.stringify({ source: 'backlog', attempt: 1 })]));
	await unreadBecomes(scene().club.url, agent.token, []);
	await scene().host.n8n.stop();
	await scene().host.n8n.startAgain();
	await scene().club.say(mia.id, group, mention(agent, 'after the restart'));
	expect((await scene().host.ended(workflow, 21, RECOVERY)).map(textOf)).toEqual([
		...words,
		'after the restart',
	]);
});

it('receives once the server comes up when n8n was started while it was down, and goes on after a restart of the server', async () => {
	const { agent, credential, mia, group } = await scene().cast();
	const workflow = await scene().host.publish(
		chain('Server down', [openTrigger(credential), replyNode(credential, 'ok')]),
	);
	await scene().host.n8n.stop();
	await scene().club.kill();
	await scene().host.n8n.startAgain();
	await scene().club.startAgain();
	await scene().club.say(mia.id, group, mention(agent, 'up again'));
	expect((await scene().host.ended(workflow, 1, RECOVERY)).map(textOf)).toEqual(['up again']);
	await scene().club.restart();
	await scene().club.say(mia.id, group, mention(agent, 'restarted'));
	expect((await scene().host.ended(workflow, 2, RECOVERY)).map(textOf)).toEqual([
		'up again',
		'restarted',
	]);
});

it('tells of a refused token by one failed execution, and goes on with an edited credential without publishing again', async () => {
	const { agent, credential, mia, group } = await scene().cast();
	const workflow = await scene().host.publish(
		chain('Token', [openTrigger(credential), replyNode(credential, 'ok')]),
	);
	const token = await scene().club.resetToken(agent.id);
	await scene().club.restart();
	await scene().club.say(mia.id, group, mention(agent, 'with the new token'));
	await scene().host.logged('refuses the agent token');
	await scene().host.rest.updateCredential(credential.id, credential.name, CREDENTIAL_TYPE, {
		serverUrl: scene().club.url,
		agentToken: token,
	});
	const [outage, execution] = await scene().host.ended(workflow, 2, RECOVERY);
	expect(outage).toMatchObject({
		status: 'error',
		data: { resultData: { error: { message: containing('refuses the agent token') } } },
	});
	expect(textOf(execution)).toBe('with the new token');
	expect(scene().host.n8n.logTail(100_000)).not.toContain(token);
	expect(scene().host.n8n.logTail(100_000)).not.toContain(agent.token);
});
