import { inChat } from './scene';
import { onEveryTarget } from './targets';

onEveryTarget((it) => {
	it('answers every form of mark_read with nothing', async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		const [said] = await scene.say(person, group, 'hello');
		const probe = await scene.connect(agent);
		probe.forget();
		const byIds = [
			{ message_ids: [said?.id] },
			{ message_id: said?.id },
			{ message_ids: ['unknown'] },
		];
		const odd = [{ message_ids: [] }, { message_ids: 'unknown' }, {}];
		for (const form of [...byIds, inChat(group), ...odd])
			expect(await probe.ask('mark_read', form)).toEqual([]);
		expect(probe.events).toEqual([]);
	});

	it('takes a message for read with all earlier ones of its chat, and replays exactly the later ones', async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		const said = await scene.say(person, group, 'g0', 'g1', 'g2', 'g3');
		const probe = await scene.connect(agent);
		await probe.ask('mark_read', { message_ids: [said[2]?.id] });
		expect(await scene.unreadTexts(agent)).toEqual(['g3']);
	});

	it('goes as far as the latest of the ids, in whatever order they come, and minds no unknown ones', async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		const said = await scene.say(person, group, 'g0', 'g1', 'g2');
		const probe = await scene.connect(agent);
		await probe.ask('mark_read', { message_ids: ['unknown', said[1]?.id, said[0]?.id] });
		expect(await scene.unreadTexts(agent)).toEqual(['g2']);
	});

	it('never goes back: marking an earlier message afterwards changes nothing', async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		const said = await scene.say(person, group, 'g0', 'g1', 'g2');
		const probe = await scene.connect(agent);
		await probe.ask('mark_read', { message_ids: [said[1]?.id] });
		await probe.ask('mark_read', { message_ids: [said[0]?.id] });
		expect(await scene.unreadTexts(agent)).toEqual(['g2']);
	});

	it('has a cursor for each chat, and one frame moves several', async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		const direct = await scene.club.openDirect(person.id, agent.id);
		const inGroup = await scene.say(person, group, 'g0', 'g1');
		const inDirect = await scene.say(person, direct, 'd0', 'd1');
		const probe = await scene.connect(agent);
		await probe.ask('mark_read', { message_id: inDirect[0]?.id });
		expect(await scene.unreadTexts(agent)).toEqual(['g0', 'g1', 'd1']);
		await probe.ask('mark_read', { message_ids: [inGroup[0]?.id, inDirect[1]?.id] });
		expect(await scene.unreadTexts(agent)).toEqual(['g1']);
	});

	it('marks everything up to now when it is given the chat instead of ids', async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		await scene.say(person, group, 'g0', 'g1');
		const probe = await scene.connect(agent);
		await probe.ask('mark_read', inChat(group));
		expect(await scene.unreadTexts(agent)).toEqual([]);
		await scene.say(person, group, 'g2');
		expect(await scene.unreadTexts(agent)).toEqual(['g2']);
	});

	it('keeps the cursor for the agent, not for the socket, and for each agent its own', async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		const other = await scene.agent();
		await scene.club.addMember(group.id, other.id);
		const [said] = await scene.say(person, group, 'to both');
		const [first, second] = [await scene.connect(agent), await scene.connect(agent)];
		await first.ask('mark_read', { message_ids: [said?.id] });
		await second.settle();
		expect(await scene.unreadTexts(agent)).toEqual([]);
		expect(await scene.unreadTexts(other)).toEqual(['to both']);
	});

	it("never counts an agent's own messages as unread", async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		const probe = await scene.connect(agent);
		await scene.say(person, group, 'question');
		await probe.ask('send_message', { ...inChat(group), content: 'answer' });
		expect(await scene.unreadTexts(agent)).toEqual(['question']);
	});

	it('leaves the cursor where it is when an agent reads the history or receives live', async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		const probe = await scene.connect(agent);
		await scene.say(person, group, 'unread');
		await probe.next('new_message');
		expect(await scene.rows(agent, group)).toHaveLength(1);
		expect(await scene.unreadTexts(agent)).toEqual(['unread']);
	});

	it('starts with what is written after an agent joined', async (scene) => {
		const { person, group } = await scene.personAndAgentInGroup();
		const late = await scene.agent();
		await scene.say(person, group, 'before you came');
		await scene.club.addMember(group.id, late.id);
		await scene.say(person, group, 'welcome');
		expect(await scene.unreadTexts(late)).toEqual(['welcome']);
	});

	it('replays nothing of a group that the agent was removed from, and what it missed once it is back', async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		const [read] = await scene.say(person, group, 'read');
		const probe = await scene.connect(agent);
		await probe.ask('mark_read', { message_ids: [read?.id] });
		await scene.club.removeMember(group.id, agent.id);
		await scene.say(person, group, 'behind your back');
		expect(await scene.unreadTexts(agent)).toEqual([]);
		await scene.club.addMember(group.id, agent.id);
		expect(await scene.unreadTexts(agent)).toEqual(['behind your back']);
	});

	it('lets an agent mark what it has of a group that it is no longer in', async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		const [said] = await scene.say(person, group, 'the last you hear');
		const probe = await scene.connect(agent);
		await scene.club.removeMember(group.id, agent.id);
		expect(await probe.ask('mark_read', { message_ids: [said?.id] })).toEqual([]);
		await scene.club.addMember(group.id, agent.id);
		expect(await scene.unreadTexts(agent)).toEqual([]);
	});
});
