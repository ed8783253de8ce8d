import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { composeText } from '../../../../client/outbound/compose';
import type { Confirmation } from '../../../../client/outbound/pending-send';
import { AgentClubError } from '../../../../client/errors';
import { Outbox } from '../../../../client/outbound/outbox';
import { pause } from '../../../../client/clock';
import { FakeClock, settled } from '../../../support/fake-clock';
import { FakeOutboxPort } from '../../../support/fake-outbox-port';
import {
	AGENT,
	DIRECT,
	GROUP,
	inChat,
	message,
	OTHER_GROUP,
} from '../../../support/sample-messages';

const EPOCH = 1_700_000_000_000;
const SENT = (id: string) => ({ ok: true, message_id: id, created_at: 1.5 });

/** What became of a send, as soon as it is known. */
interface Fate {
	confirmation?: Confirmation;
	error?: AgentClubError;
}

const outbox = () => {
	const clock = new FakeClock(EPOCH);
	const port = new FakeOutboxPort();
	const box = new Outbox(clock, port);
	const send = (
		text: string,
		chat: { type: string; id: string } = GROUP,
		signal?: AbortSignal,
		leftAt?: number,
	) => {
		const fate: Fate = {};
		void box.send(composeText(chat, text, 'text'), signal, leftAt).then(
			(confirmation) => Object.assign(fate, { confirmation }),
			(error: unknown) => Object.assign(fate, { error }),
		);
		return fate;
	};
	/** One of our own messages, said so many seconds after the start. */
	const own = (
		id: string,
		content: string,
		seconds = 0,
		chat: { type: string; id: string } = GROUP,
	) =>
		message(
			id,
			inChat(chat, { sender_id: AGENT, content, mentions: [], created_at: EPOCH / 1000 + seconds }),
		);
	return { clock, port, box, send, own };
};

describe('invariant 7: a send has exactly one outcome', () => {
	it('is confirmed by an answer that names the message', async () => {
		const { port, send } = outbox();
		const fate = send('Hello');
		await settled();

		await port.last.answer(SENT('msg_1'));

		expect(fate).toEqual({
			confirmation: { messageId: 'msg_1', createdAt: 1.5, confirmedBy: 'answer' },
		});
		expect(port.looks).toBe(0);
	});

	it("is refused by an answer, in the server's words", async () => {
		const { port, send } = outbox();
		const fate = send('Hello');
		await settled();

		await port.last.answer({ ok: false, error: 'You are not in this group' });

		expect(fate.error).toMatchObject({
			code: 'REFUSED',
			serverText: 'You are not in this group',
			message: expect.stringContaining('You are not in this group') as string,
		});
		expect(port.looks).toBe(0);
	});

	it("is refused in one line, whatever the server's words are", async () => {
		const { port, send } = outbox();
		const fate = send('Hello');
		await settled();

		await port.last.answer({ ok: false, error: `No\nerror: all is lost ${'x'.repeat(1_000_000)}` });

		expect(fate.error?.message).toContain('No\\u{a}error: all is lost');
		expect(fate.error?.message.length).toBeLessThan(500);
	});

	it('is confirmed by its echo where the answer is empty', async () => {
		const { port, box, send, own } = outbox();
		const fate = send('Hello');
		await settled();

		box.sawOwn(own('msg_1', 'Hello'));
		await port.last.answer();

		expect(fate.confirmation).toMatchObject({ messageId: 'msg_1', confirmedBy: 'echo' });
	});

	it('is refused by an error event before an empty answer', async () => {
		const { port, box, send } = outbox();
		const fate = send('Hello');
		await settled();

		box.sawError('你不在这个群组中');
		await port.last.answer();

		expect(fate.error).toMatchObject({ code: 'REFUSED', serverText: '你不在这个群组中' });
	});

	it('is looked up where the answer is empty and no echo came, and confirmed by the history', async () => {
		const { port, send, own } = outbox();
		const fate = send('Hello', DIRECT);
		await settled();
		port.stored = [own('msg_1', 'Hello', 0, DIRECT)];

		await port.last.answer();

		expect(fate.confirmation).toMatchObject({ messageId: 'msg_1', confirmedBy: 'history' });
		expect(port.sends).toHaveLength(1);
	});

	it("is refused where the history has it, but in a chat that is none of the agent's", async () => {
		const { port, send, own } = outbox();
		port.members = false;
		const fate = send('Hello', DIRECT);
		await settled();
		port.stored = [own('msg_1', 'Hello', 0, DIRECT)];

		await port.last.answer();

		expect(fate.error).toMatchObject({ code: 'REFUSED' });
	});

	it('is looked up a second time 2 s after an empty answer, and then of unknown outcome', async () => {
		const { clock, port, send } = outbox();
		const fate = send('Hello');
		await settled();
		await port.last.answer();
		expect(fate).toEqual({});

		await clock.advance(1999);
		expect([fate, port.looks]).toEqual([{}, 1]);
		await clock.advance(1);

		expect(fate.error).toMatchObject({
			code: 'OUTCOME_UNKNOWN',
			message: expect.stringContaining('(chat "gc_1")') as string,
			remedy: expect.stringContaining('before sending it again') as string,
		});
		expect([port.looks, port.sends.length]).toEqual([2, 1]);
	});

	it('is looked up where no answer comes, and found by the second look at a slow server', async () => {
		const { clock, port, send, own } = outbox();
		const fate = send('Hello');
		await settled();
		await port.last.fail('TIMEOUT');
		port.stored = [own('msg_1', 'Hello', 1)];

		await clock.advance(2000);

		expect(fate.confirmation).toMatchObject({ messageId: 'msg_1', confirmedBy: 'history' });
		expect(port.sends).toHaveLength(1);
	});

	it('is never repeated where no answer came, only of unknown outcome', async () => {
		const { clock, port, send } = outbox();
		const fate = send('Hello');
		await settled();
		await port.last.fail('TIMEOUT');

		await clock.advance(60_000);

		expect(fate.error?.code).toBe('OUTCOME_UNKNOWN');
		expect(port.sends).toHaveLength(1);
	});

	it('in another try is confirmed by the history where the earlier one arrived after all', async () => {
		const { clock, port, send, own } = outbox();
		const first = send('Hello');
		await settled();
		await port.last.fail('TIMEOUT');
		await clock.advance(60_000);
		expect(first.error).toMatchObject({ code: 'OUTCOME_UNKNOWN', leftAt: EPOCH });
		port.stored = [own('msg_1', 'Hello', 59)];

		const second = send('Hello', GROUP, undefined, first.error?.leftAt);
		await settled();
		send('Hello');
		await settled();

		expect(second.confirmation).toMatchObject({ messageId: 'msg_1', confirmedBy: 'history' });
		expect(port.sends).toHaveLength(2);
	});

	it('in another try leaves again where the history does not have it', async () => {
		const { clock, port, send, own } = outbox();
		port.stored = [own('msg_0', 'Hello', -60)];
		const fate = send('Hello', GROUP, undefined, EPOCH);

		await clock.advance(2000);
		await port.last.answer(SENT('msg_1'));

		expect(fate.confirmation?.messageId).toBe('msg_1');
	});

	it('in another try does not leave while nobody can tell', async () => {
		const { clock, port, send } = outbox();
		port.historyError = new AgentClubError('UNREACHABLE', 'away', { retriable: true });
		const fate = send('Hello', GROUP, undefined, EPOCH);

		await clock.advance(60_000);

		expect(fate.error).toMatchObject({ code: 'OUTCOME_UNKNOWN', leftAt: EPOCH });
		expect(port.sends).toHaveLength(0);
	});

	it('is confirmed by its echo where the answer never came', async () => {
		const { port, box, send, own } = outbox();
		const fate = send('Hello');
		await settled();
		box.sawOwn(own('msg_1', 'Hello'));

		await port.last.fail('TIMEOUT');

		expect(fate.confirmation).toMatchObject({ messageId: 'msg_1', confirmedBy: 'echo' });
	});

	it('is refused by an error event where the answer never came', async () => {
		const { port, box, send } = outbox();
		const fate = send('Hello');
		await settled();
		box.sawError('No');

		await port.last.fail('UNREACHABLE');

		expect(fate.error).toMatchObject({ code: 'REFUSED', serverText: 'No' });
	});

	it('that the connection lost is confirmed by the history, and not repeated', async () => {
		const { port, send, own } = outbox();
		const fate = send('Hello');
		await settled();
		port.stored = [own('msg_1', 'Hello')];

		await port.last.fail('UNREACHABLE');

		expect(fate.confirmation).toMatchObject({ messageId: 'msg_1', confirmedBy: 'history' });
		expect(port.sends).toHaveLength(1);
	});

	it('that the connection lost is repeated once the history says that it never arrived', async () => {
		const { clock, port, send } = outbox();
		const fate = send('Hello');
		await settled();
		await port.last.fail('UNREACHABLE');
		await clock.advance(1999);
		expect([port.contents, port.looks]).toEqual([['Hello'], 1]);
		await clock.advance(1);
		expect([port.contents, port.looks]).toEqual([['Hello', 'Hello'], 2]);

		await port.last.answer(SENT('msg_2'));

		expect(fate.confirmation?.messageId).toBe('msg_2');
	});

	it('waits for the connection before it looks, and before it repeats', async () => {
		const { clock, port, send } = outbox();
		send('Hello');
		await settled();
		let back = (): void => undefined;
		port.ready = () => new Promise((resolve) => (back = resolve));
		await port.last.fail('UNREACHABLE');
		expect([port.looks, port.sends.length]).toEqual([0, 1]);

		back();
		await settled();
		expect([port.looks, port.sends.length]).toEqual([1, 1]);
		await clock.advance(2000);
		expect([port.looks, port.sends.length]).toEqual([2, 1]);
		back();
		await settled();

		expect(port.sends).toHaveLength(2);
	});

	it('is of unknown outcome where the history cannot be asked, and says so', async () => {
		const { port, send } = outbox();
		port.historyError = new Error('503');
		const fate = send('Hello');
		await settled();

		await port.last.fail('UNREACHABLE');

		expect(fate.error).toMatchObject({
			code: 'OUTCOME_UNKNOWN',
			message: expect.stringContaining('503') as string,
		});
		expect(port.sends).toHaveLength(1);
	});

	it('is not sent at all where there is no connection in time', async () => {
		const { port, send } = outbox();
		port.connected = false;
		port.ready = () => Promise.reject(new AgentClubError('OFFLINE', 'no connection'));

		const fate = send('Hello');
		await settled();

		expect(fate.error?.code).toBe('OFFLINE');
		expect(port.sends).toEqual([]);
	});

	it('gives up waiting for a connection 60 s after it was given, whoever it waited behind', async () => {
		const { clock, port, send } = outbox();
		const deadlines: number[] = [];
		port.connected = false;
		port.ready = (_signal, deadline) => {
			deadlines.push(deadline);
			return pause(clock, deadline).then(() =>
				Promise.reject(new AgentClubError('OFFLINE', 'no connection')),
			);
		};
		const fates = [send('1'), send('2')];

		await clock.advance(59_999);
		expect(fates).toEqual([{}, {}]);
		await clock.advance(1);

		expect(fates.map(({ error }) => error?.code)).toEqual(['OFFLINE', 'OFFLINE']);
		expect(deadlines).toEqual([60_000, 0]);
		expect(port.sends).toEqual([]);
	});

	it('is not sent again for ever where the connection breaks under each attempt', async () => {
		const { clock, port, send } = outbox();
		const fate = send('Hello');
		await settled();
		for (let second = 0; second < 120; second += 1) {
			await port.last.fail('UNREACHABLE');
			await clock.advance(1000);
		}

		expect(fate.error?.code).toBe('OUTCOME_UNKNOWN');
		expect(port.sends.length).toBeLessThanOrEqual(31);
	});

	it('was not refused by an error event that belongs to nobody, where the history has it', async () => {
		const { port, box, send, own } = outbox();
		const fate = send('Hello', DIRECT);
		await settled();
		port.stored = [own('msg_1', 'Hello', 0, DIRECT)];

		box.sawError('of something else');
		await port.last.answer();

		expect(fate.confirmation).toMatchObject({ messageId: 'msg_1', confirmedBy: 'history' });
	});

	it('into a group that was left since is confirmed where the history can still be read, and of unknown outcome where not', async () => {
		const { port, send, own } = outbox();
		port.members = false;
		const found = send('Hello');
		await settled();
		port.stored = [own('msg_1', 'Hello')];
		await port.last.fail('UNREACHABLE');
		expect(found.confirmation?.messageId).toBe('msg_1');

		port.historyError = new AgentClubError('REFUSED', 'no access', { status: 403 });
		const hidden = send('Hello again');
		await settled();
		await port.last.fail('UNREACHABLE');

		expect(hidden.error).toMatchObject({
			code: 'OUTCOME_UNKNOWN',
			message: expect.stringContaining('no access') as string,
		});
	});

	it('is asked for again while the server fails for a moment, and no longer than its deadline', async () => {
		const { clock, port, send, own } = outbox();
		port.historyError = new AgentClubError('UNREACHABLE', 'HTTP 502', { retriable: true });
		const lucky = send('Hello');
		await settled();
		await port.last.fail('UNREACHABLE');
		await clock.advance(10_000);
		expect(lucky).toEqual({});
		port.stored = [own('msg_1', 'Hello')];
		port.historyError = undefined;
		await clock.advance(2000);
		expect(lucky.confirmation?.messageId).toBe('msg_1');

		port.historyError = new AgentClubError('UNREACHABLE', 'HTTP 502', { retriable: true });
		const unlucky = send('Hello again');
		await settled();
		await port.last.fail('UNREACHABLE');
		await clock.advance(60_000);
		expect(unlucky.error).toMatchObject({
			code: 'OUTCOME_UNKNOWN',
			message: expect.stringContaining('502') as string,
		});
	});

	it('fails with what is wrong in us, rather than being repeated', async () => {
		const { port, send } = outbox();
		port.request = () => Promise.reject(new TypeError('a bug'));

		const fate = send('Hello');
		await settled();

		expect(fate.error?.message).toBe('a bug');
	});
});

describe('the history, when a send is looked up in it', () => {
	const lookedUp = async (
		history: Parameters<typeof message>[1][],
		serverTime: number | null = null,
	) => {
		const scene = outbox();
		const fate = scene.send('Hello');
		await settled();
		scene.port.stored = history.map((fields, number) =>
			message(`msg_${number}`, {
				sender_id: AGENT,
				content: 'Hello',
				mentions: [],
				created_at: EPOCH / 1000,
				...fields,
			}),
		);
		scene.port.serverTime = serverTime;
		await scene.port.last.fail('TIMEOUT');
		await scene.clock.advance(2000);
		return fate.confirmation?.messageId;
	};

	it.each([
		['of somebody else', { sender_id: 'u_alice' }],
		['with another text', { content: 'Bye' }],
		['from before the send', { created_at: EPOCH / 1000 - 60 }],
		['with a file', { file_url: '/x' }],
	])('does not take a message %s for it', async (_what, fields) => {
		expect(await lookedUp([fields])).toBeUndefined();
	});

	it("finds it by the server's clock, however wrong that is", async () => {
		const wrong = EPOCH / 1000 - 86_400;

		expect(await lookedUp([{ created_at: wrong }], wrong)).toBe('msg_0');
		expect(await lookedUp([{ created_at: wrong - 60 }], wrong)).toBeUndefined();
	});

	it('finds it behind many that were said since, page by page', async () => {
		const { port, send, own } = outbox();
		const fate = send('Hello');
		await settled();
		port.pages = [
			[own('b', 'since then', 3), own('c', 'since then', 4)],
			[own('a', 'Hello', 1), own('b', 'since then', 2)],
		];

		await port.last.fail('UNREACHABLE');

		expect(fate.confirmation?.messageId).toBe('a');
		expect(port.asked).toEqual([undefined, EPOCH / 1000 + 3]);
	});

	it('does not say that it is not there where there is more than anybody can read', async () => {
		const { port, send, own } = outbox();
		const fate = send('Hello');
		await settled();
		port.pages = Array.from({ length: 20 }, (_, page) => [own('x', 'since then', 100 - page)]);

		await port.last.fail('UNREACHABLE');

		expect(fate.error?.code).toBe('OUTCOME_UNKNOWN');
		expect(port.sends).toHaveLength(1);
	});

	it('forgives the whole seconds in which HTTP tells the time', async () => {
		expect(await lookedUp([{ created_at: EPOCH / 1000 - 0.9 }])).toBe('msg_0');
	});

	it('does not take an equal message for it that another process had sent before', async () => {
		const { box, port, send, own, clock } = outbox();
		const theirs = own('theirs', 'Hello');
		box.sawOwn(theirs);
		const fate = send('Hello');
		await settled();
		port.stored = [theirs];

		await port.last.fail('TIMEOUT');
		await clock.advance(2000);

		expect(fate.error?.code).toBe('OUTCOME_UNKNOWN');
	});

	it('takes the message whose echo comes late, while it is being looked up', async () => {
		const { box, port, send, own, clock } = outbox();
		const fate = send('Hello');
		await settled();
		await port.last.fail('TIMEOUT');
		box.sawOwn(own('ours', 'Hello'));
		port.stored = [own('ours', 'Hello')];
		await clock.advance(2000);

		expect(fate.confirmation).toMatchObject({ messageId: 'ours', confirmedBy: 'history' });
	});

	it('does not take an equal message for it that was confirmed before', async () => {
		const { port, send, own, clock } = outbox();
		send('Hello');
		await settled();
		await port.last.answer(SENT('first'));
		const fate = send('Hello');
		await settled();
		port.stored = [own('first', 'Hello')];

		await port.last.fail('TIMEOUT');
		await clock.advance(2000);

		expect(fate.error?.code).toBe('OUTCOME_UNKNOWN');
	});
});

describe('invariant 8: the order of sends', () => {
	it('is kept in a chat, where never two are in flight', async () => {
		const { port, send } = outbox();
		for (const text of ['1', '2', '3']) send(text);
		await settled();
		expect(port.contents).toEqual(['1']);

		await port.last.answer(SENT('a'));
		expect(port.contents).toEqual(['1', '2']);
		await port.last.answer(SENT('b'));

		expect(port.contents).toEqual(['1', '2', '3']);
	});

	it('is kept in a chat although one of them fails', async () => {
		const { port, send } = outbox();
		const failed = send('1');
		const next = send('2');
		await settled();

		await port.last.answer({ ok: false, error: 'No' });
		await port.last.answer(SENT('b'));

		expect(failed.error?.code).toBe('REFUSED');
		expect(next.confirmation?.messageId).toBe('b');
	});

	it('has one send at a time over all chats, as long as no answer was an object', async () => {
		const { port, box, send, own } = outbox();
		send('1', GROUP);
		send('2', OTHER_GROUP);
		send('3', DIRECT);
		await settled();
		expect(port.contents).toEqual(['1']);

		box.sawOwn(own('a', '1'));
		await port.last.answer();

		expect(port.contents).toEqual(['1', '2']);
	});

	it('lets chats overlap once an answer was an object', async () => {
		const { port, send } = outbox();
		send('1', GROUP);
		send('2', OTHER_GROUP);
		send('3', DIRECT);
		send('4', GROUP);
		await settled();

		await port.last.answer(SENT('a'));

		expect(new Set(port.contents)).toEqual(new Set(['1', '2', '3', '4']));
	});

	it('has 32 sends at a time at most, because a server gives each a connection to its database', async () => {
		const { port, send } = outbox();
		send('first');
		await settled();
		await port.last.answer(SENT('a'));

		for (let chat = 0; chat < 40; chat += 1) send(`${chat}`, { type: 'group', id: `gc_${chat}` });
		await settled();
		expect(port.sends).toHaveLength(1 + 32);

		await port.last.answer(SENT('b'));
		expect(port.sends).toHaveLength(1 + 33);
	});

	it('has one send at a time again on a new connection, which may be an older server', async () => {
		const { port, box, send } = outbox();
		send('1', GROUP);
		await settled();
		await port.last.answer(SENT('a'));

		box.lost();
		send('2', GROUP);
		send('3', OTHER_GROUP);
		await settled();

		expect(port.contents).toEqual(['1', '2']);
	});

	it('tells no error event to a send where several are in flight', async () => {
		const { port, box, send } = outbox();
		send('0', GROUP);
		await settled();
		await port.last.answer(SENT('a'));
		const fates = [send('1', GROUP), send('2', OTHER_GROUP)];
		await settled();

		box.sawError('one of you');
		await port.sends[1]?.answer(SENT('b'));
		await port.sends[2]?.answer(SENT('c'));

		expect(fates.map(({ confirmation }) => confirmation?.messageId)).toEqual(['b', 'c']);
	});

	it('does not take an error event for the refusal of one of several whose answer never came', async () => {
		const { port, box, send, own } = outbox();
		send('0', GROUP);
		await settled();
		await port.last.answer(SENT('a'));
		const fate = send('1', GROUP);
		send('2', OTHER_GROUP);
		await settled();
		port.stored = [own('b', '1')];

		box.sawError('one of you');
		await port.sends[1]?.fail('TIMEOUT');

		expect(fate.confirmation?.messageId).toBe('b');
	});
});

describe('a cancelled execution', () => {
	it.each([
		['behind others in its chat', GROUP],
		['for its turn on the connection', OTHER_GROUP],
	])(
		'ends at once while its send waits %s: waiting for a turn to send loses to cancel',
		async (_where, chat) => {
			const { port, send } = outbox();
			const cancelled = new AbortController();
			send('1', GROUP);
			const fate = send('2', chat, cancelled.signal);
			const next = send('3', chat);
			await settled();

			cancelled.abort();
			await settled();

			expect(fate.error?.code).toBe('CANCELLED');
			expect(port.contents).toEqual(['1']);
			await port.last.answer(SENT('a'));
			await port.last.answer(SENT('c'));
			expect(port.contents).toEqual(['1', '3']);
			expect(next.confirmation?.messageId).toBe('c');
		},
	);

	it('lets nobody into the chat before the send in flight there has its outcome', async () => {
		const { port, send } = outbox();
		const cancelled = new AbortController();
		send('0');
		await settled();
		await port.last.answer(SENT('so that chats may overlap'));
		send('1');
		send('2', GROUP, cancelled.signal);
		await settled();
		cancelled.abort();
		await settled();

		send('3');
		await settled();

		expect(port.contents).toEqual(['0', '1']);
	});

	it('whose signal was there for nothing leaves nothing behind on it', async () => {
		const { port, send } = outbox();
		const { signal } = new AbortController();
		const removed = jest.spyOn(signal, 'removeEventListener');
		const added = jest.spyOn(signal, 'addEventListener');
		send('1');
		send('2', GROUP, signal);
		await settled();
		await port.last.answer(SENT('a'));
		await port.last.answer(SENT('b'));

		expect(added.mock.calls.length).toBeGreaterThan(0);
		expect(removed.mock.calls).toHaveLength(added.mock.calls.length);
	});

	it('sends nothing any more of what has not left', async () => {
		const { port, send } = outbox();
		const cancelled = new AbortController();
		send('1');
		const fate = send('2', GROUP, cancelled.signal);
		await settled();
		cancelled.abort();

		await port.last.answer(SENT('a'));

		expect(fate.error?.code).toBe('CANCELLED');
		expect(port.contents).toEqual(['1']);
	});

	it('does not send what was waiting for its turn on the connection', async () => {
		const { port, send } = outbox();
		const cancelled = new AbortController();
		send('1', GROUP);
		const fate = send('2', OTHER_GROUP, cancelled.signal);
		await settled();
		cancelled.abort();

		await port.last.answer(SENT('a'));

		expect(fate.error?.code).toBe('CANCELLED');
		expect(port.contents).toEqual(['1']);
	});

	it('still learns what became of a send that had left', async () => {
		const { port, send, own } = outbox();
		const cancelled = new AbortController();
		const fate = send('1', GROUP, cancelled.signal);
		await settled();
		cancelled.abort();
		port.stored = [own('msg_1', '1')];

		await port.last.fail('UNREACHABLE');

		expect(fate.confirmation?.messageId).toBe('msg_1');
	});

	it('is not answered by sending again what the connection lost', async () => {
		const { clock, port, send } = outbox();
		const cancelled = new AbortController();
		const fate = send('1', GROUP, cancelled.signal);
		await settled();
		cancelled.abort();

		await port.last.fail('UNREACHABLE');
		await clock.advance(2000);

		expect(fate.error?.code).toBe('CANCELLED');
		expect(port.sends).toHaveLength(1);
	});
});

describe('an idle outbox', () => {
	it('says so at once where nothing is under way', () => {
		const { box } = outbox();
		let idle = false;

		box.whenIdle(() => (idle = true));

		expect(idle).toBe(true);
	});

	it('says so when the last send has its outcome', async () => {
		const { port, box, send } = outbox();
		let idle = false;
		send('1');
		await settled();
		box.whenIdle(() => (idle = true));
		expect(idle).toBe(false);

		await port.last.answer(SENT('a'));

		expect(idle).toBe(true);
	});

	it('keeps no timer', async () => {
		const { clock, port, send } = outbox();
		send('1');
		await settled();
		await port.last.answer(SENT('a'));

		expect(clock.pending).toBe(0);
	});
});

describe('a chat whose queue never empties', () => {
	it('keeps no result of an earlier send', async () => {
		setFlagsFromString('--expose-gc');
		const collectGarbage = runInNewContext('gc') as () => void;
		const { port, box } = outbox();
		const results: Array<WeakRef<Confirmation>> = [];
		const send = () => {
			void box.send(composeText(GROUP, 'one of many', 'text')).then((confirmation) => {
				results.push(new WeakRef(confirmation));
			});
		};
		send();
		for (let number = 0; number < 20; number += 1) {
			send();
			await settled();
			await port.last.answer(SENT(`msg_${number}`));
		}
		await new Promise(setImmediate);
		collectGarbage();

		expect(results).toHaveLength(20);
		expect(results.slice(0, 10).filter((result) => result.deref())).toEqual([]);
	});
});

describe("a token that has become another agent's", () => {
	it('sends nothing that is to be said by the agent that had it', async () => {
		const { port, box } = outbox();
		port.self = 'u_other';
		const sending = box.send({ ...composeText(GROUP, 'sorry', 'text'), by: AGENT });

		await expect(sending).rejects.toMatchObject({ code: 'REFUSED' });
		expect(port.sends).toEqual([]);
	});

	it('repeats nothing that the former agent may have said', async () => {
		const { port, send } = outbox();
		const fate = send('Hello');
		await settled();
		port.self = 'u_other';

		await port.last.fail('UNREACHABLE');
		await settled();

		expect(fate.error).toMatchObject({
			code: 'OUTCOME_UNKNOWN',
			message: expect.stringContaining('belongs to another agent now') as string,
		});
		expect(port.contents).toEqual(['Hello']);
	});
});
