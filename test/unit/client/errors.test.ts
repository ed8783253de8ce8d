import { AgentClubError, describeError } from '../../../client/errors';

describe('an error of the client', () => {
	it('says what happened, what to do, and whether trying again can help', () => {
		const cause = new Error('ECONNREFUSED');

		expect(
			new AgentClubError('UNREACHABLE', 'No way', {
				remedy: 'Start it',
				retriable: true,
				serverText: '没有',
				status: 503,
				cause,
			}),
		).toMatchObject({
			name: 'AgentClubError',
			code: 'UNREACHABLE',
			message: 'No way',
			remedy: 'Start it',
			retriable: true,
			serverText: '没有',
			status: 503,
			cause,
		});
	});

	it('is not worth trying again unless it says so', () => {
		expect(new AgentClubError('REFUSED', 'No').retriable).toBe(false);
	});
});

describe('the short text for what was thrown', () => {
	it.each([
		[new Error('words'), 'words'],
		[new TypeError(''), 'TypeError'],
		[new AggregateError([new Error('first'), new Error('second')], 'all failed'), 'first'],
		[new AggregateError([], 'none'), 'none'],
		['a text', 'a text'],
		[undefined, 'undefined'],
	])('%p is %p', (thrown, text) => {
		expect(describeError(thrown)).toBe(text);
	});
});
