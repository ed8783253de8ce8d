import { Holdings } from '../../../../../client/inbound/ledger/holdings';
import { Ledger } from '../../../../../client/inbound/ledger/ledger';
import { Marker } from '../../../../../client/inbound/ledger/marker';
import { FakeClock, settled } from '../../../../support/fake-clock';
import { GROUP, inChat, message, saidAt } from '../../../../support/sample-messages';

/** A marker on a connection; `frames` has what it sent, and each answer is the test's. */
const marking = ({ answered = true } = {}) => {
	const clock = new FakeClock();
	const ledger = new Ledger();
	const holdings = new Holdings();
	const frames: Array<{
		ids: string[];
		at: number;
		answer: () => Promise<void>;
		fail: () => Promise<void>;
	}> = [];
	const blocked = new Set<string>();
	const urgency = { isUrgent: false };
	const marker = new Marker(clock, ledger, {
		send: (ids) =>
			new Promise((resolve, reject) => {
				frames.push({
					ids: [...ids],
					at: clock.now(),
					answer: () => {
						resolve();
						return settled();
					},
					fail: () => {
						reject(new Error('no answer'));
						return settled();
					},
				});
				if (answered) resolve();
			}),
		isBlocked: (chat) => blocked.has(chat),
		isUrgent: () => urgency.isUrgent,
	});
	/** A message that is dealt with as soon as it has come. */
	const skipped = (id: string, seconds = 0, chat: { type: string; id: string } = GROUP) => {
		const entry = ledger.open(message(id, inChat(chat, saidAt(seconds))), 'live', clock.now());
		entry.handled = true;
		ledger.offered(entry);
		marker.kick();
	};
	/** A message that the trigger works on. */
	const taken = (id: string, seconds = 0) => {
		const entry = ledger.open(message(id, saidAt(seconds)), 'live', clock.now());
		ledger.hold(entry, holdings.take(id));
	};
	const settle = (id: string) => {
		ledger.settle(holdings.settle(id));
	};
	return { clock, taken, settle, ledger, marker, frames, blocked, urgency, skipped };
};

describe('the marker', () => {
	it('marks a message when it has been here for 2 s, not earlier', async () => {
		const { clock, marker, skipped, frames, ledger } = marking();
		marker.resume();
		skipped('a');

		await clock.advance(1999);
		expect(frames).toEqual([]);
		await clock.advance(250);

		expect(frames.map(({ ids }) => ids)).toEqual([['a']]);
		expect(ledger.size).toBe(0);
	});

	it('marks at once what is settled while a trigger is closing, for n8n may stop at any moment', async () => {
		const { clock, taken, settle, marker, frames, urgency } = marking();
		marker.resume();
		for (const [seconds, id] of ['a', 'b'].entries()) taken(id, seconds);
		await clock.advance(5000);
		settle('a');
		marker.kick();
		urgency.isUrgent = true;
		settle('b');
		marker.kick();
		await clock.advance(0);
		expect(frames.map(({ ids }) => ids)).toEqual([['a', 'b']]);
	});

	it('is drained only when what is worked on has been here for 2 s, so that it can be marked at its end', async () => {
		const { clock, taken, settle, marker, frames } = marking();
		marker.resume();
		taken('young');
		let isDrained = false;
		void marker.drained().then(() => (isDrained = true));
		await clock.advance(1000);
		settle('young');
		marker.kick();
		await clock.advance(999);
		expect([isDrained, frames]).toEqual([false, []]);
		await clock.advance(251);
		expect([isDrained, frames.map(({ ids }) => ids)]).toEqual([true, [['young']]]);
	});

	it('is drained at once while older messages are worked on', async () => {
		const { clock, taken, marker } = marking();
		marker.resume();
		taken('old');
		await clock.advance(2000);
		let isDrained = false;
		void marker.drained().then(() => (isDrained = true));
		await settled();
		expect(isDrained).toBe(true);
	});

	it('joins what becomes due within a quarter of a second', async () => {
		const { clock, taken, settle, marker, frames } = marking();
		marker.resume();
		for (const [seconds, id] of ['a', 'b'].entries()) taken(id, seconds);
		await clock.advance(5000);

		settle('a');
		marker.kick();
		await clock.advance(249);
		settle('b');
		marker.kick();
		expect(frames).toEqual([]);
		await clock.advance(10_000);

		expect(frames.map(({ ids, at }) => [ids, at])).toEqual([[['a', 'b'], 5250]]);
	});

	it('puts 500 ids at most into a frame, and sends the next one after the answer', async () => {
		const { clock, marker, skipped, frames } = marking({ answered: false });
		marker.resume();
		for (let turn = 0; turn < 1200; turn++) skipped(`m${turn}`, turn);
		await clock.advance(3000);
		expect(frames.map(({ ids }) => ids.length)).toEqual([500]);

		await clock.advance(10_000);
		expect(frames).toHaveLength(1);
		await frames[0]?.answer();
		await frames[1]?.answer();
		await frames[2]?.answer();

		expect(frames.map(({ ids }) => ids.length)).toEqual([500, 500, 200]);
	});

	it('has one frame in flight at a time', async () => {
		const { clock, marker, skipped, frames } = marking({ answered: false });
		marker.resume();
		skipped('a', 1);
		await clock.advance(3000);
		skipped('b', 2);
		await clock.advance(10_000);
		expect(frames).toHaveLength(1);

		await frames[0]?.answer();
		await clock.advance(250);

		expect(frames.map(({ ids }) => ids)).toEqual([['a'], ['b']]);
	});

	it('repeats a mark that was not answered, until it is', async () => {
		const { clock, marker, skipped, frames, ledger } = marking({ answered: false });
		marker.resume();
		skipped('a');
		await clock.advance(3000);
		await frames[0]?.fail();
		expect(ledger.size).toBe(1);

		await clock.advance(250);
		await frames[1]?.answer();
		await clock.advance(60_000);

		expect(frames.map(({ ids }) => ids)).toEqual([['a'], ['a']]);
		expect(ledger.size).toBe(0);
	});

	it('sends nothing without a connection, and what is due once there is one', async () => {
		const { clock, marker, skipped, frames } = marking();
		skipped('a');
		await clock.advance(60_000);
		expect(frames).toEqual([]);
		expect(clock.pending).toBe(0);

		marker.resume();
		await clock.advance(250);

		expect(frames.map(({ ids }) => ids)).toEqual([['a']]);
	});

	it('stops with the connection, and repeats on the next one what was in flight', async () => {
		const { clock, marker, skipped, frames } = marking({ answered: false });
		marker.resume();
		skipped('a');
		await clock.advance(3000);
		marker.suspend();
		await frames[0]?.fail();
		await clock.advance(60_000);
		expect(frames).toHaveLength(1);

		marker.resume();
		await clock.advance(250);

		expect(frames.map(({ ids }) => ids)).toEqual([['a'], ['a']]);
	});

	it('sets no timer where there is nothing to mark', async () => {
		const { clock, marker, skipped } = marking();
		marker.resume();
		skipped('a');
		await clock.advance(10_000);

		marker.kick();

		expect(clock.pending).toBe(0);
	});

	it('does not look again and again where a chat is blocked', async () => {
		const { clock, marker, skipped, frames, blocked } = marking();
		blocked.add('group:gc_1');
		marker.resume();
		skipped('a');

		await clock.advance(10_000);

		expect(frames).toEqual([]);
		expect(clock.pending).toBe(0);
	});
});
