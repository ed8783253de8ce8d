import { SortedQueue } from '../../../../client/inbound/sorted-queue';
import { STANDSTILL, withoutStandstill } from '../../../support/standstill';

const item = (id: string, createdAt: number) => ({ id, createdAt });

describe('a queue in the order of the times', () => {
	it('gives out the oldest first, and those of one time as they came', () => {
		const queue = new SortedQueue<ReturnType<typeof item>>();
		for (const each of [item('b', 2), item('c', 2), item('a', 1)]) queue.add(each);
		expect(
			[queue.next(), queue.next(), queue.next(), queue.next()].map((each) => each?.id),
		).toEqual(['a', 'b', 'c', undefined]);
	});

	it('takes one back before those of its time, and behind an older one', () => {
		const queue = new SortedQueue<ReturnType<typeof item>>();
		for (const each of [item('b', 2), item('c', 2)]) queue.add(each);
		const taken = queue.next();
		queue.add(item('a', 1));
		if (taken) queue.putBack(taken);
		expect(queue.drain().map(({ id }) => id)).toEqual(['a', 'b', 'c']);
		expect(queue.isEmpty).toBe(true);
	});

	it(
		'takes as long for each of 1,500,000 that wait',
		() => {
			const queue = new SortedQueue<ReturnType<typeof item>>();
			const taken = withoutStandstill(() => {
				for (let at = 0; at < 1_500_000; at++) queue.add(item('', at));
				let count = 0;
				while (queue.next()) count += 1;
				return count;
			});
			expect(taken).toBe(1_500_000);
		},
		STANDSTILL,
	);
});
