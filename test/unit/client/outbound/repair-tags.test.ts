import { repairTags } from '../../../../client/outbound/repair-tags';
import { findMentionTags } from '../../../../client/protocol/mention-tags';

describe('mention tags', () => {
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

	it.each([['<at user_id="u_1">A &lt; B</at>'], ["<at class='u_1'>x</at>"], ['<b>bold</b>']])(
		'are not repaired in %j',
		(text) => {
			expect(repairTags(text)).toBe(text);
		},
	);

	it.each([
		['<at user_id="u_1" name="Mia">Mia</at>'],
		['<at name="Mia" user_id="u_1">Mia</at>'],
		['<at id="u_1">Mia</at>'],
		['<at user-id="u_1">Mia</at>'],
		['<at userId="u_1">Mia</at>'],
		['&lt;at user_id="u_1"&gt;Mia&lt;/at&gt;'],
		['&lt;at user_id=&quot;u_1&quot;&gt;Mia&lt;/at&gt;'],
		['[@Mia](u_1)'],
		['<at user_id="u_1">Mia'],
	])('are made of what only looks like one: %j', (text) => {
		expect(repairTags(`Hi ${text}, hello`)).toBe('Hi <at user_id="u_1">Mia</at>, hello');
	});

	it.each([
		['<at user_id="u_1"/> hi', '<at user_id="u_1">u_1</at> hi'],
		["<at user_id='u_1' /> hi", '<at user_id="u_1">u_1</at> hi'],
		['<at user_id="u_1"> hi there you all', '<at user_id="u_1">u_1</at> hi there you all'],
		["<at user_id='Mia B'>Mia</at> hi", '<at user_id="Mia B">Mia</at> hi'],
		[
			'<at user_id="u_1">Mia, ask <at user_id="u_2">Tom</at>',
			'<at user_id="u_1">Mia</at>, ask <at user_id="u_2">Tom</at>',
		],
	])('get what they lack: %j', (text, repaired) => {
		expect(repairTags(text)).toBe(repaired);
	});

	it.each([
		["Write `<at user_id='all'>all</at>` to call them"],
		["```\n<at user_id='all'>all</at>\n```"],
		['```html\n<at user_id="u_1">a<b</at>\n```'],
		['`&lt;at user_id="u_1"&gt;Mia&lt;/at&gt;` and `[@Mia](u_1)`'],
		['<at></at> and <attr user_id="u_1"> and < at'],
		['[@Mia](https://example.com) and [Mia](u_1)'],
	])('stay as they are in code, and what is none stays too: %j', (text) => {
		expect(repairTags(text)).toBe(text);
	});
});
