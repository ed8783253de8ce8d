import { inChat } from './scene';
import { onEveryTarget } from './targets';

onEveryTarget((it) => {
	it('gives every message to every socket of an agent', async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		const direct = await scene.club.openDirect(person.id, agent.id);
		const probes = [await scene.connect(agent), await scene.connect(agent)];
		await scene.say(person, group, 'to the group');
		await scene.say(person, direct, 'to you');
		for (const probe of probes) {
			expect(await probe.next('new_message')).toMatchObject({ content: 'to the group' });
			expect(await probe.next('new_message')).toMatchObject({ content: 'to you' });
		}
	});

	it('gives a message to nobody outside its chat', async (scene) => {
		const { person, group } = await scene.personAndAgentInGroup();
		const stranger = await scene.connect(await scene.agent());
		await scene.say(person, group, 'among us');
		await stranger.settle();
		expect(stranger.all('new_message')).toEqual([]);
	});

	it('delivers to a member who was added after its socket connected, and tells that socket of the chat', async (scene) => {
		const { person, group } = await scene.personAndAgentInGroup();
		const late = await scene.agent();
		const probe = await scene.connect(late);
		probe.forget();
		await scene.club.addMember(group.id, late.id);
		await scene.say(person, group, 'welcome');
		expect(await probe.next('new_message')).toMatchObject({ content: 'welcome' });
		await probe.settle();
		expect(probe.events).toEqual(['chat_list_updated', 'new_message', 'unread_updated']);
	});

	it('tells those who are in a group nothing of who else joins or leaves', async (scene) => {
		const { agent, group } = await scene.personAndAgentInGroup();
		const probe = await scene.connect(agent);
		const guest = await scene.person('Guest');
		probe.forget();
		await scene.club.addMember(group.id, guest.id);
		await scene.club.removeMember(group.id, guest.id);
		await probe.settle();
		expect(probe.events).toEqual([]);
	});

	it('stops delivering, and refuses what is sent, as soon as a member is removed', async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		const probe = await scene.connect(agent);
		probe.forget();
		await scene.club.removeMember(group.id, agent.id);
		await scene.say(person, group, 'without you');
		await probe.ask('send_message', { ...inChat(group), content: 'hello?' });
		expect(probe.events).toEqual(['chat_list_updated', 'error']);
	});

	it('says unread_updated after a message in a group, and nothing of that to its sender', async (scene) => {
		const { agent, group } = await scene.personAndAgentInGroup();
		const other = await scene.agent();
		await scene.club.addMember(group.id, other.id);
		const [sender, receiver] = [await scene.connect(agent), await scene.connect(other)];
		sender.forget();
		receiver.forget();
		await sender.ask('send_message', { ...inChat(group), content: 'hello' });
		await receiver.settle();
		expect(sender.events).toEqual(['new_message']);
		expect(receiver.events).toEqual(['new_message', 'unread_updated']);
	});

	it('says chat_list_updated and unread_updated before a message in a direct chat', async (scene) => {
		const { person, agent, direct } = await scene.personAndAgentInDirect();
		const probe = await scene.connect(agent);
		probe.forget();
		await scene.say(person, direct, 'hello');
		await probe.settle();
		expect(probe.events).toEqual(['chat_list_updated', 'unread_updated', 'new_message']);
	});

	it('tells a socket of a new direct chat only in the newest generation', async (scene) => {
		const [person, agent] = [await scene.person(), await scene.agent()];
		const probe = await scene.connect(agent);
		probe.forget();
		await scene.club.openDirect(person.id, agent.id);
		await probe.settle();
		expect(probe.events).toEqual({ G1: [], G2: [], G3: ['chat_list_updated'] }[scene.generation]);
	});

	it('finds the same direct chat again, whoever of the two asks', async (scene) => {
		const [one, two] = [await scene.person('One'), await scene.person('Two')];
		const chat = await scene.club.openDirect(one.id, two.id);
		expect(await scene.club.openDirect(two.id, one.id)).toEqual(chat);
	});

	it('tells the sockets of a direct chat that it is deleted in the newest generation, and has nothing unread of it in any', async (scene) => {
		const { person, agent, direct } = await scene.personAndAgentInDirect();
		const probe = await scene.connect(agent);
		await scene.say(person, direct, 'never mind');
		await probe.next('new_message');
		probe.forget();
		await scene.club.deleteChat(person.id, direct);
		await probe.settle();
		expect(probe.events).toEqual({ G1: [], G2: [], G3: ['chat_deleted'] }[scene.generation]);
		if (scene.generation === 'G3') expect(probe.all('chat_deleted')).toEqual([inChat(direct)]);
		expect(await scene.unread(agent)).toEqual([]);
	});

	it('tells the members of a group that it is dissolved', async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		const probe = await scene.connect(agent);
		await scene.say(person, group, 'never mind');
		await probe.next('new_message');
		probe.forget();
		await scene.club.deleteChat(person.id, group);
		await probe.settle();
		expect(probe.events).toEqual(
			scene.generation === 'G3' ? ['chat_deleted'] : ['chat_list_updated'],
		);
		if (scene.generation === 'G3') expect(probe.all('chat_deleted')).toEqual([inChat(group)]);
		expect(await scene.unread(agent)).toEqual([]);
	});

	it('tells that the messages of a chat are cleared, which goes on; older generations cannot', async (scene) => {
		const { person, agent, direct } = await scene.personAndAgentInDirect();
		const group = await scene.group(person, agent);
		const probe = await scene.connect(agent);
		for (const chat of [direct, group]) {
			await scene.say(person, chat, 'never mind');
			await probe.next('new_message');
			probe.forget();
			if (scene.generation !== 'G3') {
				await expect(scene.club.clearChat(person.id, chat)).rejects.toThrow();
				continue;
			}
			await scene.club.clearChat(person.id, chat);
			await probe.settle();
			expect(probe.events).toEqual(['messages_cleared']);
			expect(probe.all('messages_cleared')).toEqual([inChat(chat)]);
			expect(await scene.unread(agent)).toEqual([]);
			await scene.say(person, chat, 'a new beginning');
			expect(await scene.unreadTexts(agent)).toEqual(['a new beginning']);
			expect(await probe.next('new_message')).toMatchObject({ content: 'a new beginning' });
			await probe.ask('mark_read', inChat(chat));
		}
	});

	it('tells nobody of a new name of a group', async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		const probe = await scene.connect(agent);
		probe.forget();
		await scene.club.renameGroup(person.id, group.id, 'Scullery');
		await probe.settle();
		expect(probe.events).toEqual([]);
	});
});
