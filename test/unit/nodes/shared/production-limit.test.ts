import { productionLimit } from '../../../../nodes/shared/production-limit';

const limit = (N8N_CONCURRENCY_PRODUCTION_LIMIT?: string, EXECUTIONS_MODE?: string) =>
	productionLimit({ N8N_CONCURRENCY_PRODUCTION_LIMIT, EXECUTIONS_MODE });

it.each([
	['1', 1],
	['20', 20],
	[' 5 ', 5],
	['"5"', 5],
])('reads %s from the environment as n8n does', (value, expected) => {
	expect(limit(value)).toBe(expected);
	expect(limit(value, 'regular')).toBe(expected);
});

it.each([[undefined], [''], ['-1'], ['-7'], ['many']])('takes %s for no limit', (value) => {
	expect(limit(value)).toBe(Infinity);
});

it('has no limit in queue mode, where the workers have one', () => {
	expect(limit('1', 'queue')).toBe(Infinity);
});
