import { fromChatReference, toChatReference } from '../../../../client/protocol/chat-reference';

describe('a chat reference', () => {
	it.each([
		[{ type: 'group', id: 'gc_1f' }, 'gc_1f'],
		[{ type: 'direct', id: 'dc_1f' }, 'dc_1f'],
		[{ type: 'group', id: '1f' }, 'gr_1f'],
		[{ type: 'direct', id: '1f' }, 'pr_1f'],
	])('for %p is %p, and leads back to it', (chat, reference) => {
		expect(toChatReference(chat)).toBe(reference);
		expect(fromChatReference(reference)).toEqual({ chat });
	});

	it("tells a group whose id looks like a direct chat's from that chat", () => {
		const odd = { type: 'group', id: 'dc_1f' };

		expect(fromChatReference(toChatReference(odd))).toEqual({ chat: odd });
	});

	it('ignores white space around it', () => {
		expect(fromChatReference(' \tgc_1f\n')).toEqual({ chat: { type: 'group', id: 'gc_1f' } });
	});

	it('that is a bare id does not tell its type, and has to be looked up', () => {
		expect(fromChatReference('0123456789abcdef')).toEqual({ bareId: '0123456789abcdef' });
	});

	it('of a chat of unknown type is its id', () => {
		expect(toChatReference({ type: 'channel', id: 'x' })).toBe('x');
	});

	it('may hold an id with colons and underscores', () => {
		expect(fromChatReference('gr_a:b_c')).toEqual({ chat: { type: 'group', id: 'a:b_c' } });
	});
});
