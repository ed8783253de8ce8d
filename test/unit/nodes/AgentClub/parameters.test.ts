import { listOf, textOf } from '../../../../nodes/AgentClub/actions/parameters';

describe('a parameter as text', () => {
	it.each([
		['words', 'words'],
		['', ''],
		[null, ''],
		[undefined, ''],
		[7, '7'],
		[false, 'false'],
	])('%p is %p', (value, text) => {
		expect(textOf(value)).toBe(text);
	});

	it('is JSON for an object, never "[object Object]"', () => {
		expect(JSON.parse(textOf({ a: [1] }))).toEqual({ a: [1] });
		expect(textOf([])).toBe('[]');
	});
});

describe('a list', () => {
	it.each([
		['data, data_1 ,,', ['data', 'data_1']],
		[
			['a', ' b ', ''],
			['a', 'b'],
		],
		[undefined, []],
		['', []],
		[7, ['7']],
	])('in %p is %p', (value, list) => {
		expect(listOf(value)).toEqual(list);
	});
});
