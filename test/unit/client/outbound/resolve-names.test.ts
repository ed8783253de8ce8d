import { runInNewContext } from 'node:vm';
import type { Member } from '../../../../client/protocol/answers';
import { resolveNames } from '../../../../client/outbound/resolve-names';

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
	resolveNames(text, { members: MEMBERS, allowAll });

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
		expect(resolveNames('@all', { members: [member('u_all', 'All')], allowAll: true })).toBe(
			tag('u_all', 'All'),
		);
	});

	it.each([
		['letters', 'x'.repeat(500_000)],
		['words without spaces', 'a.'.repeat(250_000)],
		['signs', 'x+'.repeat(250_000)],
		['beginnings of links', ']('.repeat(250_000)],
		['beginnings of addresses', '@a'.repeat(250_000)],
		['beginnings of code', '`'.repeat(500_000)],
	])('is looked for in one go, however many %s a text has', (_what, text) => {
		// Going over the same stretch again and again would take minutes for this.
		const resolved: unknown = runInNewContext(
			'resolve()',
			{ resolve: () => resolve(`${text} @Tom`) },
			{ timeout: 15_000 },
		);
		expect(resolved).toBe(`${text} ${tag('u_tom', 'Tom')}`);
	});

	it('is looked for among members who all have the same name', () => {
		const members = Array.from({ length: 100_000 }, (_, index) => member(`u_${index}`, 'Sam'));
		expect(
			runInNewContext(
				'resolve()',
				{ resolve: () => resolveNames('@Sam', { members, allowAll: false }) },
				{ timeout: 15_000 },
			),
		).toBe('@Sam');
	});

	it('writes names that cannot break out of the tag', () => {
		const members = [member('u_x', 'A<b>"&')];
		expect(resolveNames('@A<b>"& hi', { members, allowAll: false })).toBe(
			'<at user_id="u_x">A&lt;b&gt;"&amp;</at> hi',
		);
	});
});
