import { outputOf, type Execution } from '../../playground/host/n8n-types';
import { chain, waitNode } from '../../playground/host/workflow-json';
import { unreadBecomes, unreadOf } from '../support/unread';
import { mention, openTrigger, replyNode, useScene } from './scene';

const scene = useScene();

const textOf = (execution: Execution) =>
	outputOf(execution, 'Agent Club Trigger')[0]?.json.plainText;
const RECOVERY = 90_000;

it('gives two workflows with one agent the messages of their chats once each, live and from a backlog, and leaves other chats unread', async () => {
	const { agent, credential, mia, group, direct } = await scene().cast();
	const second = await scene().club.addGroup('Second', [mia.id, agent.id]);
	const unheard = await scene().club.addGroup('Unheard', [mia.id, agent.id]);
	const first = await scene().host.publish(
		chain('First', [
			openTrigger(credential, { chats: [group.id, direct.id] }),
			replyNode(credential, 'first'),
		]),
	);
	const both = await scene().host.publish(
		chain('Both', [
			openTrigger(credential, { chats: [group.id, second.id] }),
			replyNode(credential, 'both'),
		]),
	);
	const speak = async (words: string) => {
		await scene().club.say(mia.id, group, mention(agent, `${words} shared`));
		await scene().club.say(mia.id, direct, { content: `${words} direct` });
		await scene().club.say(mia.id, second, mention(agent, `${words} second`));
		await scene().club.say(mia.id, unheard, mention(agent, `${words} unheard`));
	};
	await speak('live');
	await scene().host.ended(first, 2);
	await scene().host.ended(both, 2);
	await unreadBecomes(scene().club.url, agent.token, [
		`<at user_id="${agent.id}">${agent.displayName}</at> live unheard`,
	]);
	await scene().host.n8n.stop();
	await speak('backlog');
	await scene().host.n8n.startAgain();
	expect((await scene().host.ended(first, 4, RECOVERY)).map(textOf).sort()).toEqual([
		'backlog direct',
		'backlog shared',
		'live direct',
		'live shared',
	]);
	expect((await scene().host.ended(both, 4, RECOVERY)).map(textOf).sort()).toEqual([
		'backlog second',
		'backlog shared',
		'live second',
		'live shared',
	]);
	const unheardWords = ['live unheard', 'backlog unheard'].map(
		(words) => `<at user_id="${agent.id}">${agent.displayName}</at> ${words}`,
	);
	await unreadBecomes(scene().club.url, agent.token, unheardWords);
});

it('brings what a slow workflow had not finished to it again after n8n was killed', async () => {
	const { agent, credential, mia, group } = await scene().cast();
	const quick = await scene().host.publish(
		chain('Quick', [openTrigger(credential), replyNode(credential, 'quick')]),
	);
	const slow = await scene().host.publish(
		chain('Slow', [openTrigger(credential), waitNode('Wait', 20), replyNode(credential, 'slow')]),
	);
	const { content } = await scene().club.say(mia.id, group, mention(agent, 'work'));
	await scene().host.ended(quick, 1);
	await scene().host.inState(slow, 'running');
	await scene().host.n8n.kill();
	expect(await unreadOf(scene().club.url, agent.token)).toEqual([content]);
	await scene().host.n8n.startAgain();
	const runs = await scene().host.inState(slow, 'success', 1, RECOVERY);
	expect(runs).toHaveLength(1);
	await unreadBecomes(scene().club.url, agent.token, []);
});

it('misses and repeats nothing when one of two workflows is published again while messages arrive', async () => {
	const { agent, credential, mia, group } = await scene().cast();
	const trigger = openTrigger(credential);
	const changed = {
		...trigger,
		parameters: { ...trigger.parameters, options: { senderPrefix: false } },
	};
	const other = await scene().host.publish(
		chain('Other', [openTrigger(credential), replyNode(credential, 'other')]),
	);
	const again = await scene().host.publish(
		chain('Again', [trigger, replyNode(credential, 'again')]),
	);
	const words = Array.from({ length: 30 }, (_, index) => `message ${index}`);
	const talk = (async () => {
		for (const each of words) await scene().club.say(mia.id, group, mention(agent, each));
	})();
	await scene().host.ended(again, 3);
	await scene().host.publishAgain(again, chain('Again', [changed, replyNode(credential, 'again')]));
	await talk;
	expect((await scene().host.ended(again, 30, RECOVERY)).map(textOf)).toEqual(words);
	expect((await scene().host.ended(other, 30, RECOVERY)).map(textOf)).toEqual(words);
	await unreadBecomes(scene().club.url, agent.token, []);
});
