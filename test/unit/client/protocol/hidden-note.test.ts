import {
	hiddenNoteOf,
	withHiddenNote,
	withoutHiddenNote,
} from '../../../../client/protocol/hidden-note';
import { STANDSTILL, withoutStandstill } from '../../../support/standstill';

const NOTE = '[agentclub]: # "bm90ZQ"';

describe('a hidden note', () => {
	it.each([
		['behind a text', withHiddenNote('Shall I?', 'bm90ZQ'), 'Shall I?'],
		['alone', NOTE, ''],
		['behind blank lines, with white space at its end', `Shall I? \n \t\n${NOTE} \n`, 'Shall I?'],
		['behind an earlier one', `a\n${NOTE}\n${NOTE}`, `a\n${NOTE}`],
	])('is read and taken away %s', (_where, text, rest) => {
		expect(hiddenNoteOf(text)).toBe('bm90ZQ');
		expect(withoutHiddenNote(text)).toBe(rest);
	});

	it.each([
		['within a line', `see ${NOTE}`],
		['behind a blank', ` ${NOTE}`],
		['before other words', `${NOTE}\nand more`],
		['without an end', 'a\n[agentclub]: # "bm90ZQ'],
		['with other signs', 'a\n[agentclub]: # "bm90 ZQ"'],
	])('is none %s', (_where, text) => {
		expect(hiddenNoteOf(text)).toBeUndefined();
		expect(withoutHiddenNote(text)).toBe(text);
	});

	it.each([
		['before it', `${'\n'.repeat(3_000_000)}${NOTE}x`],
		['in it', `\n[agentclub]: # "${'a'.repeat(3_000_000)} `],
		['behind it', `\n${NOTE}${' '.repeat(3_000_000)}x`],
		['and many of them', `\n${NOTE} `.repeat(200_000) + 'x'],
	])(
		'is looked for in one go, however much stands %s',
		(_where, text) => {
			const found = withoutStandstill(() => [hiddenNoteOf(text), withoutHiddenNote(text) === text]);
			expect(found).toEqual([undefined, true]);
		},
		STANDSTILL,
	);
});
