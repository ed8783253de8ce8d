import { outputOf } from '../../playground/host/n8n-types';
import { actionNode, chain } from '../../playground/host/workflow-json';
import { N8nFixture } from '../support/n8n-fixture';
import { RealClub } from '../support/real-club';
import { mention, openTrigger, replyNode, START_WITHIN } from './scene';

let club: RealClub;
let host: N8nFixture;

beforeAll(async () => {
	club = await RealClub.start({ version: '0.1.17' });
	host = await N8nFixture.start();
}, START_WITHIN);

afterAll(async () => {
	await host.stop();
	await club.stop();
}, 60_000);

it('gives bare ids a prefix on their way out and takes it off on their way back, also after a restart', async () => {
	const agent = await club.addAgent('bot', 'Bot');
	const mia = await club.addHuman('mia', 'Mia');
	const group = await club.addGroup('Team', [mia.id, agent.id]);
	const direct = await club.openDirect(mia.id, agent.id);
	const credential = await host.credential({ serverUrl: club.url, agentToken: agent.token });
	const byId = actionNode(
		credential,
		{
			resource: 'message',
			operation: 'send',
			sendTo: 'chat',
			chatId: { __rl: true, mode: 'id', value: '={{ $("Agent Club Trigger").item.json.chatId }}' },
			text: 'by id',
			options: {},
		},
		'By ID',
	);
	const workflow = await host.publish(
		chain('Oldest', [openTrigger(credential), replyNode(credential, 'answer'), byId]),
	);
	await club.say(mia.id, group, mention(agent, 'group'));
	await club.say(mia.id, direct, { content: 'direct' });
	await host.ended(workflow, 2);
	await host.n8n.stop();
	await club.say(mia.id, group, mention(agent, 'after'));
	await host.n8n.startAgain();
	const items = (await host.ended(workflow, 3, 60_000)).map(
		(execution) => outputOf(execution, 'Agent Club Trigger')[0]?.json,
	);
	expect(items.map((item) => item?.chatId).sort()).toEqual([
		`gr_${group.id}`,
		`gr_${group.id}`,
		`pr_${direct.id}`,
	]);
	const answers = async (chat: typeof group) =>
		(await club.history(mia.id, chat))
			.filter(({ senderId }) => senderId === agent.id)
			.map(({ content }) => content);
	expect(await answers(group)).toEqual(['answer', 'by id', 'answer', 'by id']);
	expect(await answers(direct)).toEqual(['answer', 'by id']);
});

it("neither writes into other people's direct chat nor reads it, though that server would let it", async () => {
	const agent = await club.addAgent('bot2', 'Bot');
	const [mia, tom] = [await club.addHuman('mia2', 'Mia'), await club.addHuman('tom2', 'Tom')];
	const theirs = await club.openDirect(mia.id, tom.id);
	await club.openDirect(mia.id, agent.id);
	await club.say(mia.id, theirs, { content: 'between us' });
	const credential = await host.credential({ serverUrl: club.url, agentToken: agent.token });
	const foreign = { __rl: true, mode: 'id', value: `pr_${theirs.id}` };
	const message = { resource: 'message', sendTo: 'chat', chatId: foreign, options: {} };
	const nodes = [
		actionNode(credential, { ...message, operation: 'send', text: 'psst' }, 'Write'),
		actionNode(credential, { ...message, operation: 'getMany', filters: {} }, 'Read'),
	];
	const workflow = await host.publish(
		chain('Foreign', [
			openTrigger(credential),
			...nodes.map((node) => ({ ...node, onError: 'continueRegularOutput' as const })),
		]),
	);
	const own = await club.openDirect(mia.id, agent.id);
	await club.say(mia.id, own, { content: 'go' });
	const [execution] = await host.ended(workflow, 1);
	for (const node of ['Write', 'Read'])
		expect(outputOf(execution, node).map(({ json }) => json)).toEqual([
			{ error: expect.stringContaining('The agent is in no chat with the ID') as string },
		]);
	expect((await club.history(mia.id, theirs)).map(({ content }) => content)).toEqual([
		'between us',
	]);
});
