import type { Member } from '../../../../client/protocol/answers';
import { plainText } from '../../../../client/inbound/item/plain-text';
import { cleanName } from '../../../../client/protocol/display-name';
import { findMentionTags } from '../../../../client/protocol/mention-tags';
import { resolveNames } from '../../../../client/outbound/resolve-names';
import { STANDSTILL, withoutStandstill } from '../../../support/standstill';

const member = (id: string, name: string): Member => ({
	id,
	name,
	username: id,
	kind: 'human',
	isOnline: true,
});
const tag = (id: string, name: string) => `<at user_id="${id}">${name}</at>`;

const MEMBERS = [
	member('u_mia', 'Mia'),
	member('u_mia_b', 'Mia Berg'),
	member('u_tom', 'Tom'),
	member('u_zs', '张三'),
	member('u_sam1', 'Sam'),
	member('u_sam2', 'sam'),
];
const resolve = (text: string, allowAll = false) =>
	resolveNames(text, { members: MEMBERS, allowAll }).text;
/** Among members of these names, whose ids are u_0, u_1 and so on: who is mentioned. */
const mentioned = (text: string, ...names: string[]) => {
	const members = names.map((name, index) => member(`u_${index}`, name));
	return findMentionTags(resolveNames(text, { members, allowAll: true }).text).map(
		({ userId }) => userId,
	);
};

const escaped = (name: string) => name.replace(/&/g, '&amp;').replace(/</g, '&lt;');

/** Everyday names with what people put between two parts of one, and around the second. */
function oddNames(): string[] {
	const firsts = ['Ann', 'José', 'İl', '김철수', 'علی', '张三', '👨\u200d👩\u200d👧 Mia'];
	const seconds = ['Max', "O'Neil", 'e\u0301'];
	const between = [
		...' -‑–—.,;:/+&=~#|*_!?·•@<>'.split(''),
		...['  ', '\n', '\u00a0', ' & ', ', ', "'", '’', '"', '\u200c', '\u200d', '\\'],
	];
	const around = [
		['', ''],
		['(', ')'],
		[' (', ')'],
		['[', ']'],
		['"', '"'],
		['', '!'],
		['', '\\'],
		['', '.'],
		['', ' 🦊'],
	] as const;
	return firsts.flatMap((first) =>
		seconds.flatMap((second) => [
			...between.map((sign) => `${first}${sign}${second}`),
			...around.map(([open, close]) => `${first}${open}${second}${close}`),
		]),
	);
}

/** A run of one backtick, one of two, and so on. */
const runsOfBackticks = (count: number) =>
	Array.from({ length: count }, (_nothing, length) => '`'.repeat(length + 1)).join(' ');

describe('a mention in the form of other chats', () => {
	it.each([
		['<@u_tom> hi', `${tag('u_tom', 'Tom')} hi`],
		['hi <@!u_tom>', `hi ${tag('u_tom', 'Tom')}`],
		['<@u_tom|Tommy>, hi', `${tag('u_tom', 'Tom')}, hi`],
		['<@Mia Berg> hi', `${tag('u_mia_b', 'Mia Berg')} hi`],
		['<@u_tom><@u_mia>', tag('u_tom', 'Tom') + tag('u_mia', 'Mia')],
		['@"Mia Berg" hi', `${tag('u_mia_b', 'Mia Berg')} hi`],
		['@“mia berg”: hi', `${tag('u_mia_b', 'Mia Berg')}: hi`],
		['@[Mia Berg] hi', `${tag('u_mia_b', 'Mia Berg')} hi`],
		['@{u_tom} hi', `${tag('u_tom', 'Tom')} hi`],
		['请@「张三」看', `请${tag('u_zs', '张三')}看`],
		// The end belongs to something else.
		['a <@Tom says> b', `a <${tag('u_tom', 'Tom')} says> b`],
		['"@Tom"', `"${tag('u_tom', 'Tom')}"`],
	])('becomes the tag alone: %j', (text, expected) => {
		expect(resolve(text)).toBe(expected);
	});

	it.each([
		['`<@u_tom>`'],
		['<@u_nobody>'],
		['<@!Tom>'],
		['@!u_tom'],
		['@"Mia Bergson"'],
		['@"Mia and others"'],
		['@[Mia](https://example.com/mia)'],
		['@["Mia"]'],
		['@"Sam"'],
		['@[all]'],
	])('is none where it names no single member, or stands in code or a link: %j', (text) => {
		expect(resolve(text)).toBe(text);
	});
});

describe('@Name of a member', () => {
	it.each([
		[
			'at the start, in the middle and at the end',
			'@Tom see @Mia',
			`${tag('u_tom', 'Tom')} see ${tag('u_mia', 'Mia')}`,
		],
		['whatever its case', 'hello @tOM!', `hello ${tag('u_tom', 'Tom')}!`],
		[
			'the longest name first',
			'@Mia Berg and @Mia, hi',
			`${tag('u_mia_b', 'Mia Berg')} and ${tag('u_mia', 'Mia')}, hi`,
		],
		['in a script without spaces', '请@张三看一下', `请${tag('u_zs', '张三')}看一下`],
		['right behind another', '@Tom@Mia', tag('u_tom', 'Tom') + tag('u_mia', 'Mia')],
		['in brackets and before an apostrophe', "(@Tom's)", `(${tag('u_tom', 'Tom')}'s)`],
	])('becomes a tag %s', (_where, text, expected) => {
		expect(resolve(text)).toBe(expected);
	});

	it.each([
		['a longer word', '@Tommy and @Miami'],
		['a name that two members share', '@Sam'],
		['somebody who is no member', '@Nobody'],
		['an e-mail address', 'write to me@Tom.org or mia@tom.org'],
		['the user part of a word', 'foo@Tom'],
		['code', '`@Tom` and ```\n@Tom\n``` and ```\n@Mia'],
		['a link', '[x](https://h/@Tom) and https://h/@Mia/x'],
		['a tag that is there already', tag('u_x', '@Tom')],
		['everybody, without leave', '@all lunch'],
	])('leaves %s as it is', (_what, text) => {
		expect(resolve(text)).toBe(text);
	});

	it('mentions everybody only with leave, and a member of that name rather than everybody', () => {
		expect(resolve('@all lunch', true)).toBe(`${tag('all', 'all')} lunch`);
		expect(resolveNames('@all', { members: [member('u_all', 'All')], allowAll: true }).text).toBe(
			tag('u_all', 'All'),
		);
	});

	it.each([
		['letters', 'x'.repeat(2_000_000)],
		['words without spaces', 'a.'.repeat(1_000_000)],
		['signs', 'x+'.repeat(1_000_000)],
		['beginnings of links', ']('.repeat(1_000_000)],
		['beginnings of addresses', '@a'.repeat(1_000_000)],
		['beginnings of code', '` '.repeat(1_000_000)],
	])(
		'is looked for in one go, however many %s a text has',
		(_what, text) => {
			const resolved = withoutStandstill(() => resolve(`${text} @Tom`));
			expect(resolved).toBe(`${text} ${tag('u_tom', 'Tom')}`);
		},
		STANDSTILL,
	);

	it.each([
		['signs that are no mention', '@'.repeat(800_000)],
		['signs before a name that goes on', '@Member Number 99x'.repeat(80_000)],
		['backticks in runs of all lengths', runsOfBackticks(2000)],
		['links that are not finished', '[a]('.repeat(400_000)],
		['quotes in quotes', `${'> '.repeat(400_000)}\n`.repeat(3)],
		['lists in lists, and blank lines', `${'- '.repeat(400_000)}${'\n'.repeat(800_000)}`],
		['accents', `@${'\u0301'.repeat(1_200_000)}`],
		['underscores', '_'.repeat(1_600_000)],
		['half addresses', 'a.'.repeat(800_000)],
		['code elements without an end', '<code>'.repeat(200_000)],
		['comments without an end', 'x <!--'.repeat(200_000)],
		['blocks of comments', 'x\n<!--\n-->\n'.repeat(200_000)],
		['half attributes', '<a b="'.repeat(200_000)],
		['attributes', `<a${' b'.repeat(400_000)}`],
		['definitions of links', `x\n\n${'[a]: b "c\n'.repeat(200_000)}`],
		['words in brackets', '[a]'.repeat(400_000)],
		['escapes', '\\_'.repeat(400_000)],
	])(
		'is found in one go among a thousand members, whatever the text is made of (%s)',
		(_what, text) => {
			const members = Array.from({ length: 1000 }, (_, index) =>
				member(`u_${index}`, `Member Number ${index}`),
			);
			const { text: resolved } = withoutStandstill(() =>
				resolveNames(`@Member Number 7 ${text}`, { members, allowAll: false }),
			);
			expect(resolved).toMatch(/^<at user_id="u_7">/);
		},
		STANDSTILL,
	);

	it(
		'is looked for among members who all have the same name',
		() => {
			const members = Array.from({ length: 300_000 }, (_, index) => member(`u_${index}`, 'Sam'));
			const resolved = withoutStandstill(() => resolveNames('@Sam', { members, allowAll: false }));
			expect(resolved.text).toBe('@Sam');
		},
		STANDSTILL,
	);

	it('writes names that cannot break out of the tag', () => {
		const members = [member('u_x', 'A<b>"&')];
		expect(resolveNames('@A<b>"& hi', { members, allowAll: false }).text).toBe(
			'<at user_id="u_x">A&lt;b&gt;"&amp;</at> hi',
		);
	});
});

describe('a name as people and models write it', () => {
	it.each([
		['as a model is shown it', "@Sinéad O'Connor", ["Sinéad O'Connor"]],
		['without its apostrophe', '@Sinéad OConnor hi', ["Sinéad O'Connor"]],
		['with a curly apostrophe', '@Sinéad O’Connor hi', ["Sinéad O'Connor"]],
		['with a straight apostrophe', "@Sinéad O'Connor hi", ['Sinéad O’Connor']],
		['composed', '@José hi'.normalize('NFC'), ['José'.normalize('NFD')]],
		['decomposed', '@José hi'.normalize('NFD'), ['José'.normalize('NFC')]],
		['in decomposed Korean', '@김철수 hi'.normalize('NFD'), ['김철수']],
		['with a dotted capital I', '@İlker, hi', ['İlker']],
		['in small letters of a dotted capital I', '@ilker, hi', ['İlker']],
		['in capitals of a dotless i', '@IŞIL hi', ['Işıl']],
		['with ss for ß', '@STRASSER', ['Straßer']],
		['with a full-width sign', '＠Mia', ['Mia']],
		['in full-width letters', '@Ｍｉａ hi', ['Mia']],
		['with a Korean ending', '@김철수님', ['김철수']],
		['with a Japanese ending', '@田中さん、', ['田中']],
		['with two spaces', '@Mia  Berg', ['Mia Berg']],
		['over two lines', '@Mia\nBerg', ['Mia Berg']],
		['with a space that does not break', '@Mia\u00a0Berg', ['Mia Berg']],
		['in one line, of a name with a line break', '@Mia Berg', ['Mia\nBerg']],
		['with its brackets', '@Ann (QA): look', ['Ann (QA)']],
		['without its brackets', '@Ann QA: look', ['Ann (QA)']],
		['without quotes', '@Dwayne The Rock', ['Dwayne "The" Rock']],
		['with its joiners', '@علی\u200cرضا سلام', ['علی\u200cرضا']],
		['without its joiners', '@علیرضا سلام', ['علی\u200cرضا']],
		['with an emoji', '@Mia 👨\u200d👩\u200d👧!', ['Mia 👨\u200d👩\u200d👧']],
		['with invisible characters in it', '@Mi\u200ba', ['Mia']],
		['with a typographic hyphen', '@Ann‑Kathrin', ['Ann-Kathrin']],
		['that begins with a sign', '@Mia', ['@Mia']],
		['before an ending', "@Ann's turn", ['Ann']],
		['before a curly ending', '@Ann’s turn', ['Ann']],
		['before a Turkish ending', "@Ali'nin sırası", ['Ali']],
		['at the end of a sentence', 'Ask @Tom.', ['Tom']],
		['before dots', '@Tom...why', ['Tom']],
		['in italics', '_@Tom_ and more', ['Tom']],
		['in bold', '**@Tom**, look', ['Tom']],
		['in bold and underscores', '__@Tom__', ['Tom']],
		['behind a Korean word', '안녕@김철수', ['김철수']],
		['behind an emoji', '❤️@Tom', ['Tom']],
		['before a dash', '@Tom—look', ['Tom']],
		['before a dash with spaces', '@Tom – look', ['Tom']],
		['before a hyphen with spaces', '@Tom - look', ['Tom']],
		['before a colon', '@Tom: look', ['Tom']],
		['before a colon and a setting', '@Tom: x=1', ['Tom']],
		['before a colon without a space', '@Tom:look', ['Tom']],
		['before a comma', '@Tom, look', ['Tom']],
		['before an exclamation mark', '@Tom!', ['Tom']],
		['before a vote', '@Tom +1', ['Tom']],
		['before an equals sign', '@Tom = boss', ['Tom']],
		['struck out', '~~@Tom~~', ['Tom']],
		['before an escaped full stop', 'Ask @Tom\\.', ['Tom']],
		['with a hyphen of any kind', '@Ann–Kathrin', ['Ann-Kathrin']],
		['with a Hebrew hyphen', '@בן־דוד', ['בן-דוד']],
		['with a full-width hyphen', '@Ann-Kathrin', ['Ann－Kathrin']],
		['before a hyphen and a Korean ending', '@김철수-님', ['김철수']],
		['with a backslash before a comma', "hi @O'Hara\\, look", ["O'Hara\\"]],
		['in a row', '@Tom/@Tom', ['Tom']],
		['before a slash at its end', 'is @Tom/', ['Tom']],
		['in a heading', '# @Tom', ['Tom']],
		['in a list', '- ask\n    - @Tom', ['Tom']],
		['in the second paragraph of a list item', '1. ask\n\n    @Tom', ['Tom']],
		['in a quote', '> @Tom', ['Tom']],
		['in a paragraph that is indented', 'ask\n      @Tom', ['Tom']],
		['behind a link', '[x](https://h/y)@Tom', ['Tom']],
		['behind a Chinese comma and an address', '请看https://h/x，@Tom', ['Tom']],
		['between backticks that do not match', '`` @Tom `', ['Tom']],
		['behind an escaped backtick', '\\`@Tom`', ['Tom']],
		['in the paragraph after code', '`a\n\n@Tom`', ['Tom']],
		['behind a label in brackets', '[Action]: @Tom please fix the build', ['Tom']],
		['behind a label and before a quote', '[Action]: @Tom "the build" fails', ['Tom']],
		['in a second line, which defines no link', 'todo\n[Action]: @Tom', ['Tom']],
		['behind a definition', '[x]: /y "title"\nask @Tom', ['Tom']],
		['with an escape that Markdown wants', '@my\\_bot, look', ['my_bot']],
		['in bold behind the sign', '@**Tom**, look', ['Tom']],
		['in italics behind the sign', '@_Tom_ and @*Tom*', ['Tom']],
		['with an ID in bold behind the sign', '@**u_0**', ['Tom']],
		['with several escapes', '@my\\_bot\\-2', ['my_bot-2']],
		['behind code in HTML', '<code>x</code> @Tom', ['Tom']],
		['behind a block of code in HTML', '<pre>\nx\n\ny</pre> @Tom', ['Tom']],
		['behind a comment', '<!-- x --> @Tom', ['Tom']],
		['in HTML that is no code', '<b>@Tom</b>', ['Tom']],
		['behind an element that is only spoken of', 'the <code> element, @Tom', ['Tom']],
		['behind a comment that has no end', 'x <!-- y @Tom', ['Tom']],
		['behind a comparison', 'a <b and @Tom> c', ['Tom']],
	])('mentions its owner: %s', (_how, text, names) => {
		expect(new Set(mentioned(text, ...names))).toEqual(new Set(['u_0']));
	});

	it('mentions its owner as it is shown to a model, whatever signs people have in their names', () => {
		const ways = (name: string) => [
			`@${cleanName(name)}`,
			`hi @${cleanName(name)}, hello`,
			plainText(tag('u_0', escaped(name)), ''),
		];
		const lost = oddNames().flatMap((name) =>
			ways(name).filter((text) => String(mentioned(text, name, 'Zoe')) !== 'u_0'),
		);
		expect(lost).toEqual([]);
	});

	it.each([
		['with a hyphen', '@Ann-Kathrin'],
		...['\u058a', '\u05be', '\u2010', '\u2011', '\u2012', '–', '−', '﹣', '－'].map((hyphen) => [
			'with a typographic hyphen',
			`@Ann${hyphen}Kathrin and @all${hyphen}hands`,
		]),
		['with escapes that Markdown wants', '@Ann\\-Kathrin, @Tom\\.Weber, @Tom\\+1 and @Tom\\\\x'],
		...['@Tom+1 and @all+1', '@Tom=x', '@tom~1', '@tom#1234'].map((text) => [
			'with another sign',
			text,
		]),
		['before a setting', '@tom:registry=https://npm.pkg.github.com'],
		['with a dot', '@Tom.Weber'],
		['with a slash', 'npm i @tom/utils'],
		['with an underscore', '@tom_weber'],
		['with an accent', '@Tom\u0301'],
		['with digits', '@Tom2'],
		['with an apostrophe', "@Ann'Marie and @tom’Weber"],
		['with more letters behind a joiner', '@Tom\u200dmy'],
		['all of a longer word', '@all-hands and @allies and @all.together'],
		['behind a slash', 'medium.com/@Tom'],
		['behind an underscore', 'dear_@Tom'],
		['with a middle dot', '@玛丽·居里'],
		['in bold behind the sign', '@**Tommy** and @**Tom Weber** and @**Tom'],
	])('is none in half of a longer word: %s', (_how, text = '') => {
		expect(mentioned(text, 'Ann', 'Tom', '玛丽')).toEqual([]);
	});

	it.each([
		['a fence', '```\n@Tom\n```'],
		['a fence of tildes', '~~~\n@Tom\n~~~'],
		['a fence that is not closed', 'x\n~~~\n@Tom\n```'],
		['a longer fence around a shorter one', '````\n```\n@Tom\n```\n@Tom\n````'],
		['a fence in a quote', '> ```\n> @Tom\n> ```'],
		['a fence in a list', '1. x\n   ```js\n   @Tom\n   ```'],
		['an indented block', 'x\n\n    @Tom'],
		['a block indented by a tab', 'x\n\n\t@Tom'],
		['an indented block in a list item', '- x\n\n      @Tom'],
		['an indented block behind a heading', '# x\n    @Tom'],
		['a span', '`@Tom`'],
		['a span of two backticks', '`` ` @Tom ``'],
		['a span over two lines', '`a\n@Tom b`'],
		['a span over two lines of a quote', '> `a\n> @Tom b`'],
		['a span behind an escape that is none', '`\\` @x `@Tom`'],
		['a link', '[@Tom](https://h/@Tom "see @Tom")'],
		['a link with brackets', '[x](https://h/a_(@Tom)_b)'],
		['a link that is defined below', '[x]: /@Tom'],
		['an image', '![@Tom](x.png)'],
		['an address in angle brackets', '<https://h/@Tom>'],
		['an address', 'https://h/@Tom'],
		['an address without a scheme', 'www.medium.com/@Tom and medium.com/@Tom'],
		['an e-mail address', 'x@Tom.org and <x@tom.org> and +@tom.org'],
		['a tag', '<at user_id="u_x">@Tom</at>'],
		['an escape', '\\@Tom'],
		['the name of a longer word with an escape', '@Tom\\_bot'],
		['a definition with a title', '[x]: /@Tom "see @Tom"'],
		['a second definition', '[x]: /y\n[z]: /@Tom'],
		['a definition that is indented', '  [x]: /@Tom'],
		['preformatted HTML', '<pre>@Tom</pre>'],
		['preformatted HTML over paragraphs', '<pre class="x">\na\n\n@Tom\n</pre>'],
		['preformatted HTML in a quote', '> <pre>\n>\n> @Tom'],
		['a comment', '<!-- @Tom -->'],
		['a comment over paragraphs', 'a\n<!--\n\n@Tom\n-->'],
		['a comment in a line', 'a <!-- @Tom --> b'],
		['a second block in a line', '<pre>a</pre> <PRE>@Tom</PRE>'],
		['code in HTML', 'run <code>x @Tom</code> or <kbd>@Tom</kbd>'],
		['a script', '<script>\n@Tom\n</script>'],
		['the inside of an HTML tag', '<a href="x" title="ask @Tom">x</a>'],
	])('is none in %s', (_where, text) => {
		expect(mentioned(text, 'Tom').filter((id) => id !== 'u_x')).toEqual([]);
	});

	it.each([
		['@Max Sales', ['Max', 'Max (Sales)'], ['u_1']],
		['@Max (Sales)', ['Max', 'Max (Sales)'], ['u_1']],
		['@Max, hi', ['Max', 'Max (Sales)'], ['u_0']],
		['@Max(Sales)', ['Max', 'Max (Sales)'], ['u_1']],
		['@Max（Sales）', ['Max', 'Max (Sales)'], ['u_1']],
		['@Max (Sales)', ['Max', 'Max(Sales)'], ['u_1']],
		['@Max Sales', ['Max', 'Max(Sales)'], ['u_1']],
		['@张三 (销售)', ['张三', '张三（销售）'], ['u_1']],
		['@Max(see below)', ['Max', 'Max (Sales)'], ['u_0']],
		['@Max (see below)', ['Max', 'Max (Sales)'], ['u_0']],
		['@Max(Sales)', ['Max(Sales)', 'Max (Sales)'], []],
		['@Max Sales', ['Max Sales', 'Max (Sales)'], []],
		['@José', ['José', 'José'.normalize('NFD')], []],
		['@Straße', ['Straße', 'STRASSE'], []],
		['@Bob', ['Bob', 'B\u200bob'], []],
		['@Max Sales', ['Max', 'Max Sales', 'Max "Sales"'], []],
	])(
		'of %j among %j mentions %j: the longest, or nobody where two are called so',
		(text, names, ids) => {
			expect(mentioned(text, ...names)).toEqual(ids);
		},
	);

	it.each([
		['@u_1 hi', ['Ann', 'Tom'], ['u_1']],
		['<@u_1> hi', ['Ann', 'Tom'], ['u_1']],
		['@U_1, hi', ['Ann', 'Tom'], ['u_1']],
		['@u_12 and @u_9', ['Ann', 'Tom'], []],
		['`@u_1`', ['Ann', 'Tom'], []],
		['@u_1', ['u_1', 'Tom'], ['u_1']],
		['@u_1-x', ['Ann', 'Tom'], []],
	])(
		'of %j among %j mentions %j: models write IDs behind the sign too, and no name can take one',
		(text, names, ids) => {
			expect(mentioned(text, ...names)).toEqual(ids);
		},
	);

	it.each([
		['@Nova, hi', ['nova']],
		['@Nova Star, @NOVA and @ｎｏｖａ', ['nova']],
		['@todo and @tommy and @all-hands', ['todo', 'tommy', 'all-hands']],
		['@O\'Brien. @"Zoe Berg" @**Ann** @🦊 Fox <@u_9>', ["o'brien", 'zoe', 'ann', '🦊', 'u_9']],
		['@Tom, hi', []],
		['@Sam', []],
		['@all', []],
		['`@Nova` and me@nova.org', []],
		['@[Nova](https://example.com)', []],
		['50 @ 3 and @!', []],
	])('in %j has nobody for the words %j', (text, strangers) => {
		expect(resolveNames(text, { members: MEMBERS, allowAll: false }).strangers).toEqual(strangers);
	});

	it('names at most a hundred words for which it has nobody', () => {
		const text = Array.from({ length: 500 }, (_nothing, index) => `@word${index}`).join(' ');
		expect(resolveNames(text, { members: MEMBERS, allowAll: false }).strangers).toHaveLength(100);
	});
});

describe('a tag with a name in the place of its ID', () => {
	it.each([
		[tag('Mia', 'Mia'), tag('u_mia', 'Mia')],
		[tag('@mia', ''), tag('u_mia', 'Mia')],
		[tag('Mia', 'Mia Berg'), tag('u_mia_b', 'Mia Berg')],
		[tag('Mia Berg', 'Mia'), tag('u_mia', 'Mia')],
		[`${tag('Mia', 'Mia')} Berg`, `${tag('u_mia', 'Mia')} Berg`],
		[tag('Tommy', 'Tom'), tag('u_tom', 'Tom')],
		[tag('Tom', 'our colleague'), tag('u_tom', 'Tom')],
		[tag('u_tom', 'u_tom'), tag('u_tom', 'Tom')],
	])('mentions whose whole name it is, in %j', (text, resolved) => {
		expect(resolve(text)).toBe(resolved);
	});

	it.each([
		[tag('Sam', 'Sam'), '@Sam'],
		[tag('Nobody', 'Nobody'), '@Nobody'],
		[tag('everybody', 'all'), '@all'],
		[`\`${tag('Mia', 'Mia')}\``, `\`${tag('Mia', 'Mia')}\``],
		[`\`\`\`\n${tag('Mia', 'Mia')}\n\`\`\``, `\`\`\`\n${tag('Mia', 'Mia')}\n\`\`\``],
	])('mentions nobody in %j', (text, resolved) => {
		expect(resolve(text)).toBe(resolved);
	});
});

describe('a name without some of its signs', () => {
	it.each([
		['@Dr Tom, hi', ['Dr. Tom', 'Dr'], 'u_0'],
		['@J R Smith', ['J. R. Smith', 'J'], 'u_0'],
		['@Mia Berg, hi', ['Mia Berg 🌸', 'Mia'], 'u_0'],
		['@Mia Berg', ['Mia 🌸 Berg', 'Mia'], 'u_0'],
		['@Anna Lena', ['Anna-Lena', 'Anna'], 'u_0'],
		['@AnnaLena', ['Anna-Lena', 'Anna'], 'u_0'],
		['@张三', ['张 三', '张'], 'u_0'],
		['@Jose Garcia', ['José García', 'Jose'], 'u_0'],
		['@Tom', ['Tom 🦊', 'Tom'], 'u_1'],
		['@Anna Lena', ['Anna-Lena', 'Anna Lena'], 'u_1'],
	] as const)('in %j among %j mentions %s', (text, names, id) => {
		expect(mentioned(text, ...names)).toEqual([id]);
	});

	it('that two members share so mentions neither', () => {
		expect(mentioned('@Anna Lena', 'Anna-Lena', 'Anna Lena 🌸')).toEqual([]);
	});
});

it.each([
	['@<u_0>, hi', ['u_0']],
	['@【Tom】 hi', ['u_0']],
	['@『Tom』 hi', ['u_0']],
	['و@Tom', ['u_0']],
	['אמרתי ל@Tom', ['u_0']],
	['1️⃣@Tom', ['u_0']],
	['write to @tom:matrix.org', []],
	['@Tom: matrix.org is down', ['u_0']],
	['@Tom:example.com is down', ['u_0']],
])('%j mentions %j', (text, ids) => {
	expect(mentioned(text, 'Tom')).toEqual(ids);
});
