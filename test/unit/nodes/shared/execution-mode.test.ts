import { handoverMargin, productionLimit } from '../../../../nodes/shared/execution-mode';

const limit = (N8N_CONCURRENCY_PRODUCTION_LIMIT?: string, EXECUTIONS_MODE?: string) =>
	productionLimit({ N8N_CONCURRENCY_PRODUCTION_LIMIT, EXECUTIONS_MODE });

const margin = (EXECUTIONS_MODE?: string, QUEUE_BULL_REDIS_TIMEOUT_THRESHOLD?: string) =>
	handoverMargin({ EXECUTIONS_MODE, QUEUE_BULL_REDIS_TIMEOUT_THRESHOLD });

describe('the limit of production executions', () => {
	it.each([
		['1', 1],
		['20', 20],
		[' 5 ', 5],
	])('is read as n8n does: %s', (value, expected) => {
		expect(limit(value)).toBe(expected);
		expect(limit(value, 'regular')).toBe(expected);
	});

	it.each([[undefined], [''], ['-1'], ['-7'], ['many'], ['"5"']])('is none with %s', (value) => {
		expect(limit(value)).toBe(Infinity);
	});

	it.each(['queue', ' queue ', '"queue"'])(
		'is none in queue mode, where the workers have one: %s',
		(mode) => {
			expect(limit('1', mode)).toBe(Infinity);
		},
	);
});

describe('the time for which n8n may have an execution in memory only', () => {
	it('is none without a queue', () => {
		expect(margin()).toBe(0);
		expect(margin('regular', '10000')).toBe(0);
	});

	it('is longer in queue mode than n8n bears to be without Redis', () => {
		expect(margin('queue')).toBe(13_000);
		expect(margin('queue', '30000')).toBe(33_000);
		expect(margin('queue', 'long')).toBe(13_000);
	});
});
