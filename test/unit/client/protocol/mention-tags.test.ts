import { findMentionTags, mentionTag, repairTags } from '../../../../client/protocol/mention-tags';

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

	it.each([
		['<at user_id="u_1">A<b</at> hi', 'A<b'],
		['<at user_id="u_1">A <B> C</at> hi', 'A <B> C'],
		['<at user_id="u_1">a < b</at> and <at user_id="u_2">x</at>', 'a < b'],
	])('are repaired in %j, where a model wrote a name with brackets', (text, name) => {
		expect(findMentionTags(repairTags(text))[0]).toMatchObject({ userId: 'u_1', name });
	});

	it.each([
		["<at user_id='u_1'>Mia</at>"],
		['<at user_id=u_1>Mia</at>'],
		['<at  user_id = "u_1" >Mia</at>'],
		['<AT user_id="u_1">Mia</AT>'],
		['<at user_id=“u_1”>Mia</at>'],
		['<at user_id=\\"u_1\\">Mia</at>'],
		['<at user_id="@u_1">Mia</at>'],
		['<at user_id="#u_1">Mia</at >'],
		["< at user_id='u_1'>Mia</ at>"],
	])('are put right where a model has written %j', (text) => {
		expect(repairTags(`Hi ${text}!`)).toBe('Hi <at user_id="u_1">Mia</at>!');
	});

	it('for everybody are put right too', () => {
		expect(repairTags("<at user_id='all'>all</at>")).toBe('<at user_id="all">all</at>');
	});

	it('are looked for in a time that grows with the text only', () => {
		for (const piece of ['<at ', '<at user_id=u_1>', '< at user_id="', "<at user_id='u_1'>a"])
			expect(repairTags(piece.repeat(100_000)).length).toBeGreaterThan(100_000);
	});

	it.each([
		['<at user_id="u_1">A &lt; B</at>'],
		["<at user_id='a b'>x</at>"],
		["<at class='u_1'>x</at>"],
		["<at user_id='u_1'>no end"],
		['<at user_id="u_1">no end'],
		['<at user_id="u_1"><at user_id="u_2">x</at>'],
		['<b>bold</b>'],
	])('are not repaired in %j', (text) => {
		expect(repairTags(text)).toBe(text);
	});

	it('cannot be broken open by an id', () => {
		expect(findMentionTags(mentionTag('u_1"><at user_id="all', 'x'))).toHaveLength(1);
	});
});
