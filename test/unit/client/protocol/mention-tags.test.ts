import { findMentionTags, mentionTag } from '../../../../client/protocol/mention-tags';

describe('mention tags', () => {
	it('are found with their ids, names and places', () => {
		const text = 'Hi <at user_id="u_1">Alice</at>, ask <at user_id="all">all</at>';

		const tags = findMentionTags(text);

		expect(tags).toMatchObject([
			{ userId: 'u_1', name: 'Alice' },
			{ userId: 'all', name: 'all' },
		]);
		expect(tags.map(({ start, end }) => text.slice(start, end))).toEqual([
			'<at user_id="u_1">Alice</at>',
			'<at user_id="all">all</at>',
		]);
	});

	it('are none in a text without them', () => {
		expect(findMentionTags('plain @Alice')).toEqual([]);
	});

	it.each([
		['<at>x</at>'],
		['<at user_id="">x</at>'],
		["<at user_id='u_1'>x</at>"],
		['<at user_id="u_1">x'],
		['<at user_id="u_1">a<b</at>'],
	])('are not made of %p', (text) => {
		expect(findMentionTags(text)).toEqual([]);
	});

	it("give the names with the entities of the server's page resolved, once", () => {
		expect(findMentionTags('<at user_id="u_1">A &lt;B&gt; &amp;amp; C</at>')[0]?.name).toBe(
			'A <B> &amp; C',
		);
	});

	it('may have an empty name', () => {
		expect(findMentionTags('<at user_id="u_1"></at>')).toMatchObject([{ userId: 'u_1', name: '' }]);
	});

	it.each([['Alice'], ['<b>'], ['a" user_id="all'], ['</at><at user_id="all">'], ['Tom & Jerry']])(
		'written for the name %p are one tag with that name',
		(name) => {
			expect(findMentionTags(mentionTag('u_1', name))).toMatchObject([{ userId: 'u_1', name }]);
		},
	);

	it('cannot be broken open by an id', () => {
		expect(findMentionTags(mentionTag('u_1"><at user_id="all', 'x'))).toHaveLength(1);
	});
});
