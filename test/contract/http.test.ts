import type { Scene } from './scene';
import { onEveryTarget } from './targets';

const PATHS = ['/api/agent/chats', '/api/agent/groups/x/members', '/api/agent/messages/group/x'];

const texts = async (scene: Scene, ...args: Parameters<Scene['rows']>) =>
	(await scene.rows(...args)).map(({ content }) => content);

onEveryTarget((it) => {
	it('answers 401 and JSON to a missing, empty, unknown or strangely written token', async (scene) => {
		const agent = await scene.agent();
		const http = scene.http(agent);
		const written = ['', 'Bearer ', 'Bearer wrong', `bearer ${agent.token}`];
		const headers = [{}, ...written.map((authorization) => ({ authorization }))];
		for (const path of PATHS) {
			for (const header of headers) {
				const answer = await http.get(path, header);
				expect(answer.status).toBe(401);
				expect(answer.json()).toEqual({ error: expect.any(String) as string });
			}
		}
	});

	it('takes a token without the word before it too', async (scene) => {
		const agent = await scene.agent();
		const answer = await scene.http(agent).get('/api/agent/chats', { authorization: agent.token });
		expect(answer.status).toBe(200);
	});

	it('refuses the old token, and takes the new one, as soon as it is reset', async (scene) => {
		const agent = await scene.agent();
		const token = await scene.club.resetToken(agent.id);
		expect((await scene.http(agent).get('/api/agent/chats')).status).toBe(401);
		expect((await scene.http({ ...agent, token }).get('/api/agent/chats')).status).toBe(200);
	});

	it('tells without a token whether people may register', async (scene) => {
		const answer = await scene.http(await scene.agent()).get('/api/registration-status', {});
		expect(answer.status).toBe(200);
		expect(answer.json()).toEqual({ allow_registration: expect.any(Boolean) as boolean });
	});

	it('answers 404 in HTML to what it does not have', async (scene) => {
		const answer = await scene.http(await scene.agent()).get('/api/agent/nothing');
		expect(answer.status).toBe(404);
		expect(answer.headers.get('content-type')).toContain('text/html');
	});

	it('keeps what belongs to the page from an agent', async (scene) => {
		const http = scene.http(await scene.agent());
		for (const path of [
			'/api/users',
			'/api/groups',
			'/api/direct-chats',
			'/api/messages/group/x',
		]) {
			expect((await http.get(path)).status).toBe(401);
		}
	});

	it("lists the agent's groups and direct chats", async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		const direct = await scene.club.openDirect(person.id, agent.id);
		await scene.group(person);
		const answer = await scene.http(agent).get('/api/agent/chats');
		const [user1_id, user2_id] = [person.id, agent.id].sort();
		expect(answer.json()).toEqual({
			groups: [
				{
					id: group.id,
					name: 'Kitchen',
					avatar: '',
					description: '',
					created_by: person.id,
					created_at: expect.any(Number) as number,
				},
			],
			directs: [
				{
					id: direct.id,
					user1_id,
					user2_id,
					created_at: expect.any(Number) as number,
					peer_id: person.id,
					peer_name: 'Anna',
					peer_avatar: '',
					peer_description: '',
					peer_last_active_at: null,
					peer_is_agent: 0,
					peer_online: 0,
				},
			],
		});
	});

	it('lists no chats for an agent that has none', async (scene) => {
		const answer = await scene.http(await scene.agent()).get('/api/agent/chats');
		expect(answer.json()).toEqual({ groups: [], directs: [] });
	});

	it('lists the members of a group in the order of joining, the asking agent among them', async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		const member = { avatar: '', last_active_at: null, is_online: 0 };
		const answer = await scene.http(agent).get(`/api/agent/groups/${group.id}/members`);
		const more = {
			G1: {},
			G2: {},
			G3: { description: '', created_at: expect.any(Number) as number },
		}[scene.generation];
		expect(answer.json()).toEqual([
			{
				...member,
				...more,
				id: person.id,
				username: person.username,
				display_name: 'Anna',
				role: 'user',
				is_agent: 0,
			},
			{
				...member,
				...more,
				id: agent.id,
				username: agent.username,
				display_name: 'Helper',
				role: 'agent',
				is_agent: 1,
			},
		]);
	});

	it('shows joins, leaves and new names of members at once', async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		const guest = await scene.person('Guest');
		const names = async () => {
			const answer = await scene.http(agent).get(`/api/agent/groups/${group.id}/members`);
			return (answer.json() as { display_name: string }[]).map(({ display_name: name }) => name);
		};
		await scene.club.addMember(group.id, guest.id);
		await scene.club.rename(person.id, 'Berta');
		await scene.club.rename(agent.id, 'Butler');
		expect(await names()).toEqual(['Berta', 'Butler', 'Guest']);
		await scene.club.removeMember(group.id, guest.id);
		expect(await names()).toEqual(['Berta', 'Butler']);
	});

	it('shows members to members alone, and knows no difference to a group that does not exist', async (scene) => {
		const { group } = await scene.personAndAgentInGroup();
		const http = scene.http(await scene.agent());
		for (const id of [group.id, 'gc_nowhere']) {
			const answer = await http.get(`/api/agent/groups/${id}/members`);
			expect(answer.status).toBe(403);
			expect(answer.json()).toEqual({ error: expect.any(String) as string });
		}
	});

	it('pages through the history: the newest ones, oldest first, strictly before a time', async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		const said = await scene.say(person, group, 'm0', 'm1', 'm2', 'm3', 'm4');
		expect(await texts(scene, agent, group)).toEqual(['m0', 'm1', 'm2', 'm3', 'm4']);
		expect(await texts(scene, agent, group, '?limit=2')).toEqual(['m3', 'm4']);
		const before = `before=${said[3]?.createdAt}`;
		expect(await texts(scene, agent, group, `?limit=2&${before}`)).toEqual(['m1', 'm2']);
		expect(await texts(scene, agent, group, `?before=${said[0]?.createdAt}`)).toEqual([]);
	});

	it('takes what is no time and no limit for the defaults, and a limit of 0 for none', async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		await scene.say(person, group, 'm0', 'm1', 'm2');
		for (const query of ['?before=0', '?before=soon', '?limit=many', '?limit=2.5']) {
			expect(await texts(scene, agent, group, query)).toEqual(['m0', 'm1', 'm2']);
		}
		expect(await texts(scene, agent, group, '?limit=0')).toEqual([]);
	});

	it('takes a negative limit for all messages on SQLite, and fails with it elsewhere', async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		await scene.say(person, group, 'm0', 'm1');
		const path = `/api/agent/messages/group/${group.id}?limit=-1`;
		const { status } = await scene.http(agent).get(path);
		expect(status).toBe(scene.database === 'SQLite' ? 200 : 500);
	});

	it('gives fifty messages by default and a hundred at most', async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		const probe = await scene.connect(agent);
		const frame = { chat_type: group.type, chat_id: group.id, content: 'one of many' };
		// PostgreSQL gives the server no more than 100 connections, and each send needs one.
		for (let row = 0; row < 3; row += 1)
			await Promise.all(Array.from({ length: 34 }, () => probe.ask('send_message', frame)));
		await scene.say(person, group, 'the last');
		const page = await scene.rows(agent, group);
		expect(page).toHaveLength(50);
		expect(page.at(-1)).toMatchObject({ content: 'the last' });
		expect(await scene.rows(agent, group, '?limit=100')).toHaveLength(100);
		expect(await scene.rows(agent, group, '?limit=500')).toHaveLength(100);
	});

	it('keeps the history from outsiders, but for the oldest generation, which shows it to every agent', async (scene) => {
		const { person, group } = await scene.personAndAgentInGroup();
		await scene.say(person, group, 'among us');
		const http = scene.http(await scene.agent());
		const answer = await http.get(`/api/agent/messages/group/${group.id}`);
		expect(answer.status).toBe({ G1: 200, G2: 403, G3: 403 }[scene.generation]);
		const refusal = { error: expect.any(String) as string };
		expect(answer.json()).toMatchObject(
			{ G1: [{ content: 'among us' }], G2: refusal, G3: refusal }[scene.generation],
		);
	});

	it('knows no history of a chat under the wrong type, or of an unknown one', async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		await scene.say(person, group, 'in the group');
		for (const path of [`direct/${group.id}`, `hologram/${group.id}`, 'group/gc_nowhere']) {
			const answer = await scene.http(agent).get(`/api/agent/messages/${path}`);
			expect(answer.status).toBe({ G1: 200, G2: 403, G3: 403 }[scene.generation]);
			if (scene.generation === 'G1') expect(answer.json()).toEqual([]);
		}
	});
});
