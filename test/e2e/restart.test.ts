import { outputOf, type Execution } from '../../playground/host/n8n-types';
import { chain, codeNode } from '../../playground/host/workflow-json';
import { CREDENTIAL_TYPE } from '../../playground/host/workflow-json';
import { unreadBecomes } from '../support/unread';
import { containing, mention, openTrigger, replyNode, useScene } from './scene';
import { byId, jsonOf, operationNodes, type Operations, runByHand } from './side-by-side';

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

it('receives once the server comes up when n8n was started while it was down, and goes on after a crash of the server, with what is recent where only that is wanted', async () => {
	const { agent, credential, mia, group } = await scene().cast();
	const workflow = await scene().host.publish(
		chain('Server down', [openTrigger(credential), replyNode(credential, 'ok')]),
	);
	const other = await scene().cast();
	const options = { backlog: 'recent', backlogMaxAge: 60 };
	const recent = await scene().host.publish(
		chain('Recent', [openTrigger(other.credential, options), replyNode(other.credential, 'ok')]),
	);
	await scene().host.n8n.stop();
	await scene().club.kill();
	await scene().host.n8n.startAgain();
	await scene().club.startAgain();
	await scene().club.say(mia.id, group, mention(agent, 'up again'));
	expect((await scene().host.ended(workflow, 1, RECOVERY)).map(textOf)).toEqual(['up again']);
	await scene().club.say(other.mia.id, other.group, mention(other.agent, 'live'));
	await scene().host.ended(recent, 1, RECOVERY);
	await scene().club.kill();
	const now = Date.now() / 1000;
	await scene().club.backdate(other.direct, now - 86_400);
	await scene().club.givePast(other.direct, other.mia.id, [now - 7200, now - 60]);
	await scene().club.startAgain();
	await scene().club.say(mia.id, group, mention(agent, 'restarted'));
	expect((await scene().host.ended(workflow, 2, RECOVERY)).map(textOf)).toEqual([
		'up again',
		'restarted',
	]);
	expect((await scene().host.ended(recent, 2, RECOVERY)).map(textOf)).toEqual(['live', 'said 1']);
	await unreadBecomes(scene().club.url, other.agent.token, []);
});

it('lets every operation wait for a server that is away for a moment', async () => {
	const { agent, credential, mia, group, direct } = await scene().cast();
	const { url } = await scene().club.uploadAs(mia.id, 'there.txt', Buffer.from('there'));
	const send = { resource: 'message', operation: 'send', options: {} };
	const operations: Operations = {
		Files: {
			...send,
			sendTo: 'chat',
			chatId: byId(group.id),
			text: 'with a file',
			options: { attachments: 'note' },
		},
		Person: { ...send, sendTo: 'user', userId: byId(mia.id), text: 'to you' },
		Upload: { resource: 'file', operation: 'upload', binaryPropertyName: 'note' },
		Download: { resource: 'file', operation: 'download', url, binaryPropertyName: 'doc' },
		Chats: { resource: 'chat', operation: 'getMany', filters: {} },
	};
	const note = codeNode(
		'Note',
		`return [{ json: {}, binary: {
			note: await this.helpers.prepareBinaryData(Buffer.from('note'), 'note.txt', 'text/plain'),
		} }];`,
	);
	await scene().club.kill();
	const running = Object.entries(operations).map(async ([name, parameters]) => {
		const nodes = operationNodes(credential, { [name]: parameters });
		const done = await runByHand(scene().host, nodes, [note], RECOVERY);
		return [name, jsonOf(done(name))] as const;
	});
	await scene().club.startAgain();
	const done = Object.fromEntries(await Promise.all(running));

	expect(done).toEqual({
		Files: [expect.objectContaining({ sent: true, attachments: [expect.anything()] })],
		Person: [expect.objectContaining({ sent: true, chatId: direct.id })],
		Upload: [expect.objectContaining({ fileName: 'note.txt' })],
		Download: [expect.objectContaining({ fileName: 'there.txt', fileSize: 5 })],
		Chats: [
			expect.objectContaining({ chatId: group.id }),
			expect.objectContaining({ chatId: direct.id }),
		],
	});
	const said = await scene().club.history(mia.id, group);
	expect(
		said.filter(({ senderId }) => senderId === agent.id).map(({ content }) => content),
	).toEqual(['with a file', '']);
});

it('tells of a refused token by one failed execution, and goes on with an edited credential without publishing again', async () => {
	const { agent, credential, mia, group } = await scene().cast();
	const { club, host } = scene();
	// Opens the agent's session before a trigger does, which no line about the connection tells.
	await host.rest.testCredential(credential.id, credential.name, CREDENTIAL_TYPE, {
		serverUrl: club.url,
		agentToken: agent.token,
	});
	const named = `[Agent Club] agent "${agent.displayName}" on ${club.url}: `;
	const workflow = await scene().host.publish(
		chain('Token', [openTrigger(credential), replyNode(credential, 'ok')]),
	);
	const token = await scene().club.resetToken(agent.id);
	await scene().club.restart();
	await scene().club.say(mia.id, group, mention(agent, 'with the new token'));
	await scene().host.logged(`${named}Agent Club refuses the agent token`);
	await scene().host.rest.updateCredential(credential.id, credential.name, CREDENTIAL_TYPE, {
		serverUrl: scene().club.url,
		agentToken: token,
	});
	const outages = scene().host.hasFailedExecutions ? 1 : 0;
	const executions = await scene().host.ended(workflow, 1 + outages, RECOVERY);
	expect(executions.map(({ status }) => status)).toEqual([
		...Array.from({ length: outages }, () => 'error'),
		'success',
	]);
	expect(executions.slice(0, outages).map(({ data }) => data.resultData.error?.message)).toEqual(
		Array.from({ length: outages }, () => containing('refuses the agent token')),
	);
	expect(executions.slice(outages).map(textOf)).toEqual(['with the new token']);
	for (const text of ['Connected to Agent Club', 'No connection to Agent Club'])
		await host.logged(named + text);
	expect(host.n8n.log()).not.toContain('credential test: ');
	expect(scene().host.n8n.log()).not.toContain(token);
	expect(scene().host.n8n.log()).not.toContain(agent.token);
});
