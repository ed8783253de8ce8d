import { inChat } from './scene';
import { onEveryTarget } from './targets';

const KEYS = [
	'chat_id',
	'chat_type',
	'content',
	'content_type',
	'created_at',
	'file_name',
	'file_url',
	'id',
	'mentions',
	'sender_avatar',
	'sender_id',
	'sender_is_agent',
	'sender_name',
];

/** How ids look; clients must not rely on it, but the playground has to be as the server is. */
const IDS = {
	G1: {
		message: /^[0-9a-f]{32}$/,
		group: /^[0-9a-f]{32}$/,
		direct: /^[0-9a-f]{32}$/,
		user: /^[0-9a-f]{32}$/,
	},
	G2: {
		message: /^msg_[0-9a-f]{32}$/,
		group: /^gc_[0-9a-f]{32}$/,
		direct: /^dc_[0-9a-f]{32}$/,
		user: /^u_[0-9a-f]{32}$/,
	},
	G3: {
		message: /^msg_[0-9a-f]{32}$/,
		group: /^gc_[0-9a-f]{32}$/,
		direct: /^dc_[0-9a-f]{32}$/,
		user: /^u_[0-9a-f]{32}$/,
	},
};
const TOKENS = {
	G1: /^[\w-]{43}$/,
	G2: /^sk_agt_[\w-]{43}$/,
	G3: /^sk_agt_[\w-]{43}$/,
};

onEveryTarget((it) => {
	it('gives ids and tokens the form of its generation', async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		const direct = await scene.club.openDirect(person.id, agent.id);
		const [said] = await scene.say(person, group, 'hello');
		const forms = IDS[scene.generation];
		expect(said?.id).toMatch(forms.message);
		expect(group.id).toMatch(forms.group);
		expect(direct.id).toMatch(forms.direct);
		expect(person.id).toMatch(forms.user);
		expect(agent.id).toMatch(forms.user);
		expect(agent.token).toMatch(TOKENS[scene.generation]);
	});

	it('has the same thirteen keys live, among the unread and in the history; only mentions differ, JSON text there', async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		const probe = await scene.connect(agent);
		await scene.club.say(person.id, group, {
			content: 'all the keys',
			mentions: [agent.id, 'all'],
		});
		const live = await probe.next('new_message');
		const [unread] = await scene.unread(agent);
		const [row] = await scene.rows(agent, group);
		expect(Object.keys(live).sort()).toEqual(KEYS);
		expect(unread).toEqual(live);
		expect(live.mentions).toEqual([agent.id, 'all']);
		expect({ ...row, mentions: JSON.parse(row?.mentions as string) as unknown }).toEqual(live);
	});

	it('tells who wrote what where, with defaults for all that was left out', async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		const probe = await scene.connect(agent);
		const [said] = await scene.say(person, group, 'plain');
		expect(await probe.next('new_message')).toEqual({
			id: said?.id,
			...inChat(group),
			sender_id: person.id,
			sender_name: 'Anna',
			sender_avatar: '',
			sender_is_agent: 0,
			content: 'plain',
			content_type: 'text',
			file_url: '',
			file_name: '',
			mentions: [],
			created_at: said?.createdAt,
		});
	});

	it('marks what an agent wrote with the number 1, and a direct chat with its type', async (scene) => {
		const { agent, direct } = await scene.personAndAgentInDirect();
		const probe = await scene.connect(agent);
		await probe.ask('send_message', { ...inChat(direct), content: 'from a machine' });
		expect(await probe.next('new_message')).toMatchObject({
			sender_is_agent: 1,
			chat_type: 'direct',
			chat_id: direct.id,
		});
		expect(await scene.rows(agent, direct)).toMatchObject([{ sender_is_agent: 1 }]);
	});

	it('takes a message without a chat type for one to a group', async (scene) => {
		const { agent, group } = await scene.personAndAgentInGroup();
		const probe = await scene.connect(agent);
		await probe.ask('send_message', { chat_id: group.id, content: 'to whom?' });
		expect(await probe.next('new_message')).toMatchObject(inChat(group));
	});

	it('has times in seconds with a fraction, the same number wherever it is told', async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		const probe = await scene.connect(agent);
		const [first, second] = await scene.say(person, group, 'one', 'two');
		const live = await probe.next('new_message');
		const [row] = await scene.rows(agent, group);
		expect(live.created_at).toBe(first?.createdAt);
		expect(row?.created_at).toBe(first?.createdAt);
		expect(second?.createdAt).toBeGreaterThan(first?.createdAt ?? Infinity);
		expect(new Date((first?.createdAt ?? 0) * 1000).getUTCFullYear()).toBeGreaterThan(2024);
	});

	it('passes odd values on live as they were sent', async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		const probe = await scene.connect(agent);
		await scene.club.say(person.id, group, {
			content: null,
			contentType: null,
			fileUrl: null,
			fileName: null,
			mentions: null,
		});
		const nothing = {
			content: null,
			content_type: null,
			file_url: null,
			file_name: null,
			mentions: [],
		};
		expect(await probe.next('new_message')).toMatchObject(nothing);
		await scene.club.say(person.id, group, { content: 42 });
		expect(await probe.next('new_message')).toMatchObject({ content: 42 });
	});

	it('stores null as null in the older generations, as the default in the newest, and a number as text', async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		await scene.club.say(person.id, group, {
			content: null,
			contentType: null,
			fileUrl: null,
			fileName: null,
		});
		await scene.club.say(person.id, group, { content: 42 });
		const asNull = { content: null, content_type: null, file_url: null, file_name: null };
		const asDefault = { content: '', content_type: 'text', file_url: '', file_name: '' };
		const stored = [{ G1: asNull, G2: asNull, G3: asDefault }[scene.generation], { content: '42' }];
		expect(await scene.unread(agent)).toMatchObject(stored);
		expect(await scene.rows(agent, group)).toMatchObject(stored);
	});

	it('checks neither the content type nor the address nor the name of a file', async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		const probe = await scene.connect(agent);
		const odd = {
			contentType: 'hologram',
			fileUrl: 'https://elsewhere.example/x.exe',
			fileName: '../../Übersicht 报告.exe',
		};
		await scene.club.say(person.id, group, odd);
		const wire = {
			content: '',
			content_type: odd.contentType,
			file_url: odd.fileUrl,
			file_name: odd.fileName,
		};
		expect(await probe.next('new_message')).toMatchObject(wire);
		expect(await scene.rows(agent, group)).toMatchObject([wire]);
	});

	it("calls a sender by the name that is the sender's now, not by the name at the time of writing", async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		await scene.say(person, group, 'hello');
		await scene.club.rename(person.id, 'Anna-Lena');
		expect(await scene.unread(agent)).toMatchObject([{ sender_name: 'Anna-Lena' }]);
		expect(await scene.rows(agent, group)).toMatchObject([{ sender_name: 'Anna-Lena' }]);
	});

	it('keeps of mentions the strings, trimmed, once each, whoever they name', async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		const probe = await scene.connect(agent);
		const mentions = [` ${agent.id} `, agent.id, '', '   ', 5, null, ['x'], 'all', 'nobody'];
		const said = await scene.club.say(person.id, group, { content: 'you', mentions });
		expect(await probe.next('new_message')).toMatchObject({
			mentions: [agent.id, 'all', 'nobody'],
		});
		expect(said.mentions).toEqual([agent.id, 'all', 'nobody']);
	});

	it('keeps the first hundred mentions', async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		const probe = await scene.connect(agent);
		const crowd = Array.from({ length: 103 }, (_, index) => `user-${index}`);
		await scene.club.say(person.id, group, { content: 'you all', mentions: crowd });
		expect((await probe.next('new_message')).mentions).toEqual(crowd.slice(0, 100));
	});

	it('has no mentions where they are not a list, and reads none out of the text', async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		const probe = await scene.connect(agent);
		const content = `<at user_id="${agent.id}">Helper</at> hello`;
		for (const mentions of [undefined, agent.id, { 0: agent.id }]) {
			await scene.club.say(person.id, group, { content, mentions });
			expect(await probe.next('new_message')).toMatchObject({ content, mentions: [] });
		}
	});
});
