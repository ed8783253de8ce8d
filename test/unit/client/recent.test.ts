import { RecentIds, RecentMap } from '../../../client/recent';

/** Which of the ids 0, 1, 2 ... are known. */
const known = (recent: RecentIds, upTo: number): number[] =>
	Array.from({ length: upTo }, (_nothing, id) => id).filter((id) => recent.has(`${id}`));

describe('recent ids', () => {
	it('are always the last ones, as many as are asked for, and at most twice as many', () => {
		const recent = new RecentIds(3);
		for (let id = 0; id < 50; id += 1) {
			recent.add(`${id}`);
			const ids = known(recent, 50);

			const last = Array.from({ length: Math.min(id + 1, 3) }, (_nothing, index) => id - index);
			expect(ids).toEqual(expect.arrayContaining(last));
			expect(ids.length).toBeLessThanOrEqual(6);
		}
	});

	it('stay longer when they are seen again', () => {
		const recent = new RecentIds(3);
		for (let id = 0; id < 50; id += 1) {
			recent.add('often');
			recent.add(`${id}`);

			expect(recent.has('often')).toBe(true);
		}
		expect(recent.has('0')).toBe(false);
	});

	it('have what was given with them last', () => {
		const recent = new RecentMap<string>(2);
		for (const value of ['first', 'second', 'third']) {
			recent.set('a', value);
			recent.set(value, '');
			expect(recent.get('a')).toBe(value);
		}
	});
});
