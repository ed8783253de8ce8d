import type { IRun } from 'n8n-workflow';
import { outcomeOf, outcomeOfRejection } from '../../../../nodes/AgentClubTrigger/outcome';

/** As n8n has it: an error that is known by its class alone. */
class ExecutionNotFoundError extends Error {}

const canceled = (error?: object) =>
	({ status: 'canceled', data: { resultData: { error } } }) as unknown as IRun;

describe('how an execution ended', () => {
	it.each([
		['success', 'success'],
		['waiting', 'success'],
		['error', 'failed'],
		['crashed', 'failed'],
		['canceled', 'stopped'],
	] as Array<[IRun['status'], string]>)('with the status %s is %s', (status, outcome) => {
		expect(outcomeOf({ status } as IRun, false)).toBe(outcome);
	});

	it('is a success where n8n knew the key already: the message has had its execution', () => {
		expect(outcomeOf(undefined, true)).toBe('success');
	});

	it('is a failure where nothing is left of it and there was no key', () => {
		expect(outcomeOf(undefined, false)).toBe('failed');
	});

	it.each([
		['manual', 'stopped'],
		['timeout', 'failed'],
		['shutdown', 'shutdown'],
	])('by a rejection for the reason %s is %s', (reason, outcome) => {
		expect(outcomeOfRejection(Object.assign(new Error('cancelled'), { reason }))).toBe(outcome);
		expect(outcomeOf(canceled({ message: 'The execution was cancelled', reason }), false)).toBe(
			outcome,
		);
	});

	it.each([
		['The execution was cancelled manually', 'stopped'],
		['The execution was cancelled because it timed out', 'failed'],
		['The execution was cancelled because the system is shutting down', 'shutdown'],
	])('on a worker, which leaves only the text "%s", is %s', (message, outcome) => {
		expect(outcomeOfRejection(new Error(message))).toBe(outcome);
	});

	it("is a failure where a node's own error has made n8n write it down as canceled", () => {
		expect(outcomeOf(canceled({ message: 'The request was canceled' }), false)).toBe('failed');
	});

	it('is a failure where n8n ended it before it began', () => {
		expect(outcomeOfRejection(new ExecutionNotFoundError('No active execution found'))).toBe(
			'failed',
		);
	});

	it.each([[new Error('queue is down')], [{ reason: 'other' }], ['text'], [null]])(
		'by the rejection %p is none: no execution could be created, and the error says why',
		(error) => {
			let thrown: unknown;
			try {
				outcomeOfRejection(error);
			} catch (caught) {
				thrown = caught;
			}
			expect(thrown).toBe(error);
		},
	);
});
