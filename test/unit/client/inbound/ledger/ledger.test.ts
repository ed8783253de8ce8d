import { Holdings } from '../../../../../client/inbound/ledger/holdings';
import { Ledger } from '../../../../../client/inbound/ledger/ledger';
import { GROUP, inChat, message, OTHER_GROUP, saidAt } from '../../../../support/sample-messages';

const NOBODY_BLOCKED = () => false;

/** A ledger with triggers `t` and `u`; every message arrives at the time 0. */
const ledger = () => {
	const book = new Ledger();
	const tables = new Map([
		['t', new Holdings()],
		['u', new Holdings()],
	]);
	const of = (name: string) => tables.get(name) ?? new Holdings();
	const given = (
		id: string,
		seconds: number,
		triggers: string[] = ['t'],
		chat: { type: string; id: string } = GROUP,
		now = 0,
	) => {
		const entry = book.open(message(id, inChat(chat, saidAt(seconds))), 'live', now);
		for (const name of triggers) book.hold(entry, of(name).take(id));
		entry.handled = triggers.length === 0;
		book.offered(entry);
	};
	const due = (now = 10_000, limit = 500, blocked: (chat: string) => boolean = NOBODY_BLOCKED) =>
		book.collect(now, 2000, limit, blocked);
	const settle = (id: string, name = 't') => {
		book.settle(of(name).settle(id));
	};
	const giveBack = (id: string, name = 't') => {
		const holding = of(name).giveBack(id);
		return holding !== undefined && book.giveBack(holding);
	};
	return { book, given, due, settle, giveBack, of };
};

describe('the ledger', () => {
	it('marks a settled message', () => {
		const { given, due, settle } = ledger();
		given('a', 1);
		expect(due()).toEqual([]);

		settle('a');

		expect(due()).toEqual(['a']);
	});

	it('marks nothing behind an unsettled message of the same chat, and then all in the order in which it was said', () => {
		const { given, due, settle } = ledger();
		given('a', 1);
		given('b', 2);
		given('c', 3);
		settle('c');
		settle('b');
		expect(due()).toEqual([]);

		settle('a');

		expect(due()).toEqual(['a', 'b', 'c']);
	});

	it('marks nothing behind an unsettled message of the same moment that came before', () => {
		const { given, due, settle } = ledger();
		given('a', 1);
		given('b', 1);

		settle('b');

		expect(due()).toEqual([]);
	});

	it('lets a message that comes late, but was said earlier, hold back those behind it', () => {
		const { given, due, settle } = ledger();
		given('b', 2);
		settle('b');
		given('a', 1);

		expect(due()).toEqual([]);
	});

	it('marks a skipped message in its turn, behind earlier ones', () => {
		const { given, due, settle } = ledger();
		given('a', 1);
		given('skipped', 2, []);
		expect(due()).toEqual([]);

		settle('a');

		expect(due()).toEqual(['a', 'skipped']);
	});

	it('does not let chats wait for one another', () => {
		const { given, due, settle } = ledger();
		given('a', 1);
		given('b', 2, ['t'], OTHER_GROUP);

		settle('b');

		expect(due()).toEqual(['b']);
	});

	it('waits for every trigger that a message was given to', () => {
		const { given, due, settle } = ledger();
		given('a', 1, ['t', 'u']);
		settle('a');
		settle('a');
		expect(due()).toEqual([]);

		settle('a', 'u');

		expect(due()).toEqual(['a']);
	});

	it('waits until a message has been here for 2 s, and holds back those behind it as long', () => {
		const { given, due, settle } = ledger();
		given('a', 1, ['t'], GROUP, 1000);
		given('b', 2, ['t'], GROUP, 0);
		settle('a');
		settle('b');

		expect(due(2999)).toEqual([]);
		expect(due(3000)).toEqual(['a', 'b']);
	});

	it('gives out each id once, until the mark has failed', () => {
		const { book, given, due } = ledger();
		given('a', 1, []);
		expect(due()).toEqual(['a']);
		expect(due()).toEqual([]);

		book.fail(['a']);

		expect(due()).toEqual(['a']);
	});

	it('gives out so many ids at a time, and the others next', () => {
		const { given, due } = ledger();
		for (let turn = 0; turn < 5; turn++) given(`a${turn}`, turn, []);
		for (let turn = 0; turn < 2; turn++) given(`b${turn}`, turn, [], OTHER_GROUP);

		expect([due(10_000, 3), due(10_000, 3), due(10_000, 3)]).toEqual([
			['a0', 'a1', 'a2'],
			['a3', 'a4', 'b0'],
			['b1'],
		]);
	});

	it('marks nothing in a chat that is blocked', () => {
		const { given, due } = ledger();
		given('a', 1, []);
		given('b', 1, [], OTHER_GROUP);

		expect(due(10_000, 500, (chat) => chat === 'group:gc_1')).toEqual(['b']);
	});

	it('forgets what is confirmed', () => {
		const { book, given, due } = ledger();
		for (let turn = 0; turn < 100; turn++) given(`a${turn}`, turn, []);

		book.confirm(due());

		expect([book.size, book.unsettled, book.hasWork]).toEqual([0, 0, false]);
	});

	it('takes a duplicate for the same message', () => {
		const { book, given, due, settle } = ledger();
		given('a', 1);
		given('a', 1);
		expect([book.size, book.unsettled]).toEqual([1, 1]);

		settle('a');

		expect(due()).toEqual(['a']);
	});
});

describe('giving back', () => {
	it('leaves a message unread that nobody else deals with, and forgets it', () => {
		const { book, given, due, giveBack } = ledger();
		given('a', 1);

		expect(giveBack('a')).toBe(true);
		expect(due()).toEqual([]);
		expect(book.size).toBe(0);
	});

	it('leaves a message to those who have it too', () => {
		const { given, due, settle, giveBack } = ledger();
		given('a', 1, ['t', 'u']);

		expect(giveBack('a')).toBe(false);
		settle('a', 'u');

		expect(due()).toEqual(['a']);
	});

	it('leaves a message settled that another one has dealt with', () => {
		const { given, due, settle, giveBack } = ledger();
		given('a', 1, ['t', 'u']);
		settle('a', 'u');

		expect(giveBack('a')).toBe(false);
		expect(due()).toEqual(['a']);
	});

	it('does nothing for who has not got the message', () => {
		const { book, given, of } = ledger();
		given('a', 1);

		expect(book.giveBack(new Holdings().take('a'))).toBe(false);
		expect(book.giveBack(of('t').take('unknown'))).toBe(false);
		expect(book.unsettled).toBe(1);
	});
});

describe('a frame that could not be read', () => {
	it('is marked in its turn in its chat', () => {
		const { book, given, due, settle } = ledger();
		given('a', 1);
		book.offered(
			book.openUnreadable('bad', 'group:gc_1', message('x', saidAt(2)).createdAt, 'live', 0),
		);
		expect(due()).toEqual([]);

		settle('a');

		expect(due()).toEqual(['a', 'bad']);
	});

	it('without a time stands behind all that is known of its chat, and behind what comes later: its mark may cover that', () => {
		const { book, given, due, settle } = ledger();
		given('a', 7);
		book.offered(book.openUnreadable('bad', 'group:gc_1', undefined, 'live', 0));
		given('later', 8);
		expect(due()).toEqual([]);

		settle('a');
		expect(due()).toEqual(['a']);

		settle('later');
		expect(due()).toEqual(['later', 'bad']);
	});

	it('without a time says nothing of others when the user marks it', () => {
		const { book, given } = ledger();
		given('a', 7);
		book.offered(book.openUnreadable('bad', 'group:gc_1', undefined, 'live', 0));

		expect(book.idsUpTo('bad')).toEqual(['bad']);
		expect(book.idsUpTo('a')).toEqual(['a']);
	});

	it('of a chat that cannot be told waits for everything, for any chat may be its own', () => {
		const { book, given, due, settle } = ledger();
		given('a', 1);
		given('b', 1, ['t'], OTHER_GROUP);
		book.offered(book.openUnreadable('bad', undefined, 5, 'live', 0));
		settle('a');
		expect(due()).toEqual(['a']);

		settle('b');

		expect(new Set(due())).toEqual(new Set(['b', 'bad']));
	});

	it('of a chat that cannot be told has its turn when the last unsettled message is given back', () => {
		const { book, given, due, giveBack } = ledger();
		given('a', 1);
		book.offered(book.openUnreadable('bad', undefined, 5, 'live', 0));
		expect(due()).toEqual([]);

		giveBack('a');

		expect(due()).toEqual(['bad']);
	});
});

describe('work that can only wait', () => {
	it('is none where the chat is blocked', () => {
		const { book, given, due } = ledger();
		given('a', 1, []);

		due(10_000, 500, () => true);

		expect(book.hasWork).toBe(false);
	});

	it('is none where an unreadable frame waits for unsettled messages', () => {
		const { book, given, due } = ledger();
		given('a', 1);
		book.offered(book.openUnreadable('bad', undefined, 5, 'live', 0));

		due();

		expect(book.hasWork).toBe(false);
	});
});

describe("after a new connection's batch", () => {
	it('counts as read what was settled before and is not in it', () => {
		const { book, given, due } = ledger();
		given('a', 1, [], GROUP, 0);
		given('b', 2, [], GROUP, 0);

		given('c', 3, [], GROUP, 0);
		book.cameAgain('b', 1000);

		book.reconcile(1000);

		expect(book.size).toBe(1);
		expect(due()).toEqual(['b']);
	});

	it('keeps what came on the new connection itself', () => {
		const { book, given } = ledger();
		given('a', 1, [], GROUP, 1000);

		book.reconcile(1000);

		expect(book.get('a')?.read).toBe(false);
	});

	it('keeps what is still being worked on', () => {
		const { book, given } = ledger();
		given('a', 1);

		book.reconcile(1000);

		expect(book.unsettled).toBe(1);
		expect(book.get('a')?.read).toBe(false);
	});

	it('lets go what only waits to be marked by the user', () => {
		const { book, given, of } = ledger();
		given('a', 1);
		of('t').leaveUnmarked('a');

		book.reconcile(1000);

		expect([book.unsettled, book.size]).toEqual([0, 0]);
		expect([of('t').isEmpty, of('t').state('a')]).toEqual([true, 'done']);
	});
});

describe('what the user marks', () => {
	it('is everything in the chat up to that message', () => {
		const { book, given } = ledger();
		given('b', 2);
		given('a', 1);
		given('c', 3);
		given('x', 1, ['t'], OTHER_GROUP);

		expect(book.idsUpTo('b')).toEqual(['a', 'b']);
		expect(book.idsUpTo('unknown')).toEqual([]);
	});

	it('counts as done for those who have had it, and as marked for those who work on it', () => {
		const { book, given, of } = ledger();
		for (const id of ['free', 'done', 'lane']) given(id, 1);
		of('t').leaveUnmarked('free');
		book.settle(of('t').settle('done'));

		book.markedElsewhere(['free', 'done', 'lane']);

		expect(['free', 'done', 'lane'].map((id) => of('t').get(id)?.state)).toEqual([
			'recent',
			'recent',
			'marked',
		]);
		expect([book.size, book.unsettled]).toEqual([1, 1]);
	});

	it('lets what stands behind it have its turn', () => {
		const { book, given, due, settle, of } = ledger();
		given('free', 1);
		given('b', 2);
		of('t').leaveUnmarked('free');
		settle('b');
		expect(due()).toEqual([]);

		book.markedElsewhere(['free']);

		expect(due()).toEqual(['b']);
	});

	it('keeps its place while it is still being worked on: nothing behind it is marked before it is settled', () => {
		const { book, given, due, settle } = ledger();
		given('a', 1);
		given('b', 2);
		book.confirm(['a']);
		settle('b');
		expect(due()).toEqual([]);

		settle('a');

		expect(due()).toEqual(['b']);
		expect(book.get('a')).toBeUndefined();
	});
});

describe('a trigger that leaves', () => {
	it('takes along how far it is, and leaves unread what nobody else has', () => {
		const { book, given, due, settle, of } = ledger();
		given('a', 1);
		given('shared', 2, ['t', 'u'], OTHER_GROUP);
		given('done', 3, ['t', 'u'], { type: 'group', id: 'gc_3' });
		settle('done');

		expect(book.leave(of('t'))).toEqual([expect.objectContaining(GROUP)]);
		settle('shared', 'u');
		settle('done', 'u');

		expect(new Set(due())).toEqual(new Set(['shared', 'done']));
		expect(['a', 'shared', 'done'].map((id) => of('t').get(id)?.state)).toEqual([
			'lane',
			'lane',
			'done',
		]);
	});

	it('remembers what it is done with until it hears itself that this is marked', () => {
		const { book, given, settle, due, of } = ledger();
		given('a', 1, ['t', 'u']);
		settle('a');
		settle('a', 'u');
		book.leave(of('t'));

		book.confirm(due());

		expect([of('t').get('a')?.state, of('u').get('a')?.state]).toEqual(['done', 'recent']);
	});
});
