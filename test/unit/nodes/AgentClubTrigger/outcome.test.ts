import type { IRun } from 'n8n-workflow';
import { outcomeOf, outcomeOfRejection } from '../../../../nodes/AgentClubTrigger/outcome';

describe('how an execution ended', () => {
	it.each([
		['success', 'success'],
		['waiting', 'success'],
		['error', 'failed'],
		['crashed', 'failed'],
		['canceled', 'stopped'],
	] as Array<[IRun['status'], string]>)('with the status %s is %s', (status, outcome) => {
		expect(outcomeOf({ status } as IRun)).toBe(outcome);
	});

	it('is a success where n8n knew the key already: the message has had its execution', () => {
		expect(outcomeOf(undefined)).toBe('success');
	});

	it.each([
		['manual', 'stopped'],
		['timeout', 'stopped'],
		['shutdown', 'shutdown'],
	])('by a rejection for the reason %s is %s', (reason, outcome) => {
		expect(outcomeOfRejection(Object.assign(new Error('cancelled'), { reason }))).toBe(outcome);
	});

	it.each([[new Error('queue is down')], [undefined], ['text'], [{ reason: 'other' }], [null]])(
		'by the rejection %p is none: no execution could be created',
		(error) => {
			expect(outcomeOfRejection(error)).toBe('notCreated');
		},
	);
});
