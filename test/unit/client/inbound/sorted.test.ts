import { insertSorted } from '../../../../client/inbound/sorted';

const COUNT = 20_000;

/** Items of the given times, and how often a time was looked at. */
function watched(times: readonly number[]) {
	let looks = 0;
	const items = times.map((time) => ({
		get createdAt() {
			looks += 1;
			return time;
		},
	}));
	return { items, looks: () => looks };
}

describe('a list in the order of the times', () => {
	it.each([
		['the oldest first', (index: number) => index, 2],
		['the youngest first', (index: number) => -index, 40],
		['in any order', (index: number) => (index * 7919) % COUNT, 40],
	])('looks at few others for each of 20,000 that come %s', (_how, time, most) => {
		const times = Array.from({ length: COUNT }, (_, index) => time(index));
		const { items, looks } = watched(times);
		const list: Array<{ readonly createdAt: number }> = [];

		for (const item of items) insertSorted(list, item);

		expect(looks()).toBeLessThanOrEqual(most * COUNT);
		expect(list.map(({ createdAt }) => createdAt)).toEqual(times.sort((one, other) => one - other));
	});
});
