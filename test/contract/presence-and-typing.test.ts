import { inChat } from './scene';
import { onEveryTarget } from './targets';

onEveryTarget((it) => {
	it('acknowledges a heartbeat without payload by an event, and then answers it', async (scene) => {
		const probe = await scene.connect(await scene.agent());
		probe.forget();
		expect(await probe.ask('heartbeat')).toEqual([]);
		expect(probe.happenings).toEqual([{ event: 'heartbeat_ack', payload: undefined }]);
	});

	it('neither acknowledges nor answers a heartbeat with a payload', async (scene) => {
		const probe = await scene.connect(await scene.agent());
		probe.forget();
		expect(await probe.isAnswered('heartbeat', {})).toBe(false);
		// Those of the round trips alone: the heartbeat with a payload got none.
		expect(probe.happenings).toHaveLength(probe.roundTrips);
	});

	it('takes an agent for online once it has connected, and for offline before', async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		const watcher = await scene.agent('Watcher');
		await scene.club.addMember(group.id, watcher.id);
		const members = async () => {
			const answer = await scene.http(watcher).get(`/api/agent/groups/${group.id}/members`);
			return answer.json();
		};
		const offline = { is_online: 0, last_active_at: null };
		expect(await members()).toMatchObject(
			[person, agent, watcher].map(({ id }) => ({ id, ...offline })),
		);
		await scene.connect(agent);
		const online = { is_online: 1, last_active_at: expect.any(Number) as number };
		const now = [offline, online, offline];
		expect(await members()).toMatchObject(
			[person, agent, watcher].map(({ id }, index) => ({ id, ...now[index] })),
		);
	});

	it('relays typing to the other sockets in the chat, and answers with nothing', async (scene) => {
		const { agent, group } = await scene.personAndAgentInGroup();
		const other = await scene.agent();
		await scene.club.addMember(group.id, other.id);
		const [typist, sibling, watcher] = [
			await scene.connect(agent),
			await scene.connect(agent),
			await scene.connect(other),
		];
		typist.forget();
		expect(await typist.ask('typing', inChat(group))).toEqual([]);
		const seen = { user_id: agent.id, display_name: 'Helper', ...inChat(group) };
		expect(await watcher.next('typing')).toEqual(seen);
		expect(await sibling.next('typing')).toEqual(seen);
		await typist.settle();
		expect(typist.events).toEqual([]);
	});

	it('relays typing in a direct chat', async (scene) => {
		const { agent, direct } = await scene.personAndAgentInDirect();
		const [typist, sibling] = [await scene.connect(agent), await scene.connect(agent)];
		await typist.ask('typing', inChat(direct));
		expect(await sibling.next('typing')).toMatchObject(inChat(direct));
	});

	it('relays typing into a direct chat that is newer than the socket only in the newest generation', async (scene) => {
		const [person, agent] = [await scene.person(), await scene.agent()];
		const [typist, sibling] = [await scene.connect(agent), await scene.connect(agent)];
		const direct = await scene.club.openDirect(person.id, agent.id);
		await typist.ask('typing', inChat(direct));
		await sibling.settle();
		expect(sibling.all('typing')).toHaveLength({ G1: 0, G2: 0, G3: 1 }[scene.generation]);
	});

	it('relays typing to a member added after its socket connected, and no longer to one removed', async (scene) => {
		const { agent, group } = await scene.personAndAgentInGroup();
		const late = await scene.agent();
		const [typist, watcher] = [await scene.connect(agent), await scene.connect(late)];
		await scene.club.addMember(group.id, late.id);
		await typist.ask('typing', inChat(group));
		await watcher.next('typing');
		await scene.club.removeMember(group.id, late.id);
		await typist.ask('typing', inChat(group));
		await watcher.settle();
		expect(watcher.all('typing')).toHaveLength(1);
	});

	it('does not ask whether who types is in the chat', async (scene) => {
		const { agent, group } = await scene.personAndAgentInGroup();
		const watcher = await scene.connect(agent);
		const stranger = await scene.agent('Stranger');
		await (await scene.connect(stranger)).ask('typing', inChat(group));
		expect(await watcher.next('typing')).toMatchObject({
			user_id: stranger.id,
			display_name: 'Stranger',
		});
	});

	it('lets nobody hear that who names no chat is typing', async (scene) => {
		const { agent } = await scene.personAndAgentInGroup();
		const [typist, sibling] = [await scene.connect(agent), await scene.connect(agent)];
		expect(await typist.ask('typing', {})).toEqual([]);
		await sibling.settle();
		expect(sibling.all('typing')).toEqual([]);
	});
});
