import type { ClubAgent } from '../../playground/club/club';
import { PlaygroundClub } from '../../playground/club/playground-club';
import { outputOf } from '../../playground/host/n8n-types';
import { actionNode, chain, codeNode, node } from '../../playground/host/workflow-json';
import { N8nFixture } from '../support/n8n-fixture';
import { containing, openTrigger, replyNode, START_WITHIN } from './scene';

let club: PlaygroundClub;
let fromEnvironment: ClubAgent;
let host: N8nFixture;

beforeAll(async () => {
	club = await PlaygroundClub.start({ generation: 'G2', subPath: '/club' });
	fromEnvironment = await club.addAgent('env-bot', 'Env Bot');
	host = await N8nFixture.start({
		AGENTCLUB_SERVER_URL: `${club.url}/`,
		AGENTCLUB_AGENT_TOKEN: fromEnvironment.token,
	});
}, START_WITHIN);

afterAll(async () => {
	await host.stop();
	await club.stop();
}, 60_000);

it('holds one socket for trigger and action together, also below a sub-path', async () => {
	const agent = await club.addAgent('shared-bot', 'Shared');
	const mia = await club.addHuman('mia-shared', 'Mia');
	const group = await club.addGroup('Team', [agent.id, mia.id]);
	const credential = await host.credential({ serverUrl: club.url, agentToken: agent.token });
	const workflow = await host.publish(
		chain(
			'Shared',
			[openTrigger(credential), replyNode(credential, 'one'), replyNode(credential, 'two')].map(
				unique,
			),
		),
	);
	await club.say(mia.id, group, { content: 'hello', mentions: [agent.id] });
	await host.ended(workflow, 1);
	expect(club.socketCount(agent.id)).toBe(1);
	expect(club.connectionsEver(agent.id)).toBe(1);
	expect((await club.history(mia.id, group)).map(({ content }) => content)).toEqual([
		'hello',
		'one',
		'two',
	]);
});

it('takes server and token from the environment when the credential says so', async () => {
	const credential = await host.credential({
		serverUrl: 'http://127.0.0.1:9',
		agentToken: 'wrong',
		useEnvironment: true,
	});
	const mia = await club.addHuman('mia-env', 'Mia');
	const direct = await club.openDirect(mia.id, fromEnvironment.id);
	const workflow = await host.publish(
		chain('Environment', [openTrigger(credential), replyNode(credential, 'from the environment')]),
	);
	await club.say(mia.id, direct, { content: 'who are you?' });
	await host.ended(workflow, 1);
	expect((await club.history(mia.id, direct)).map(({ content }) => content)).toEqual([
		'who are you?',
		'from the environment',
	]);
});

it('sends to a chat by its id and to a person, without any trigger, and says what to choose where none is given', async () => {
	const agent = await club.addAgent('sender-bot', 'Sender');
	const mia = await club.addHuman('mia-sender', 'Mia');
	const group = await club.addGroup('News', [agent.id, mia.id]);
	const direct = await club.openDirect(mia.id, agent.id);
	const credential = await host.credential({ serverUrl: club.url, agentToken: agent.token });
	const send = (name: string, parameters: Record<string, unknown>) =>
		actionNode(
			credential,
			{ resource: 'message', operation: 'send', options: {}, ...parameters },
			name,
		);
	const start = node('Start', 'n8n-nodes-base.manualTrigger');
	const run = async (name: string, parameters: Record<string, unknown>) => {
		const { id } = await host.rest.createWorkflow(chain(name, [start, send('Send', parameters)]));
		await host.rest.runManually(id, 'Start');
		return (await host.ended(id, 1))[0];
	};
	const inGroup = await run('By chat', {
		sendTo: 'chat',
		chatId: { __rl: true, mode: 'id', value: group.id },
		text: 'news',
	});
	expect(outputOf(inGroup, 'Send')[0]?.json).toMatchObject({
		sent: true,
		chatId: group.id,
		chatType: 'group',
		confirmedBy: 'echo',
	});
	await run('By person', {
		sendTo: 'user',
		userId: { __rl: true, mode: 'id', value: mia.id },
		text: '={{ { a: 1 } }}',
	});
	expect(
		(await club.history(mia.id, direct)).map(({ content }) => JSON.parse(content) as unknown),
	).toEqual([{ a: 1 }]);
	const stranger = await club.addHuman('stranger', 'Stranger');
	const failed = await run('By stranger', {
		sendTo: 'user',
		userId: { __rl: true, mode: 'id', value: stranger.id },
		text: 'hi',
	});
	expect(failed?.data.resultData.error).toMatchObject({
		message: containing('no direct chat'),
		description: containing('write to the agent first'),
	});
	const nowhere = await run('Nowhere', { sendTo: 'triggeringChat', text: 'hi' });
	expect(nowhere?.data.resultData.error).toMatchObject({
		message: containing('cannot be told'),
		description: containing('Send To'),
	});
});

it("sends a text and the first of two files once with n8n's Retry On Fail, where the server refuses the second", async () => {
	const agent = await club.addAgent('retry-bot', 'Retry');
	const mia = await club.addHuman('mia-retry', 'Mia');
	const group = await club.addGroup('Retries', [agent.id, mia.id]);
	const credential = await host.credential({ serverUrl: club.url, agentToken: agent.token });
	const files = codeNode(
		'Files',
		`const file = (name) => this.helpers.prepareBinaryData(Buffer.from(name), name, 'text/plain');
		return [{ json: {}, binary: { one: await file('one.txt'), two: await file('two.txt') } }];`,
	);
	const send = actionNode(credential, {
		resource: 'message',
		operation: 'send',
		sendTo: 'chat',
		chatId: { __rl: true, mode: 'id', value: group.id },
		text: 'hello',
		options: { attachments: 'one, two' },
	});
	const retried = { ...send, retryOnFail: true, maxTries: 5, waitBetweenTries: 5000 };
	const { id } = await host.rest.createWorkflow(
		chain('Refused', [node('Start', 'n8n-nodes-base.manualTrigger'), files, retried]),
	);
	const sends = () =>
		club.received(agent.id).filter(({ event }) => event === 'send_message').length;
	await host.rest.runManually(id, 'Start');
	await club.waitFor(() => sends() === 2, 'the text and the first file', 20_000);
	await club.removeMember(group.id, agent.id);
	await club.waitFor(() => sends() === 3, 'the second file, which is refused', 20_000);
	await club.addMember(group.id, agent.id);
	const [execution] = await host.ended(id, 1);

	expect(sends()).toBe(4);
	expect(
		(await club.history(mia.id, group)).map(({ content, fileName }) => content || fileName),
	).toEqual(['hello', 'one.txt', 'two.txt']);
	expect(outputOf(execution, 'Agent Club')[0]?.json).toMatchObject({
		sent: true,
		text: 'hello',
		attachments: [{ fileName: 'one.txt' }, { fileName: 'two.txt' }],
	});
});

it('takes one live message with "Execute step", and marks nothing read that would hide an older unread message', async () => {
	const agent = await club.addAgent('test-bot', 'Tester');
	const mia = await club.addHuman('mia-test', 'Mia');
	const direct = await club.openDirect(mia.id, agent.id);
	const other = await club.addGroup('Other', [agent.id, mia.id]);
	await club.say(mia.id, direct, { content: 'older' });
	const credential = await host.credential({ serverUrl: club.url, agentToken: agent.token });
	const { id } = await host.rest.createWorkflow(
		chain('Test run', [openTrigger(credential), replyNode(credential, 'tested')]),
	);
	const testRun = async (chat: typeof direct, content: string, count: number) => {
		await host.rest.runManually(id, 'Agent Club Trigger');
		await host.logged('Waiting for one live message that passes the filters', count);
		await club.say(mia.id, chat, { content, mentions: [agent.id] });
		return (await host.ended(id, count)).at(-1);
	};
	const execution = await testRun(direct, 'newer', 1);
	expect(outputOf(execution, 'Agent Club Trigger')[0]?.json).toMatchObject({
		plainText: 'newer',
		delivery: { source: 'test', attempt: 1 },
	});
	expect((await club.history(mia.id, direct)).map(({ content }) => content)).toEqual([
		'older',
		'newer',
		'tested',
	]);
	await testRun(other, 'alone', 2);
	await club.waitFor(
		() => !club.unread(agent.id).some(({ content }) => content === 'alone'),
		'the message without an older one to be read',
	);
	expect(club.unread(agent.id).map(({ content }) => content)).toEqual(['older', 'newer']);
});

function unique<T extends { name: string }>(each: T, index: number): T {
	return { ...each, name: index < 2 ? each.name : `${each.name} ${index}` };
}
