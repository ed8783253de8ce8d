import { KnownChats } from '../../../../client/protocol/chat';

describe('the chats that messages have named', () => {
	it('are each the same object, with the key of type and id', () => {
		const chats = new KnownChats();

		expect(chats.of('group', 'c1')).toEqual({ type: 'group', id: 'c1', key: 'group:c1' });
		expect(chats.of('group', 'c1')).toBe(chats.of('group', 'c1'));
	});

	it('are two where a group and a direct chat have one bare id', () => {
		const chats = new KnownChats();

		expect([
			chats.of('group', 'c1').key,
			chats.of('direct', 'c1').key,
			chats.of('group', 'c1').key,
		]).toEqual(['group:c1', 'direct:c1', 'group:c1']);
	});

	it.each([
		['when they are very many', 100_000, () => undefined],
		[
			'when they are many and nothing is unread',
			10_000,
			(chats: KnownChats) => {
				chats.rest();
			},
		],
	])('are forgotten %s, and known again', (_when, most, happens) => {
		const chats = new KnownChats();
		const first = chats.of('group', 'c0');
		for (let number = 1; number < most; number += 1) chats.of('group', `c${number}`);
		happens(chats);
		expect(chats.of('group', 'c0')).toBe(first);

		chats.of('group', 'one more');
		happens(chats);
		const again = chats.of('group', 'c0');

		expect(again).not.toBe(first);
		expect(again).toEqual(first);
	});
});
