import type { ChatAddress } from '../../playground/club/club';
import { outputOf } from '../../playground/host/n8n-types';
import { actionNode, chain } from '../../playground/host/workflow-json';
import { Desk } from '../support/desk';
import { unreadBecomes } from '../support/unread';
import { containing, mention, openTrigger, replyNode, useScene } from './scene';

const TRIGGER = 'Agent Club Trigger';
const MENTION_BACK =
	'=<at user_id="{{ $json.sender.id }}">{{ $json.sender.name }}</at> you said: {{ ' +
	'$json.plainText }}';

const scene = useScene();

describe('a published workflow with the trigger and the send operation', () => {
	it('answers a mention in a group, and the sender receives the answer with the mention filled', async () => {
		const { agent, credential, mia, group, page } = await scene().cast();
		const workflow = await scene().host.publish(
			chain('Echo', [openTrigger(credential), replyNode(credential, MENTION_BACK)]),
		);
		await scene().club.say(mia.id, group, mention(agent, 'hello there'));
		const [answer] = await page.from(agent.id, group.id);
		expect(answer).toMatchObject({ mentions: [mia.id], content_type: 'text' });
		expect(answer?.content).toBe(
			`<at user_id="${mia.id}">${mia.displayName}</at> you said: hello there`,
		);
		const [execution] = await scene().host.ended(workflow, 1);
		expect(execution?.status).toBe('success');
		expect(outputOf(execution, 'Agent Club')[0]?.json).toMatchObject({
			sent: true,
			messageId: answer?.id,
			chatId: group.id,
			chatType: 'group',
			mentions: [mia.id],
			confirmedBy: 'answer',
		});
	});

	it('answers a mention of everybody, and a direct chat without any mention, each in its own chat', async () => {
		const { agent, credential, mia, group, direct, page } = await scene().cast();
		await scene().host.publish(
			chain('Echo all', [openTrigger(credential), replyNode(credential, MENTION_BACK)]),
		);
		await scene().club.say(mia.id, group, {
			content: '<at user_id="all">all</at> lunch?',
			mentions: ['all'],
		});
		await scene().club.say(mia.id, direct, { content: 'just us' });
		const [inGroup] = await page.from(agent.id, group.id);
		const [inDirect] = await page.from(agent.id, direct.id);
		expect(inGroup?.content).toContain('you said: @all lunch?');
		expect(inDirect?.content).toContain('you said: just us');
		expect(inDirect?.mentions).toEqual([mia.id]);
	});

	it('gives the workflow the whole item', async () => {
		const { agent, credential, mia, group, page } = await scene().cast();
		const workflow = await scene().host.publish(
			chain('Items', [openTrigger(credential), replyNode(credential, 'ok')]),
		);
		const said = await scene().club.say(mia.id, group, mention(agent, '/report last week'));
		await page.from(agent.id, group.id);
		const [execution] = await scene().host.ended(workflow, 1);
		expect(outputOf(execution, TRIGGER)[0]?.json).toEqual({
			event: 'message',
			messageId: said.id,
			chatId: group.id,
			chatType: 'group',
			chatName: containing('Team'),
			sender: { id: mia.id, name: mia.displayName, avatar: '', kind: 'human' },
			self: { id: agent.id, name: agent.displayName },
			text: said.content,
			plainText: '/report last week',
			command: { name: 'report', args: 'last week' },
			messageType: 'text',
			mentions: [agent.id],
			addressedToSelf: true,
			attachments: [],
			messages: [],
			context: [],
			roster: [
				{
					id: mia.id,
					name: mia.displayName,
					username: mia.username,
					kind: 'human',
					isSelf: false,
					isOnline: true,
				},
				{
					id: agent.id,
					name: agent.displayName,
					username: agent.username,
					kind: 'agent',
					isSelf: true,
					isOnline: true,
				},
			],
			mentionGuide: containing(`user_id="${mia.id}"`),
			chatInput: `${mia.displayName}: /report last week`,
			sessionId: `agentclub:${agent.id}:${group.id}`,
			createdAt: new Date(said.createdAt * 1000).toISOString(),
			timestamp: said.createdAt,
			problems: [],
			delivery: { source: 'live', attempt: 1 },
		});
	});

	it('starts nothing for a message without a mention, an empty one, a sender or a kind that is not allowed, and marks them read', async () => {
		const { agent, credential, mia, group } = await scene().cast();
		const tom = await scene().club.addHuman('tom-denied', 'Tom');
		const other = await scene().club.addAgent('other-denied', 'Other');
		await scene().club.addMember(group.id, tom.id);
		await scene().club.addMember(group.id, other.id);
		const workflow = await scene().host.publish(
			chain('Filters', [
				openTrigger(credential, {}, { allowFrom: [mia.id, other.id] }),
				replyNode(credential, 'ok'),
			]),
		);
		await scene().club.say(mia.id, group, { content: 'no mention' });
		await scene().club.say(mia.id, group, { content: '  ', mentions: [agent.id] });
		await scene().club.say(tom.id, group, mention(agent, 'not allowed'));
		await scene().club.sayAsAgent(other.id, group, mention(agent, 'an agent'));
		await unreadBecomes(scene().club.url, agent.token, []);
		expect(await scene().host.executions(workflow)).toEqual([]);
	});

	it('starts for a message without a mention when none is required', async () => {
		const { agent, credential, mia, group, page } = await scene().cast();
		await scene().host.publish(
			chain('All', [
				openTrigger(credential, {}, { requireMention: false }),
				replyNode(credential, 'heard'),
			]),
		);
		await scene().club.say(mia.id, group, { content: 'no mention' });
		expect((await page.from(agent.id, group.id))[0]?.content).toBe('heard');
	});

	it('mentions a member by @Name, as a model writes it, and somebody who has just joined', async () => {
		const { agent, credential, mia, group, page } = await scene().cast();
		await scene().host.publish(
			chain('Names', [openTrigger(credential), replyNode(credential, '={{ $json.plainText }}')]),
		);
		const words = `ok @${mia.displayName.toUpperCase()}, and @all stays, and @todo`;
		await scene().club.say(mia.id, group, mention(agent, words));
		const [answer] = await page.from(agent.id, group.id);
		expect(answer?.content).toBe(
			`ok <at user_id="${mia.id}">${mia.displayName}</at>, and @all stays, and @todo`,
		);
		expect(answer?.mentions).toEqual([mia.id]);

		const zoe = await scene().club.addHuman('zoe-joins', 'Zoe');
		await scene().club.addMember(group.id, zoe.id);
		await scene().club.say(mia.id, group, mention(agent, '@Zoe, welcome'));
		expect((await page.from(agent.id, group.id, 2))[1]).toMatchObject({
			content: `<at user_id="${zoe.id}">Zoe</at>, welcome`,
			mentions: [zoe.id],
		});
	});

	it('never starts for its own messages', async () => {
		const { agent, credential, mia, group, page } = await scene().cast();
		const open = openTrigger(credential, {}, { requireMention: false, allowFromKind: ['*'] });
		const workflow = await scene().host.publish(
			chain('Own', [open, replyNode(credential, `=<at user_id="${agent.id}">me</at> again`)]),
		);
		await scene().club.say(mia.id, group, { content: 'one' });
		await page.from(agent.id, group.id);
		await scene().club.say(mia.id, group, { content: 'two' });
		await page.from(agent.id, group.id, 2);
		await unreadBecomes(scene().club.url, agent.token, []);
		expect(await scene().host.ended(workflow, 2)).toHaveLength(2);
	});

	it('shows the agent typing while the execution runs or asks for it, and no more once it has answered', async () => {
		const { agent, credential, mia, group, direct } = await scene().cast();
		const { host, club } = scene();
		const slow = await club.addGroup('Slow', [mia.id, agent.id]);
		const page = await club.watch(mia.id);
		const [before, after] = [await Desk.start(), await Desk.start()];
		await host.publish(
			chain('Works', [
				openTrigger(credential, { chats: [group.id, slow.id] }),
				before.node('before', 'Before'),
				replyNode(credential, 'done'),
				after.node('after', 'After'),
			]),
		);
		const typing = { resource: 'message', operation: 'sendTyping', seconds: 30 };
		await host.publish(
			chain('Asks for it', [
				openTrigger(credential, { chats: [direct.id], showTyping: false }),
				actionNode(credential, typing, 'Typing'),
				replyNode(credential, 'done'),
			]),
		);
		const shown = (chat: ChatAddress) => page.typingIn(chat, agent.id);
		const isShown = (chat: ChatAddress, times: number) =>
			page.until(() => shown(chat) >= times, `the agent typing ${times} times`);
		before.hold('work', 'wait');
		after.hold('work');

		await club.say(mia.id, direct, { content: 'ask' });
		await club.say(mia.id, group, mention(agent, 'work'));
		await page.from(agent.id, direct.id);
		await isShown(group, 1);
		await club.say(mia.id, slow, mention(agent, 'wait'));
		await isShown(slow, 1);
		const asked = shown(direct);
		await isShown(slow, 2);
		// From here on the other chat shows that there was time for a sign.
		before.release('work');
		await page.from(agent.id, group.id);
		const worked = shown(group);
		await isShown(slow, 3);

		expect([shown(direct), shown(group)]).toEqual([asked, worked]);
		expect(page.messages.map(({ chat_id: id, content }) => [id, content])).not.toContainEqual([
			slow.id,
			'done',
		]);
		page.close();
		await before.stop();
		await after.stop();
	});

	it('follows a join, a leave and a rename in roster, mention guide and mentions', async () => {
		const { agent, credential, mia, group, page } = await scene().cast();
		const workflow = await scene().host.publish(
			chain('Roster', [
				openTrigger(credential, { rosterMaxAge: 0 }),
				replyNode(credential, 'ok @Helper and @Assistant 1 Mallory'),
			]),
		);
		const helper = await scene().club.addAgent('helper-roster', 'Helper');
		await scene().club.addMember(group.id, helper.id);
		await scene().club.say(mia.id, group, mention(agent, 'joined'));
		await page.from(agent.id, group.id);
		await scene().club.rename(helper.id, 'Assistant "1"\nMallory');
		await scene().club.say(mia.id, group, mention(agent, 'renamed'));
		await page.from(agent.id, group.id, 2);
		await scene().club.removeMember(group.id, helper.id);
		await scene().club.say(mia.id, group, mention(agent, 'left'));
		const answers = await page.from(agent.id, group.id, 3);
		expect(answers.map(({ mentions }) => mentions)).toEqual([[helper.id], [helper.id], []]);
		const items = (await scene().host.ended(workflow, 3)).map(
			(execution) => outputOf(execution, TRIGGER)[0]?.json ?? {},
		);
		const guides = items.map(({ mentionGuide }) => String(mentionGuide));
		expect(guides[0]).toContain(`- Helper: user_id="${helper.id}" (an AI agent)`);
		expect(guides[0]).toContain(`user_id="${agent.id}" (this is you, an AI agent)`);
		expect(guides[1]).toContain(`- Assistant 1 Mallory: user_id="${helper.id}"`);
		expect(guides[2]).not.toContain(helper.id);
		expect(items[2]?.roster).toHaveLength(2);
	});
});
