import { Job } from '../../../../../client/inbound/lanes/job';
import { Lane } from '../../../../../client/inbound/lanes/lane';
import { message, saidAt } from '../../../../support/sample-messages';

const job = (id: string, seconds: number): Job => {
	const said = message(id, saidAt(seconds));
	return new Job(said, 'live', undefined, undefined);
};

const laneOf = (...jobs: Job[]): Lane => {
	const lane = new Lane();
	for (const each of jobs) lane.add(each);
	return lane;
};

const rest = (lane: Lane): string[] => lane.drain().map(({ messages: [{ id }] }) => id);

describe('a lane', () => {
	it('gives its messages out in the order in which they were said, not that in which they came', () => {
		expect(rest(laneOf(job('b', 2), job('c', 3), job('a', 1)))).toEqual(['a', 'b', 'c']);
	});

	it('keeps the order of arrival where the times are the same', () => {
		expect(rest(laneOf(job('x', 1), job('y', 1), job('a', 0), job('z', 1)))).toEqual([
			'a',
			'x',
			'y',
			'z',
		]);
	});

	it('takes a message back to the front', () => {
		const lane = laneOf(job('a', 1), job('b', 1), job('c', 2));
		const first = lane.next();

		if (first) lane.putBack(first);

		expect(rest(lane)).toEqual(['a', 'b', 'c']);
	});

	it('takes a message back behind an older one that came meanwhile', () => {
		const lane = laneOf(job('b', 2));
		const taken = lane.next();
		lane.add(job('a', 1));
		expect(taken && lane.hasOlderThan(taken)).toBe(true);

		if (taken) lane.putBack(taken);

		expect(rest(lane)).toEqual(['a', 'b']);
	});

	it('does not call a message of the same time older', () => {
		const lane = laneOf(job('a', 1), job('b', 1));
		const taken = lane.next();

		expect(taken && lane.hasOlderThan(taken)).toBe(false);
	});

	it('never puts a late message before those that it has given out', () => {
		const lane = laneOf(job('b', 2), job('c', 3));
		lane.next();
		lane.add(job('a', 1));

		expect(rest(lane)).toEqual(['a', 'c']);
	});

	it('is empty when all have been given out, and after it was drained', () => {
		const lane = laneOf(job('a', 1));
		lane.next();
		expect([lane.isEmpty, lane.next()]).toEqual([true, undefined]);

		lane.add(job('b', 2));
		lane.drain();

		expect(lane.isEmpty).toBe(true);
	});

	it('gives out thousands in order, while others come', () => {
		const lane = new Lane();
		const given: string[] = [];
		for (let turn = 0; turn < 3000; turn++) {
			lane.add(job(String(2 * turn), 2 * turn));
			lane.add(job(String(2 * turn + 1), 2 * turn + 1));
			given.push(lane.next()?.messages[0].id ?? '');
		}

		expect([...given, ...rest(lane)]).toEqual(
			Array.from({ length: 6000 }, (_nothing, turn) => String(turn)),
		);
	});
});
