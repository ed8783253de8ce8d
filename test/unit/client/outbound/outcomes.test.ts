import { refused } from '../../../../client/outbound/outcomes';

describe('a message that the server refuses', () => {
	it.each([
		['gc_1', 'gc_1'],
		['1f', 'gr_1f'],
	])('names the chat %j as workflows know it', (id, shown) => {
		expect(refused('You are not in this group', { type: 'group', id }).message).toBe(
			`The server refused the message: You are not in this group (chat "${shown}")`,
		);
	});

	it('has words of its own where the server gives none', () => {
		expect(refused('', { type: 'direct', id: 'dc_1' })).toMatchObject({
			code: 'REFUSED',
			message: 'The server refused the message: it gave no reason (chat "dc_1")',
		});
	});
});
