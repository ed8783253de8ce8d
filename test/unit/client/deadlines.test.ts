import { Deadlines, type Limited } from '../../../client/deadlines';
import { FakeClock } from '../../support/fake-clock';

describe('time limits', () => {
	const clock = new FakeClock();
	let deadlines: Deadlines;
	let expired: string[];

	beforeEach(() => {
		deadlines = new Deadlines(clock);
		expired = [];
	});

	function limit(name: string, ms: number): Limited {
		const limited: Limited = {
			dueAt: 0,
			earlier: undefined,
			later: undefined,
			expire: () => {
				expired.push(name);
			},
		};
		deadlines.add(limited, ms);
		return limited;
	}

	it('expire each at its time, once', async () => {
		limit('first', 1000);
		await clock.advance(400);
		limit('second', 1000);

		await clock.advance(599);
		expect(expired).toEqual([]);
		await clock.advance(1);
		expect(expired).toEqual(['first']);
		await clock.advance(399);
		expect(expired).toEqual(['first']);
		await clock.advance(1);
		expect(expired).toEqual(['first', 'second']);
		await clock.advance(60_000);
		expect(expired).toHaveLength(2);
	});

	it('expire in the order of their ends, not of their beginnings', async () => {
		limit('long', 3000);
		limit('short', 1000);
		limit('middle', 2000);

		await clock.advance(3000);

		expect(expired).toEqual(['short', 'middle', 'long']);
	});

	it.each([
		['the first', 0],
		['one in the middle', 1],
		['the last', 2],
	])('leave the others alone where %s is deleted, even twice', async (_which, at) => {
		const names = ['a', 'b', 'c'];
		const limits = names.map((name, number) => limit(name, 1000 + number));

		for (const deleted of [limits[at], limits[at]]) if (deleted) deadlines.delete(deleted);
		await clock.advance(2000);

		expect(expired).toEqual(names.filter((_name, number) => number !== at));
	});

	it('may begin anew where one expires', async () => {
		const again: Limited = {
			dueAt: 0,
			earlier: undefined,
			later: undefined,
			expire: () => {
				if (expired.push('again') < 3) deadlines.add(again, 1000);
			},
		};
		deadlines.add(again, 1000);

		await clock.advance(10_000);

		expect(expired).toHaveLength(3);
	});

	it('need one timer for all, and none when nothing is limited', async () => {
		const after = jest.spyOn(clock, 'after');
		for (let number = 0; number < 100; number += 1) deadlines.delete(limit('each', 1000 + number));

		await clock.advance(2000);

		expect(after).toHaveBeenCalledTimes(1);
		expect(clock.untilNext).toBeUndefined();
		after.mockRestore();
	});
});
