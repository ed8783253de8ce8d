import { Holdings } from '../../../../../client/inbound/ledger/holdings';

/** More than are remembered. */
const MANY = 3000;
const idsOf = (count: number) => Array.from({ length: count }, (_, number) => `m${number}`);

describe('what a trigger holds', () => {
	it('remembers the last ids that were marked, and forgets the others', () => {
		const holdings = new Holdings();
		const ids = idsOf(MANY);
		for (const id of ids) {
			holdings.take(id);
			holdings.confirmed(holdings.settle(id));
		}

		const known = ids.filter((id) => holdings.state(id) !== undefined);
		expect(known).toEqual(ids.slice(-1024));
		expect(new Set(known.map((id) => holdings.state(id)))).toEqual(new Set(['done']));
		expect(holdings.isEmpty).toBe(true);
	});

	it('forgets nothing that is not marked, however much is marked meanwhile', () => {
		const holdings = new Holdings();
		for (const id of ['lane', 'free', 'done', 'marked']) holdings.take(id);
		holdings.leaveUnmarked('free');
		holdings.settle('done');
		holdings.markedRead(holdings.take('marked'));
		for (const id of idsOf(MANY)) {
			holdings.take(id);
			holdings.settleRead(id);
		}

		expect(['lane', 'free', 'done', 'marked'].map((id) => holdings.state(id))).toEqual([
			'pending',
			'pending',
			'done',
			'pending',
		]);
		expect(holdings.unmarked().map(({ id }) => id)).toEqual(['free']);
		expect(holdings.get('marked')?.state).toBe('marked');
		expect(holdings.isEmpty).toBe(false);
	});

	it('is empty once everything pending is done or given back, in whatever order that is said, and said twice', () => {
		const holdings = new Holdings();
		for (const id of ['a', 'b', 'c']) {
			holdings.take(id);
			holdings.take(id);
		}
		holdings.settle('a');
		holdings.settle('a');
		holdings.giveBack('a');
		holdings.giveBack('b');
		holdings.giveBack('b');
		expect(holdings.isEmpty).toBe(false);
		expect(holdings.state('a')).toBe('done');

		holdings.settleRead('c');

		expect(holdings.isEmpty).toBe(true);
		expect(['a', 'b', 'c'].map((id) => holdings.state(id))).toEqual(['done', undefined, 'done']);
	});
});
