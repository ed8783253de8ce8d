import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../client/clock';
import { outputOf } from '../../playground/host/n8n-types';
import { chain, CREDENTIAL_TYPE, node } from '../../playground/host/workflow-json';
import { Gateway } from '../support/gateway';
import type { CredentialData } from '../support/n8n-fixture';
import { unreadOf } from '../support/unread';
import { containing, mention, openTrigger, replyNode, useScene } from './scene';

const scene = useScene();

describe('an empty allowlist', () => {
	// n8n 2 looks at the parameters before it publishes, n8n 1.123 leaves that to the trigger.
	it.each([
		['allowFrom', /invalid required parameters: allowFrom\b|"Allow From\W+is empty/],
		['allowFromKind', /invalid required parameters: allowFromKind\b|"Allow From Kind\W+is empty/],
	])('in "%s" is refused on publishing', async (list, words) => {
		const { credential } = await scene().cast();
		const workflow = chain('Empty', [
			openTrigger(credential, {}, { [list]: [] }),
			replyNode(credential, 'ok'),
		]);
		await expect(scene().host.publish(workflow)).rejects.toThrow(words);
	});

	it('that an expression gives lets nothing start and marks nothing read; activation and log say why', async () => {
		const { agent, credential, mia, group } = await scene().cast();
		const workflow = chain('Empty by expression', [
			openTrigger(credential, {}, { allowFrom: '={{ [] }}' }),
			replyNode(credential, 'ok'),
		]);
		await expect(scene().host.publish(workflow)).rejects.toThrow(
			/Allow From\W+is empty, so nobody may start this workflow/,
		);
		const { content } = await scene().club.say(mia.id, group, mention(agent, 'anybody?'));
		await scene().host.logged(
			'workflow "Empty by expression", node "Agent Club Trigger": "Allow From" is empty',
		);
		expect(await unreadOf(scene().club.url, agent.token)).toEqual([content]);
	});

	it('does the same when n8n starts with it, where it only stays idle', async () => {
		const { agent, credential, mia, group } = await scene().cast();
		const until = Date.now() + 30_000;
		const list = `={{ $now.toMillis() < ${until} ? ["*"] : [] }}`;
		const id = await scene().host.publish(
			chain('Empty at start', [
				openTrigger(credential, {}, { allowFrom: list }),
				replyNode(credential, 'ok'),
			]),
		);
		await scene().host.n8n.stop();
		await sleep(Math.max(0, until - Date.now()));
		await scene().host.n8n.startAgain();
		const { content } = await scene().club.say(mia.id, group, mention(agent, 'anybody?'));
		await scene().host.logged(
			'workflow "Empty at start", node "Agent Club Trigger": "Allow From" is empty',
		);
		expect(await scene().host.executions(id)).toEqual([]);
		expect(await unreadOf(scene().club.url, agent.token)).toEqual([content]);
	});
});

it('lets those in whom an expression names in a list as JSON, and refuses to publish where it gives another text', async () => {
	const { agent, credential, mia, group } = await scene().cast();
	const stranger = await scene().club.addHuman('not-in-the-list');
	await scene().club.addMember(group.id, stranger.id);
	const published = (name: string, allowFrom: string) =>
		scene().host.publish(
			chain(name, [openTrigger(credential, {}, { allowFrom }), replyNode(credential, 'ok')]),
		);
	const refused = expect(published('No list', '={{ \'{"a":1}\' }}')).rejects.toThrow(
		/Allow From\W+has the value\W+a\W+1\W+which is no ID/,
	);
	// n8n tries it some more times before it says so.
	await scene().host.logged('"Allow From" has the value "{"a":1}", which is no ID');

	const id = await published('List as JSON', `={{ JSON.stringify(["${mia.id}"]) }}`);
	await scene().club.say(stranger.id, group, mention(agent, 'may I?'));
	await scene().club.say(mia.id, group, mention(agent, 'and I?'));
	const started = await scene().host.ended(id, 1);

	expect(
		started.map((execution) => outputOf(execution, 'Agent Club Trigger')[0]?.json.plainText),
	).toEqual(['and I?']);
	await refused;
});

it('names a kind of sender that does not exist', async () => {
	const { credential } = await scene().cast();
	const workflow = chain('Wrong kind', [
		openTrigger(credential, {}, { allowFromKind: '={{ ["robot"] }}' }),
		replyNode(credential, 'ok'),
	]);
	await expect(scene().host.publish(workflow)).rejects.toThrow(
		/Allow From Kind\W+has the value\W+robot/,
	);
});

it('refuses to publish with a token that the server refuses', async () => {
	const credential = await scene().host.credential({
		serverUrl: scene().club.url,
		agentToken: 'sk_agt_wrong',
	});
	await expect(
		scene().host.publish(
			chain('Wrong token', [openTrigger(credential), replyNode(credential, 'ok')]),
		),
	).rejects.toThrow(/refuses the agent token/);
});

describe('the credential test', () => {
	// n8n 1.123 tests only credentials that have been saved.
	const test = async (data: CredentialData) => {
		const { id, name } = await scene().host.credential(data);
		return scene().host.rest.testCredential(id, name, CREDENTIAL_TYPE, { ...data });
	};

	it('names the agent when all is well', async () => {
		const { agent } = await scene().cast();
		expect(await test({ serverUrl: ` ${scene().club.url}/`, agentToken: agent.token })).toEqual({
			status: 'OK',
			message: `Connected as ${agent.displayName}`,
		});
	});

	it('tells a refused token, a wrong address, and a server that is not Agent Club apart', async () => {
		const { agent } = await scene().cast();
		expect(await test({ serverUrl: scene().club.url, agentToken: 'sk_agt_wrong' })).toMatchObject({
			status: 'Error',
			message: containing('refuses the agent token'),
		});
		expect(await test({ serverUrl: 'http://127.0.0.1:9', agentToken: agent.token })).toMatchObject({
			status: 'Error',
			message: containing('cannot be reached'),
		});
		expect(await test({ serverUrl: 'chat.example.com', agentToken: agent.token })).toMatchObject({
			status: 'Error',
			message: containing('http://'),
		});
		expect(
			await test({ serverUrl: scene().host.n8n.address, agentToken: agent.token }),
		).toMatchObject({ status: 'Error', message: containing('not answer like Agent Club') });
	});
});

it('offers people (but not the agent itself) and chats by name in the editor, anyone first', async () => {
	const { credential, mia, group, direct } = await scene().cast();
	const trigger = openTrigger(credential);
	const load = (method: string) => scene().host.loadOptions(trigger, method);
	expect(await load('loadPeople')).toMatchObject([
		{ value: '*' },
		{ name: mia.displayName, value: mia.id },
	]);
	expect(await load('loadChats')).toMatchObject([
		{ name: containing('Team'), value: group.id },
		{ name: mia.displayName, value: direct.id },
	]);
});

it.each([403, 500])(
	'offers the people of the other groups where the server answers %i for the members of one, and says which',
	async (status) => {
		const { agent, mia } = await scene().cast();
		const { club, host } = scene();
		const missed = await club.addHuman(`only-in-ops-${status}`);
		const ops = await club.addGroup(`Ops ${status}`, [missed.id, agent.id]);
		const gateway = await Gateway.start(club.url, systemClock);
		const trigger = openTrigger(
			await host.credential({ serverUrl: gateway.url, agentToken: agent.token }),
		);
		const load = () => host.loadOptions(trigger, 'loadPeople');
		const anyone = { value: '*' };
		const others = [{ value: mia.id }];

		const mend = gateway.answerItself(status, new RegExp(`/groups/${ops.id}/members`));
		expect(await load()).toMatchObject([
			anyone,
			{ name: `(Incomplete: the members of "Ops ${status}" could not be read)`, value: '' },
			...others,
		]);
		mend();
		expect(await load()).toMatchObject([anyone, ...others, { value: missed.id }]);
		await gateway.stop();
	},
);

it('finds the triggering chat behind an Aggregate node, and says what to choose where there is none', async () => {
	const { agent, credential, mia, group, page } = await scene().cast();
	const aggregate = node('Aggregate', 'n8n-nodes-base.aggregate', {
		aggregate: 'aggregateAllItemData',
		options: {},
	});
	await scene().host.publish(
		chain('Aggregated', [openTrigger(credential), aggregate, replyNode(credential, 'found')]),
	);
	await scene().club.say(mia.id, group, mention(agent, 'hello'));
	expect((await page.from(agent.id, group.id))[0]?.content).toBe('found');
});
