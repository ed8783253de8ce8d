import type { Payload } from '../support/probe';
import { inChat } from './scene';
import { onEveryTarget } from './targets';

/** The older generations answer every send alike; the newest says what became of it. */
const NO_WORD: unknown[] = [];
const CONFIRMED = {
	G1: NO_WORD,
	G2: NO_WORD,
	G3: [
		{
			ok: true,
			message_id: expect.any(String) as string,
			created_at: expect.any(Number) as number,
		},
	],
};
const TURNED_DOWN = {
	G1: NO_WORD,
	G2: NO_WORD,
	G3: [{ ok: false, error: expect.any(String) as string }],
};

onEveryTarget((it) => {
	it('sends the echo of a group message before the answer, and the answer tells the same id and time', async (scene) => {
		const { agent, group } = await scene.personAndAgentInGroup();
		const probe = await scene.connect(agent);
		probe.forget();
		const answer = await probe.ask('send_message', { ...inChat(group), content: 'hello' });
		expect(probe.events).toEqual(['new_message']);
		expect(answer).toEqual(CONFIRMED[scene.generation]);
		const echo = await probe.next('new_message');
		const inAnswer = { ok: true, message_id: echo.id, created_at: echo.created_at };
		expect(answer).toEqual({ G1: [], G2: [], G3: [inAnswer] }[scene.generation]);
	});

	it('echoes a group message to all sockets of the sender', async (scene) => {
		const { agent, group } = await scene.personAndAgentInGroup();
		const sender = await scene.connect(agent);
		const sibling = await scene.connect(agent);
		await sender.ask('send_message', { ...inChat(group), content: 'hello' });
		const echo = await sender.next('new_message');
		expect(await sibling.next('new_message')).toEqual(echo);
	});

	it('echoes a direct message before the answer where the chat is older than the socket', async (scene) => {
		const { agent, direct } = await scene.personAndAgentInDirect();
		const probe = await scene.connect(agent);
		probe.forget();
		const answer = await probe.ask('send_message', { ...inChat(direct), content: 'hello' });
		expect(probe.events).toEqual(['new_message']);
		expect(answer).toEqual(CONFIRMED[scene.generation]);
	});

	it('echoes a direct message to all sockets of the sender that are in its room', async (scene) => {
		const { agent, direct } = await scene.personAndAgentInDirect();
		const [sender, sibling] = [await scene.connect(agent), await scene.connect(agent)];
		await sender.ask('send_message', { ...inChat(direct), content: 'hello' });
		expect(await sibling.next('new_message')).toEqual(await sender.next('new_message'));
	});

	it('does not echo, but for the newest generation, in a direct chat opened after the socket connected', async (scene) => {
		const [person, agent] = [await scene.person(), await scene.agent()];
		const probe = await scene.connect(agent);
		const direct = await scene.club.openDirect(person.id, agent.id);
		const answer = await probe.ask('send_message', {
			...inChat(direct),
			content: 'into the quiet',
		});
		await probe.settle();
		expect(answer).toEqual(CONFIRMED[scene.generation]);
		expect(probe.all('new_message')).toHaveLength({ G1: 0, G2: 0, G3: 1 }[scene.generation]);
		expect(await scene.rows(agent, direct)).toMatchObject([
			{ content: 'into the quiet', sender_id: agent.id },
		]);
	});

	it('echoes in such a chat once the other has written there', async (scene) => {
		const [person, agent] = [await scene.person(), await scene.agent()];
		const probe = await scene.connect(agent);
		const direct = await scene.club.openDirect(person.id, agent.id);
		await scene.say(person, direct, 'are you there?');
		expect(await probe.next('new_message')).toMatchObject({
			content: 'are you there?',
			...inChat(direct),
		});
		await probe.ask('send_message', { ...inChat(direct), content: 'yes' });
		expect(probe.all('new_message')).toMatchObject([
			{ content: 'are you there?' },
			{ content: 'yes' },
		]);
	});

	it('refuses who is not in the group: an error to the sending socket alone, then the answer', async (scene) => {
		const { group } = await scene.personAndAgentInGroup();
		const stranger = await scene.agent();
		const sender = await scene.connect(stranger);
		const sibling = await scene.connect(stranger);
		sender.forget();
		const answer = await sender.ask('send_message', { ...inChat(group), content: 'let me in' });
		expect(sender.events).toEqual(['error']);
		expect(answer).toEqual(TURNED_DOWN[scene.generation]);
		const { message } = await sender.next('error');
		expect(message).toEqual(expect.any(String));
		if (scene.generation === 'G3') expect(answer).toEqual([{ ok: false, error: message }]);
		await sibling.settle();
		expect(sibling.events).toEqual(['auth_ok', 'connect']);
	});

	it('refuses an unknown group likewise', async (scene) => {
		const probe = await scene.connect(await scene.agent());
		const answer = await probe.ask('send_message', {
			chat_type: 'group',
			chat_id: 'gc_nowhere',
			content: 'hello',
		});
		expect(answer).toEqual(TURNED_DOWN[scene.generation]);
		expect(probe.all('error')).toHaveLength(1);
	});

	it('refuses who is not part of a direct chat, but for the oldest generation, which stores and delivers it without a word', async (scene) => {
		const { agent, direct } = await scene.personAndAgentInDirect();
		const member = await scene.connect(agent);
		const probe = await scene.connect(await scene.agent());
		const answer = await probe.ask('send_message', { ...inChat(direct), content: 'overheard' });
		await probe.settle();
		expect(answer).toEqual(TURNED_DOWN[scene.generation]);
		expect(probe.all('error')).toHaveLength({ G1: 0, G2: 1, G3: 1 }[scene.generation]);
		expect(probe.all('new_message')).toEqual([]);
		expect(await scene.rows(agent, direct)).toHaveLength({ G1: 1, G2: 0, G3: 0 }[scene.generation]);
		await member.settle();
		expect(member.all('new_message')).toHaveLength({ G1: 1, G2: 0, G3: 0 }[scene.generation]);
	});

	it('treats an id of the wrong type, and a type it does not know, as it treats a foreign direct chat', async (scene) => {
		const { agent, group } = await scene.personAndAgentInGroup();
		const probe = await scene.connect(agent);
		for (const chat_type of ['direct', 'hologram']) {
			const answer = await probe.ask('send_message', {
				chat_type,
				chat_id: group.id,
				content: 'lost',
			});
			expect(answer).toEqual(TURNED_DOWN[scene.generation]);
		}
		await probe.settle();
		expect(probe.all('error')).toHaveLength({ G1: 0, G2: 2, G3: 2 }[scene.generation]);
		expect(probe.all('new_message')).toEqual([]);
		expect(await scene.rows(agent, group)).toEqual([]);
	});

	it('does nothing without a chat id, and only the newest generation says so', async (scene) => {
		const probe = await scene.connect(await scene.agent());
		probe.forget();
		for (const chat_id of [undefined, '', null]) {
			const answer = await probe.ask('send_message', {
				chat_type: 'group',
				chat_id,
				content: 'where to?',
			});
			expect(answer).toEqual(
				{ G1: [], G2: [], G3: [{ ok: false, error: 'chat_id is required' }] }[scene.generation],
			);
		}
		expect(probe.events).toEqual([]);
	});

	it('never answers a send without an argument, or an event that it does not know, and the socket stays up', async (scene) => {
		const { agent, group } = await scene.personAndAgentInGroup();
		const probe = await scene.connect(agent);
		probe.forget();
		expect(await probe.isAnswered('send_message')).toBe(false);
		expect(await probe.isAnswered('send_a_pigeon', inChat(group))).toBe(false);
		expect(probe.events).toEqual([]);
		await probe.ask('send_message', { ...inChat(group), content: 'still here' });
		expect(await probe.next('new_message')).toMatchObject({ content: 'still here' });
	});

	it('never answers a send whose content is an object, but for the newest generation, which stores it as text', async (scene) => {
		const { agent, group } = await scene.personAndAgentInGroup();
		const probe = await scene.connect(agent);
		const answered = await probe.isAnswered('send_message', {
			...inChat(group),
			content: { a: 1 },
		});
		expect(answered).toBe({ G1: false, G2: false, G3: true }[scene.generation]);
		expect(probe.all('error')).toEqual([]);
		const rows = await scene.rows(agent, group);
		expect(rows.map(({ content }) => content)).toEqual(
			{ G1: [], G2: [], G3: ["{'a': 1}"] }[scene.generation],
		);
	});

	it('never answers, and never shows, a send with half a character in its content or file name', async (scene) => {
		const { agent, group } = await scene.personAndAgentInGroup();
		const probe = await scene.connect(agent);
		for (const half of [{ content: 'a party \ud83c' }, { file_name: '\udf89.txt' }])
			expect(await probe.isAnswered('send_message', { ...inChat(group), ...half })).toBe(false);
		expect(probe.all('new_message')).toEqual([]);
		expect(await scene.rows(agent, group)).toEqual([]);
	});

	it('ends the connection at a frame of more than 50 MiB, and stores nothing of it', async (scene) => {
		const { agent, group } = await scene.personAndAgentInGroup();
		const probe = await scene.connect(agent);
		const content = 'x'.repeat(50 * 1024 * 1024);
		probe.socket.emit('send_message', { ...inChat(group), content });
		await probe.next('disconnect');
		expect(await scene.rows(agent, group)).toEqual([]);
	});

	it('hands a message of many kilobytes and of all scripts on unchanged', async (scene) => {
		const { person, agent, group } = await scene.personAndAgentInGroup();
		const probe = await scene.connect(agent);
		const content = 'Grüße, 你好, 🦀 <b>&amp;</b>\r\n'.repeat(1_500);
		await scene.say(person, group, content);
		expect((await probe.next('new_message')).content).toBe(content);
	});

	it('takes NUL, but for PostgreSQL, and more than 64 KiB of text, but for MariaDB', async (scene) => {
		const { agent, group } = await scene.personAndAgentInGroup();
		const probe = await scene.connect(agent);
		const contents = { PostgreSQL: 'a\u0000b', MariaDB: 'x'.repeat(190_000) };
		for (const [database, content] of Object.entries(contents)) {
			const frame = { ...inChat(group), content };
			if (database === scene.database)
				expect(await probe.isAnswered('send_message', frame)).toBe(false);
			else await probe.ask('send_message', frame);
		}
	});

	it('gives each of many sends on one socket an answer and an echo of its own', async (scene) => {
		const { agent, group } = await scene.personAndAgentInGroup();
		const probe = await scene.connect(agent);
		const contents = Array.from({ length: 20 }, (_, index) => `number ${index}`);
		await Promise.all(
			contents.map((content) => probe.ask('send_message', { ...inChat(group), content })),
		);
		const texts = (payloads: Payload[]) => payloads.map(({ content }) => content as string).sort();
		// Handlers run in threads: the order is not kept, and nothing here may ask for it.
		expect(texts(probe.all('new_message'))).toEqual(contents.sort());
		expect(texts(await scene.rows(agent, group))).toEqual(contents);
	});
});
