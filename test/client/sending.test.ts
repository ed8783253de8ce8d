import { Readable } from 'node:stream';
import * as registryModule from '../../client/agent/registry';
import { sendMessage } from '../../client/outbound/send';
import { runOperation } from '../../nodes/AgentClub/actions/router';
import type { ChatAddress } from '../../playground/club/club';
import { AgentHarness } from '../support/agent-harness';
import { EachItem, executeHost } from '../support/fake-host';
import { warningsDuring } from '../support/node-warnings';

const NOBODYS = '0'.repeat(32);

describe.each(['G1', 'G2', 'G3'] as const)('a send to %s', (generation) => {
	const byServer = generation === 'G3' ? 'answer' : 'echo';
	let h: AgentHarness;
	beforeEach(async () => {
		h = await AgentHarness.start({ generation });
	});
	afterEach(() => h.stop());

	it.each(['group', 'direct'] as const)(
		'into a %s chat is confirmed with the id and the time that the server gave it',
		async (kind) => {
			const { session } = h.action();
			const confirmation = await session.send(h.text('hello', h[kind]));
			const [stored] = await h.club.history(h.mia.id, h[kind]);
			expect(confirmation).toEqual({
				messageId: stored?.id,
				createdAt: stored?.createdAt,
				confirmedBy: byServer,
			});
			expect(stored?.content).toBe('hello');
		},
	);

	it('into a direct chat younger than the connection is confirmed too, without an echo', async () => {
		const { session } = h.action();
		await session.whenReady(10_000);
		const young = await h.club.openDirect(h.tom.id, h.agent.id);
		const confirmation = await session.send(h.text('hello', young));
		const [stored] = await h.club.history(h.tom.id, young);
		expect(confirmation).toEqual({
			messageId: stored?.id,
			createdAt: stored?.createdAt,
			confirmedBy: generation === 'G3' ? 'answer' : 'history',
		});
	});

	it('twice with the same text there finds each of the two', async () => {
		const { session } = h.action();
		await session.whenReady(10_000);
		const young = await h.club.openDirect(h.tom.id, h.agent.id);
		const confirmations = [
			await session.send(h.text('again', young)),
			await session.send(h.text('again', young)),
		];
		const stored = await h.club.history(h.tom.id, young);
		expect(confirmations.map(({ messageId }) => messageId)).toEqual(stored.map(({ id }) => id));
	});

	it.each<[string, (h: AgentHarness) => Promise<ChatAddress>]>([
		[
			'a group without the agent',
			({ club, mia, tom }) => club.addGroup('Private', [mia.id, tom.id]),
		],
		[
			'a direct chat of others, which the oldest server stores without a word',
			({ club, mia, tom }) => club.openDirect(mia.id, tom.id),
		],
		[
			'a group taken for a direct chat, which the oldest server stores where nobody looks',
			({ group }) => Promise.resolve({ type: 'direct', id: group.id }),
		],
		['a direct chat that does not exist', () => Promise.resolve({ type: 'direct', id: NOBODYS })],
	])('into %s is refused', async (_what, chatOf) => {
		const { session } = h.action();
		await expect(session.send(h.text('let me in', await chatOf(h)))).rejects.toMatchObject({
			code: 'REFUSED',
			retriable: false,
		});
	});

	it('that is refused says why in the words of the server, and the sends beside it are not blamed', async () => {
		const foreign = await h.club.addGroup('Private', [h.mia.id]);
		const { session } = h.action();
		const sends = [
			h.text('one'),
			h.text('no', foreign),
			h.text('two'),
			h.text('three', h.direct),
		].map((outgoing) => session.send(outgoing));
		const [one, no, two, three] = await Promise.allSettled(sends);
		expect([one, two, three].map((result) => result?.status)).toEqual([
			'fulfilled',
			'fulfilled',
			'fulfilled',
		]);
		const serverText = generation === 'G3' ? 'You are not in this group' : '你不在这个群组中';
		expect(no).toMatchObject({ status: 'rejected', reason: { code: 'REFUSED', serverText } });
	});

	it('whose answer is lost is looked up, and not sent twice', async () => {
		h.club.faults.dropAnswer('send_message');
		const { session } = h.action();
		const sending = session.send(h.text('once'));
		await h.sentBecomes('send_message', 1);
		await h.clock.skip(21_000);
		const confirmation = await sending;
		const [stored] = await h.club.history(h.mia.id, h.group);
		expect(confirmation).toEqual({
			messageId: stored?.id,
			createdAt: stored?.createdAt,
			confirmedBy: 'history',
		});
		expect(h.sent('send_message')).toHaveLength(1);
	});

	it('that the server never handled is an error that says so, and not sent twice', async () => {
		h.club.faults.dropBefore('send_message');
		const { session } = h.action();
		const sending = expect(session.send(h.text('never'))).rejects.toMatchObject({
			code: 'OUTCOME_UNKNOWN',
		});
		await h.sentBecomes('send_message', 1);
		await h.clock.skip(21_000);
		await sending;
		expect(await h.contents()).toEqual([]);
		expect(h.sent('send_message')).toHaveLength(1);
	});

	it('that was stored when the link broke is found on the next connection', async () => {
		const end = h.club.faults.delay('send_message', 60_000);
		const { session } = h.action();
		const sending = session.send(h.text('once'));
		await h.club.waitFor(() => h.sent('send_message').length === 1, 'the send');
		h.club.faults.kill(h.agent.id);
		end();
		expect(await sending).toMatchObject({
			messageId: (await h.club.history(h.mia.id, h.group))[0]?.id,
			confirmedBy: 'history',
		});
		expect(await h.contents()).toEqual(['once']);
		expect(h.sent('send_message')).toHaveLength(1);
	});

	it('into a direct chat of others is refused although the link broke before the answer', async () => {
		const foreign = await h.club.openDirect(h.mia.id, h.tom.id);
		const end = h.club.faults.delay('send_message', 60_000);
		const sending = expect(
			h.action().session.send(h.text('let me in', foreign)),
		).rejects.toMatchObject({ code: 'REFUSED' });
		await h.sentBecomes('send_message', 1);
		h.club.faults.kill(h.agent.id);
		end();
		await sending;
	});

	it('that was lost with the link is repeated, once', async () => {
		h.club.faults.dropBefore('send_message');
		const { session } = h.action();
		const sending = session.send(h.text('once'));
		await h.sentBecomes('send_message', 1);
		h.club.faults.kill(h.agent.id);
		expect(await sending).toMatchObject({ confirmedBy: byServer });
		expect(await h.contents()).toEqual(['once']);
	});

	it('while the server is down waits for it', async () => {
		const { session } = h.action();
		await session.whenReady(10_000);
		await h.club.stop();
		await h.logged(/No connection to Agent Club/);
		const sending = session.send(h.text('patient'));
		await h.clock.skip(10_000);
		await h.club.restart();
		await sending;
		expect(await h.contents()).toEqual(['patient']);
	});

	it('with a file waits for the server likewise, and so do questions over HTTP', async () => {
		const { session } = h.action();
		await session.whenReady(10_000);
		await h.club.stop();
		const content = () => Promise.resolve(Readable.from([Buffer.from('abc')]));
		const sending = sendMessage(session, {
			chat: h.group,
			text: 'patient',
			format: 'text',
			mentionIds: [],
			files: [{ fileName: 'a.txt', size: 3, open: content }],
			uploaded: [],
			filesBefore: false,
		});
		const asking = session.ask(() => session.http.chats());
		await h.clock.skip(5000);
		await h.club.restart();
		await sending;
		expect(await h.contents()).toEqual(['patient', '']);
		expect((await asking).groups.map(({ id }) => id)).toEqual([h.group.id]);
	});

	it('while the server stays down is an error that says that nothing was sent', async () => {
		await h.club.stop();
		const sending = expect(h.action().session.send(h.text('hopeless'))).rejects.toMatchObject({
			code: 'OFFLINE',
			retriable: true,
		});
		await h.clock.skip(61_000);
		await sending;
		await h.club.restart();
		await h.settle(5000);
		expect(await h.contents()).toEqual([]);
	});

	it('keeps the order within its chat, however many are given at once', async () => {
		const texts = Array.from({ length: 25 }, (_, index) => String(index));
		const { session } = h.action();
		await Promise.all(texts.map((text) => session.send(h.text(text))));
		expect(await h.contents()).toEqual(texts);
	});

	it('keeps the order within its chat over a broken link', async () => {
		const texts = Array.from({ length: 6 }, (_, index) => String(index));
		const { session } = h.action();
		await session.whenReady(10_000);
		h.club.faults.dropBefore('send_message', 2);
		const sends = texts.map((text) => session.send(h.text(text)));
		await h.sentBecomes('send_message', 1);
		h.club.faults.kill(h.agent.id);
		await h.sentBecomes('send_message', 2);
		h.club.faults.kill(h.agent.id);
		await Promise.all(sends);
		expect(await h.contents()).toEqual(texts);
	});

	it('never goes out while another one into the same chat is under way', async () => {
		const { session } = h.action();
		await session.send(h.text('shows how the server answers'));
		h.club.faults.delay('send_message', 300);
		const sends = [session.send(h.text('one')), session.send(h.text('two'))];
		await h.sentBecomes('send_message', 2);
		await h.settle(500);
		expect(h.sent('send_message')).toHaveLength(2);
		await sends[0];
		await h.sentBecomes('send_message', 3);
		await Promise.all(sends);
	});

	it(`goes out ${generation === 'G3' ? 'beside' : 'behind'} one into another chat`, async () => {
		const { session } = h.action();
		await session.send(h.text('shows how the server answers'));
		const end = h.club.faults.delay('send_message', 300);
		const sends = [session.send(h.text('one')), session.send(h.text('two', h.direct))];
		await h.sentBecomes('send_message', 2);
		await h.settle(500);
		expect(h.sent('send_message')).toHaveLength(generation === 'G3' ? 3 : 2);
		end();
		await Promise.all(sends);
	});

	it('says whom its tags mention, each once, in order, everybody included', async () => {
		const { session } = h.action();
		const tag = (id: string) => `<at user_id="${id}">somebody</at>`;
		await session.send(h.text(`${tag(h.tom.id)} ${tag('all')} ${tag(h.mia.id)} ${tag(h.tom.id)}`));
		expect(h.sent('send_message')[0]?.['mentions']).toEqual([h.tom.id, 'all', h.mia.id]);
		const [stored] = await h.club.history(h.mia.id, h.group);
		expect(stored?.mentions).toEqual([h.tom.id, 'all', h.mia.id]);
	});

	it('with half a character is answered at once, like any other', async () => {
		const { session } = h.action();
		const confirmation = await session.send(h.text('a party 🎉'.slice(0, -1)));
		expect(confirmation.confirmedBy).toBe(byServer);
		expect(await h.contents()).toEqual(['a party \ufffd']);
	});

	it('leaves the field out where nobody is mentioned', async () => {
		await h.action().session.send(h.text('<at user_id="">nobody</at>'));
		expect(h.sent('send_message')).toEqual([
			{
				chat_type: 'group',
				chat_id: h.group.id,
				content: '<at user_id="">nobody</at>',
				content_type: 'text',
			},
		]);
	});

	it('of a cancelled execution does not leave', async () => {
		const { session } = h.action();
		await session.whenReady(10_000);
		h.club.faults.delay('send_message', 100);
		const first = session.send(h.text('first'));
		const cut = new AbortController();
		const second = session.send(h.text('second'), cut.signal);
		cut.abort();
		await expect(second).rejects.toMatchObject({ code: 'CANCELLED' });
		await first;
		expect(await h.contents()).toEqual(['first']);
	});
});

describe('a text that mentions more people than the server takes', () => {
	it('is an error and not cut in silence', async () => {
		const h = await AgentHarness.start();
		const tags = Array.from({ length: 101 }, (_, index) => `<at user_id="u_${index}">x</at>`).join(
			'',
		);
		expect(() => h.text(tags)).toThrow(expect.objectContaining({ code: 'SETTINGS' }) as Error);
		await h.stop();
	});
});

describe('an execution that sends into twelve chats', () => {
	let h: AgentHarness;
	beforeEach(async () => {
		h = await AgentHarness.start();
	});
	afterEach(async () => {
		jest.restoreAllMocks();
		await h.stop();
	});

	it.each([
		['for its turn, because the server has not shown yet how it answers', false],
		['for the server', true],
	])('and waits in each %s makes Node.js warn of no leak', async (_what, isServerAway) => {
		const chats: ChatAddress[] = [];
		for (let number = 0; number < 12; number += 1)
			chats.push(await h.club.addGroup(`Group ${number}`, [h.mia.id, h.agent.id]));
		const { session } = h.action();
		await session.whenReady(10_000);
		if (isServerAway) {
			await h.club.stop();
			await h.logged(/No connection to Agent Club/);
		}
		jest.spyOn(registryModule, 'agentRegistry').mockReturnValue({
			session: () => session,
		} as unknown as registryModule.AgentRegistry);
		const execution = new AbortController();
		const host = executeHost({
			items: chats.map(() => ({ json: {} })),
			parameters: {
				resource: 'message',
				operation: 'send',
				sendTo: 'chat',
				chatId: new EachItem(chats.map(({ id }) => id)),
				text: 'hello',
				options: {},
			},
			more: { getExecutionCancelSignal: () => execution.signal },
		});

		const warnings = await warningsDuring(async () => {
			const running = runOperation(host);
			if (isServerAway) {
				await h.clock.skip(5000);
				await h.club.restart();
			}
			await running;
		});

		expect(warnings).toEqual([]);
		for (const chat of chats) expect(await h.contents(chat)).toEqual(['hello']);
	});
});
