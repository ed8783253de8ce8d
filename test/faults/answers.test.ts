import { AgentHarness } from '../support/agent-harness';
import { until } from '../support/until';

const GENERATIONS = ['G1', 'G2', 'G3'] as const;

/** A frame that answers: "43", the number of the question, and the arguments. */
const ANSWER = /^43(\d+)(\[.*\])$/s;
const ECHO = '42["new_message"';

/** Longer than the client waits for an answer to a send (ms). */
const PAST_ANSWER = 21_000;

describe.each(GENERATIONS)('answers of %s', (generation) => {
	const answersObjects = generation === 'G3';
	let h: AgentHarness;
	/**
	 * What becomes of each frame of the server; set anew by each test, once the connection is ready.
	 */
	let edit: (frame: string) => readonly string[];

	beforeEach(async () => {
		h = await AgentHarness.start({ generation, linked: true });
		edit = (frame) => [frame];
		h.link.editFrames((frame) => edit(frame));
	});
	afterEach(() => h.stop());

	/** The session, connected, with the first heartbeat answered: the next question is the test's. */
	async function ready() {
		const { session } = h.action();
		await session.whenReady(10_000);
		await h.settle(1000);
		return session;
	}

	/** The answers that the server gave, kept from the client. */
	function keepAnswers(): string[] {
		const kept: string[] = [];
		edit = (frame) => {
			if (!ANSWER.test(frame)) return [frame];
			kept.push(frame);
			return [];
		};
		return kept;
	}

	async function isThereOnce(text: string, messageId: string): Promise<void> {
		const stored = (await h.club.history(h.mia.id, h.group)).filter(
			({ content }) => content === text,
		);
		expect(stored.map(({ id }) => id)).toEqual([messageId]);
		expect(h.sent('send_message').filter(({ content }) => content === text)).toHaveLength(1);
	}

	it('to a send may be lost: the echo tells', async () => {
		const session = await ready();
		const kept = keepAnswers();
		const sending = session.send(h.text('once'));
		await until('the answer', () => kept.length === 1);
		await h.settle(PAST_ANSWER);
		const { messageId, confirmedBy } = await sending;
		expect(confirmedBy).toBe('echo');
		await isThereOnce('once', messageId);
	});

	it('to a send may come after its deadline: it changes nothing, and is not taken for the answer to the next one', async () => {
		const session = await ready();
		const kept = keepAnswers();
		const first = session.send(h.text('first'));
		await until('the answer', () => kept.length === 1);
		await h.settle(PAST_ANSWER);
		await isThereOnce('first', (await first).messageId);
		const second = session.send(h.text('second'));
		await until('the next answer', () => kept.length === 2);
		h.link.inject(kept[0] ?? '');
		h.link.inject(
			(kept[0] ?? '').replace(
				/\[.*/s,
				'[{"ok":true,"message_id":"somebody else\'s","created_at":1}]',
			),
		);
		await h.settle(1000);
		edit = (frame) => [frame];
		for (const frame of kept.splice(0)) h.link.inject(frame);
		await isThereOnce('second', (await second).messageId);
	});

	it('may come twice, to sends and to marks', async () => {
		const trigger = h.run();
		const session = await ready();
		edit = (frame) => (ANSWER.test(frame) ? [frame, frame] : [frame]);
		await h.say('one');
		await trigger.started(1);
		for (const text of ['first', 'second'])
			await isThereOnce(text, (await session.send(h.text(text))).messageId);
		await h.say('two');
		await trigger.started(2);
		await h.unreadBecomes();
		expect(trigger.texts).toEqual(['one', 'two']);
		expect(h.club.connectionsEver(h.agent.id)).toBe(1);
	});

	it.each([
		'null',
		'"ok"',
		'42',
		'[]',
		'{"ok":true}',
		'{"ok":1,"message_id":"x","created_at":1}',
		'{"ok":true,"message_id":{},"created_at":1}',
		'{"ok":true,"message_id":"x","created_at":"soon"}',
		'[{"ok":true}],7',
	])('to a send may be %s: that says nothing, and what stands in the chat counts', async (args) => {
		const session = await ready();
		edit = (frame) => [frame.replace(ANSWER, (_frame, number: string) => `43${number}[${args}]`)];
		const { messageId, confirmedBy } = await session.send(h.text('once'));
		expect(confirmedBy).toBe('echo');
		await isThereOnce('once', messageId);
	});

	it.each(['null', '"no"', '{"ok":false}', '[[[]]]'])(
		'to a mark may be %s: the server has handled it',
		async (args) => {
			const trigger = h.run();
			await ready();
			edit = (frame) => [frame.replace(ANSWER, (_frame, number: string) => `43${number}[${args}]`)];
			await h.say('work');
			await trigger.started(1);
			await h.settle();
			expect(h.unread).toEqual([]);
			expect(h.sent('mark_read')).toHaveLength(1);
		},
	);

	it('to a mark may come late, after the mark was repeated', async () => {
		const trigger = h.run();
		await ready();
		const kept = keepAnswers();
		await h.say('work');
		await trigger.started(1);
		await h.settle(3000);
		await until('the answer to the mark', () => kept.length === 1);
		await h.settle(16_000);
		await until('the answer to its repetition', () => kept.length === 2);
		edit = (frame) => [frame];
		for (const frame of kept) h.link.inject(frame);
		await h.settle(60_000);
		expect(h.sent('mark_read')).toHaveLength(2);
		expect(trigger.texts).toEqual(['work']);
		expect(h.unread).toEqual([]);
	});

	it(`to a send may come before its echo, or without one: ${answersObjects ? 'it says all' : 'the history tells'}`, async () => {
		const session = await ready();
		const late: string[] = [];
		edit = (frame) => {
			if (!frame.startsWith(ECHO)) return [frame];
			late.push(frame);
			return [];
		};
		const { messageId, confirmedBy } = await session.send(h.text('once'));
		expect(confirmedBy).toBe(answersObjects ? 'answer' : 'history');
		edit = (frame) => [frame];
		for (const frame of late) h.link.inject(frame);
		await isThereOnce('once', messageId);
		const again = await session.send(h.text('again'));
		await isThereOnce('again', again.messageId);
	});

	it('may be lost with the link, echo and all: the send is found on the next connection, and the old answer reaches nobody', async () => {
		const session = await ready();
		const release = h.link.silence('toClient');
		const sending = session.send(h.text('once'));
		await h.sentBecomes('send_message', 1);
		h.link.forget('client');
		release();
		const { messageId, confirmedBy } = await sending;
		expect(confirmedBy).toBe('history');
		await isThereOnce('once', messageId);
		expect(h.club.connectionsEver(h.agent.id)).toBe(2);
	});

	describe('that are errors', () => {
		const ERROR = '42["error",{"message":"none of yours"}]';

		it('and belong to nobody refuse nothing: before a send, during it, and where it has no echo', async () => {
			const session = await ready();
			const young = await h.club.openDirect(h.tom.id, h.agent.id);
			h.link.inject(ERROR);
			await isThereOnce('one', (await session.send(h.text('one'))).messageId);
			edit = (frame) => (ANSWER.test(frame) ? [ERROR, frame] : [frame]);
			await isThereOnce('two', (await session.send(h.text('two'))).messageId);
			const { messageId } = await session.send(h.text('three', young));
			expect((await h.club.history(h.tom.id, young)).map(({ id }) => id)).toEqual([messageId]);
		});

		it('and come late, of a send that was given up, are not blamed on the next one', async () => {
			const foreign = await h.club.addGroup('Private', [h.mia.id]);
			const young = await h.club.openDirect(h.tom.id, h.agent.id);
			const session = await ready();
			const kept: string[] = [];
			edit = (frame) => {
				if (!ANSWER.test(frame) && !frame.startsWith('42["error"')) return [frame];
				kept.push(frame);
				return [];
			};
			const refusedSend = session
				.send(h.text('no', foreign))
				.catch((error: unknown) => (error as { code: string }).code);
			await h.sentBecomes('send_message', 1);
			await h.settle(PAST_ANSWER);
			await h.clock.skip(3000);
			expect(await refusedSend).toBe('OUTCOME_UNKNOWN');
			edit = (frame) => (ANSWER.test(frame) ? [...kept.splice(0), frame] : [frame]);
			const { messageId } = await session.send(h.text('yes', young));
			expect((await h.club.history(h.tom.id, young)).map(({ id }) => id)).toEqual([messageId]);
		});
	});
});
