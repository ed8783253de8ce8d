import { RecentIds } from '../../../client/recent';

describe('recent ids', () => {
	it('are forgotten oldest first, above their number', () => {
		const recent = new RecentIds(2);
		for (const id of ['a', 'b', 'c']) recent.add(id);

		expect(['a', 'b', 'c'].filter((id) => recent.has(id))).toEqual(['b', 'c']);
	});

	it('stay longer when they are seen again', () => {
		const recent = new RecentIds(2);
		for (const id of ['a', 'b', 'a', 'c']) recent.add(id);

		expect(['a', 'b', 'c'].filter((id) => recent.has(id))).toEqual(['a', 'c']);
	});
});
