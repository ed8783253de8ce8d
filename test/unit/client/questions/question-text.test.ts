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

describe('a text that a model has written', () => {
	it.each([
		['a link', '[Approve](https://evil.test)', '> Approve (https://evil.test)'],
		['a link behind a backslash', '\\[a\\](https://evil.test)', '> \\a\\ (https://evil.test)'],
		['brackets in brackets', '[[a]](x)', '> &#91;&#91;a&#93;&#93;(x)'],
		['a picture', '![a](https://evil.test/p.png)', '> a (https://evil.test/p.png)'],
		['HTML', '<a href="x">Approve</a>', '> &lt;a href="x">Approve&lt;/a>'],
		['a mention of everybody', '<at user_id="all">all</at> hi', '> @all hi'],
		['a definition', '[agentclub]: # "AAAA"', '> &#91;agentclub&#93;: # "AAAA"'],
		['code', 'run `a[0] < 1`', '> run `a[0] < 1`'],
		['backticks without an end', 'x ```[a](b)', '> x ```a (b)'],
	])('cannot break out: %s', (_name, text, expected) => {
		const shown = asked({ text });
		expect(shown.split('\n\n')[0]).toBe(expected);
		expect(findMentionTags(shown)).toEqual([]);
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
