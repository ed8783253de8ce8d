import { onEveryTarget } from './targets';

/** The newest generation names the agent first; the older ones first send what is unread. */
const WITH_BACKLOG = {
	G1: ['offline_messages', 'auth_ok', 'connect'],
	G2: ['offline_messages', 'auth_ok', 'connect'],
	G3: ['auth_ok', 'offline_messages', 'connect'],
};

onEveryTarget((it) => {
	it('sends auth_ok and then connects, without offline_messages when nothing is unread', async (scene) => {
		const probe = await scene.connect(await scene.agent());
		await probe.settle();
		expect(probe.events).toEqual(['auth_ok', 'connect']);
	});

	it('names the agent in auth_ok, with flags as numbers and intervals in seconds', async (scene) => {
		const agent = await scene.agent('Kitchen Helper');
		const probe = await scene.connect(agent);
		expect(await probe.next('auth_ok')).toEqual({
			user_id: agent.id,
			display_name: 'Kitchen Helper',
			role: 'agent',
			is_agent: 1,
			heartbeat_interval: 30,
			presence_poll_interval: 30,
		});
	});

	for (const transport of ['websocket', 'polling'] as const) {
		it(`ends the handshake with connect, in the order of its generation, over ${transport}`, async (scene) => {
			const { person, agent, group } = await scene.personAndAgentInGroup();
			await scene.say(person, group, 'while you were out');
			const probe = await scene.connect(agent, { transports: [transport] });
			await probe.settle();
			expect(probe.events).toEqual(WITH_BACKLOG[scene.generation]);
		});
	}

	it('goes over from polling to websocket and loses nothing', async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		const probe = scene.probe({ token: agent.token, transports: ['polling', 'websocket'] });
		const upgraded = new Promise((resolve) =>
			probe.socket.io.once('open', () => probe.socket.io.engine.once('upgrade', resolve)),
		);
		await probe.open();
		await upgraded;
		await scene.say(person, group, 'after the upgrade');
		expect(await probe.next('new_message')).toMatchObject({ content: 'after the upgrade' });
	});

	it('sends all that is unread in one event, in the order of writing over all chats', async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		const direct = await scene.club.openDirect(person.id, agent.id);
		await scene.say(person, group, 'first');
		await scene.say(person, direct, 'second');
		await scene.say(person, group, 'third');
		const probe = await scene.connect(agent);
		const batches = probe.all('offline_messages');
		expect(batches).toHaveLength(1);
		expect(batches[0]).toMatchObject([
			{ content: 'first' },
			{ content: 'second' },
			{ content: 'third' },
		]);
	});

	it('sends what is unread to each socket and again at each connect, until it is marked read', async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		await scene.say(person, group, 'still there');
		const first = await scene.connect(agent);
		const second = await scene.connect(agent);
		expect(await first.next('offline_messages')).toMatchObject([{ content: 'still there' }]);
		expect(await second.next('offline_messages')).toMatchObject([{ content: 'still there' }]);
		first.close();
		second.close();
		expect(await scene.unreadTexts(agent)).toEqual(['still there']);
	});

	for (const [what, token] of [
		['an unknown token', 'sk_agt_nobody-has-this-one'],
		['an empty token', ''],
		['no token', undefined],
	] as const) {
		it(`refuses ${what} for good: the client must not retry by itself`, async (scene) => {
			const probe = scene.probe(token === undefined ? {} : { token });
			const error = await probe.refused();
			expect(error.message).toBe('Connection rejected by server');
			expect((error as { data?: unknown }).data).toBeUndefined();
			expect(probe.socket.active).toBe(false);
		});
	}

	it('leaves open sockets alone when the token is reset, and refuses the old token at the next connect', async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		const open = await scene.connect(agent);
		const token = await scene.club.resetToken(agent.id);
		expect(token).not.toBe(agent.token);
		await scene.say(person, group, 'do you still hear me?');
		expect(await open.next('new_message')).toMatchObject({ content: 'do you still hear me?' });
		await scene.probe({ token: agent.token }).refused();
		const again = await scene.connect({ ...agent, token });
		expect(await again.next('auth_ok')).toMatchObject({ user_id: agent.id });
	});

	it('says goodbye to nobody when it restarts, and knows everybody afterwards', async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		const [before] = await scene.say(person, group, 'before');
		const probe = await scene.connect(agent);
		await scene.club.restart();
		await probe.until('disconnect');
		expect(await scene.unread(agent)).toMatchObject([{ id: before?.id, content: 'before' }]);
		await scene.say(person, group, 'after');
		expect(await scene.unreadTexts(agent)).toEqual(['before', 'after']);
	});
});
