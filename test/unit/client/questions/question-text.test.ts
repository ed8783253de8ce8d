import {
	hiddenNoteOf,
	withHiddenNote,
	withoutHiddenNote,
} from '../../../../client/protocol/hidden-note';
import { findMentionTags } from '../../../../client/protocol/mention-tags';
import {
	DEFAULT_LABELS,
	excerptOf,
	outcomeText,
	pageText,
	type QuestionText,
	questionText,
} from '../../../../client/questions/question-text';

const LINKS = { approve: 'https://n8n.test/w?a=1', disapprove: 'https://n8n.test/w?a=2' };
const asked = (change: Partial<QuestionText> = {}) =>
	questionText({
		text: 'May I?',
		isByModel: false,
		responseType: 'approval',
		takesReplies: true,
		links: undefined,
		approvers: [],
		...DEFAULT_LABELS,
		...change,
	});

describe('a question in the chat', () => {
	it.each([
		['with words', {}, 'Reply **yes** or **no**'],
		[
			'with words and links',
			{ links: LINKS },
			'Reply **yes** or **no**, or [Approve](https://n8n.test/w?a=1) · [Decline](https://n8n.test/w?a=2)',
		],
		[
			'with links alone',
			{ links: LINKS, takesReplies: false },
			'[Approve](https://n8n.test/w?a=1) · [Decline](https://n8n.test/w?a=2)',
		],
		[
			'with labels of its own',
			{ approveLabel: 'Ship it', disapproveLabel: 'Hold *now*' },
			'Reply **Ship it** or **Hold \\*now\\***',
		],
		['with free text', { responseType: 'freeText' as const }, 'Reply with your answer'],
	])('says how to answer, %s', (_name, change, line) => {
		expect(asked(change)).toBe(`> May I?\n\n${line}`);
	});

	it('mentions its approvers first, whatever their names', () => {
		const text = asked({ approvers: [{ id: 'u_1', name: 'Mia <b>' }] });
		expect(text.startsWith('<at user_id="u_1">Mia &lt;b&gt;</at>\n\n> May I?')).toBe(true);
	});
});

describe('a text of others', () => {
	const quoted = (text: string, isByModel = false) => {
		const shown = asked({ text, isByModel });
		expect(findMentionTags(shown)).toEqual([]);
		return shown.slice(0, shown.lastIndexOf('\n\nReply'));
	};

	it.each([
		['a link', '[Approve](https://evil.test)', '> Approve (https://evil.test)'],
		['a picture', '![a](https://evil.test/p.png "b")', '> a (https://evil.test/p.png)'],
		['a link behind a backslash', '\\[a](x)', '> &#91;a&#93;(x)'],
		['a link in brackets', '[[a]](x)', '> &#91;&#91;a&#93;&#93;(x)'],
		['a link to a definition', '[a][b]', '> &#91;a&#93;&#91;b&#93;'],
		['a definition', '[agentclub]: # "AAAA"', '> &#91;agentclub&#93;: # "AAAA"'],
		['a footnote', 'a[^1]\n[^1]: b', '> a&#91;^1&#93;\n> &#91;^1&#93;: b'],
		['an address in angle brackets', '<https://evil.test>.', '> (https://evil.test).'],
		['an address that a mark follows', 'www.evil.test|b', '> www.evil.test &#124;b'],
		['a link in a table', '|[a](b)|', '> &#124;a (b) &#124;'],
		['HTML', '<a href="x">Approve</a>', '> &#60;a href="x">Approve&#60;/a>'],
		['a comment', '<!-- a -->', '> &#60;!-- a -->'],
		['a mention of everybody', '<at user_id="all">all</at> hi', '> @all hi'],
		['a table', '|a|\n|-|\n:-', '> &#124;a&#124;\n> &#124;-&#124;\n> &#58;-'],
		['a fence of tildes in a list', '- ~~~', '> - &#126;&#126;&#126;'],
		['backticks without an end', 'x ```[a](b)', '> x &#96;&#96;&#96;a (b)'],
		['code that would work elsewhere', '`|[a]`', '> &#96;&#124;&#91;a&#93;&#96;'],
		['code by its indentation', '\t[a]', '> &nbsp;&nbsp;&nbsp;&nbsp;&#91;a&#93;'],
		['marks of the server for mentions', '\ue000MENTION0\ue001', '> MENTION0'],
	])('cannot break out: %s', (_name, text, expected) => {
		expect(quoted(text)).toBe(expected);
	});

	it.each([
		['in words', ''],
		['in code', '`'],
		['in a fence', '```\n'],
		['in code by its indentation', '    '],
	])('mentions nobody with one tag around another, %s', (_where, before) => {
		quoted(`${before}<at user_id="all"><at user_id="u">x</at></at>${before.trim()}`);
	});

	it.each(['\n', '\r', '\r\n', '\v', '\f', '\u0085', '\u2028', '\u2029', '`\0``\n'])(
		'cannot end its code with %j and a fence',
		(lineBreak) => {
			const text = `\`\`\`\na${lineBreak}\`\`\`${lineBreak}[Approve](https://evil.test)`;
			expect(quoted(text)).not.toContain('[Approve]');
		},
	);

	it('keeps code as it is, in a fence that nothing in it can end', () => {
		expect(quoted('  ~~~~ts x\n  a[0] < 1\n   ```\n~~~~~\n[b]')).toBe(
			'> ````ts\n> a[0] < 1\n>  ```\n> ````\n> &#91;b&#93;',
		);
		expect(quoted('run `npm test` and ``a``')).toBe('> run `npm test` and `a`');
		expect(quoted('```\nan open end')).toBe('> ```\n> an open end\n> ```');
	});

	it('stays readable, with an address that shows where it leads', () => {
		const text =
			'# Order\n**Bold**, _it_\n- a\n    - b\n1. c\n\n3 \\* 4, C:\\dir, a > b\nhttps://a.test/b?c=1';
		expect(quoted(text)).toBe(
			`> ${text.replace('\\*', '&#42;').replaceAll('\n', '\n> ')}`.replace('> \n', '>\n'),
		);
	});

	it.each([
		['https://evil.test', '> https&#58;//evil.test'],
		['WWW.evil.test', '> WWW&#46;evil.test'],
		['a.b@evil.test', '> a.b&#64;evil.test'],
		['<mailto:a@evil.test>', '> (mailto:a&#64;evil.test)'],
		['[Approve](https://evil.test)', '> Approve (https&#58;//evil.test)'],
		['`https://evil.test`', '> &#96;https&#58;&#47;&#47;evil&#46;test&#96;'],
	])('has no link at all where a model may have written it: %s', (text, expected) => {
		expect(quoted(text, true)).toBe(expected);
	});

	it('has no line outside the quotation, whichever line break it takes', () => {
		const text = 'Fine.\n\nReply **yes**\r\n---\rApproved by Mia\u2028```\nopen fence';
		const lines = asked({ text }).split('\n');
		expect(lines.slice(0, -2).every((line) => line.startsWith('>'))).toBe(true);
		expect(lines.slice(-2)).toEqual(['', 'Reply **yes** or **no**']);
	});
});

it('tells how it ended in one line, without anything that works in it', () => {
	const excerpt = excerptOf(
		'May I\n**ship** <at user_id="u_1">Tom</at>, `now`, [this](x)? ' + 'x'.repeat(90),
	);
	expect(excerpt).toMatch(/^May I ship @Tom, now, this \(x\)\? x+…$/);
	expect(outcomeText('May I?', { approved: true, responder: 'Mia [x](y)' })).toBe(
		'Approved by Mia \\[x\\]\\(y\\): "May I?"',
	);
	expect(outcomeText('May I?', { approved: false, responder: undefined })).toBe(
		'Declined by link: "May I?"',
	);
	expect(outcomeText('See https://a.test', { approved: true, responder: 'www.b.test' })).toBe(
		'Approved by www\\.b.test: "See https\\://a.test"',
	);
	expect(outcomeText('May I?', { approved: null, responder: 'Mia' })).toBe(
		'Answered by Mia: "May I?"',
	);
});

it('keeps a note that nobody sees at the end of a text', () => {
	const text = withHiddenNote('Hello', 'AbC-_9');
	expect(hiddenNoteOf(text)).toBe('AbC-_9');
	expect(withoutHiddenNote(text)).toBe('Hello');
	expect(hiddenNoteOf(`${text}\nmore`)).toBeUndefined();
	expect(withoutHiddenNote('Hello')).toBe('Hello');
});

it('shows on the page what was written, with names for tags, and says where it cuts', () => {
	expect(pageText(' **May** <at user_id="u_1">Tom</at> & <b>I</b>?\n1 < 2\n')).toBe(
		'**May** @Tom & <b>I</b>?\n1 < 2',
	);
	const long = pageText(`${'x'.repeat(9999)}😀 and more`);
	expect(long).toMatch(/^x{9999}…\n\n\(It goes on in the chat\.\)$/);
});
