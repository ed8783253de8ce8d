import { areDistinct, readAnswer } from '../../../../client/questions/answer-words';
import { DEFAULT_LABELS } from '../../../../client/questions/question-text';

describe('what people write', () => {
	it.each([
		'yes',
		'Yes!',
		'  YES.  ',
		'**yes**',
		'“Yes”',
		'ok',
		'Go ahead.',
		'approve',
		'Approved',
		'是的。',
		'好',
		'同意！',
		'はい',
		'ja',
		'¡Sí!',
		'да',
		'👍',
		'👍🏽',
		'👍👍👍',
		'✔️',
		'ＯＫ',
		'si\u0301',
	])('"%s" is yes', (text) => {
		expect(readAnswer(text, DEFAULT_LABELS)).toBe(true);
	});

	it.each([
		'no',
		'No.',
		'NOPE',
		"don't",
		'don’t!',
		'Decline',
		'不',
		'拒绝',
		'nein',
		'não',
		'👎🏿',
		'❌',
	])('"%s" is no', (text) => {
		expect(readAnswer(text, DEFAULT_LABELS)).toBe(false);
	});

	it.each([
		'',
		'   ',
		'...',
		'yes but wait until noon',
		'no idea',
		'ok so what is this?',
		'not yet',
		'yesterday',
		'now',
		'好的吗',
		'👍👎',
		'maybe',
		'approve?no',
	])('"%s" is neither', (text) => {
		expect(readAnswer(text, DEFAULT_LABELS)).toBeUndefined();
	});

	it('may be the labels of the question, which win over any language', () => {
		const labels = { approveLabel: 'Ship it', disapproveLabel: 'OK, not today' };
		expect(readAnswer('ship it!', labels)).toBe(true);
		expect(readAnswer('ok, not today', labels)).toBe(false);
		expect(readAnswer('no', { approveLabel: 'No', disapproveLabel: 'Yes' })).toBe(true);
	});
});

it.each([
	['Yes', 'yes!', false],
	['', 'No', false],
	['!!!', 'No', false],
	['Approve', 'Decline', true],
])('tells whether "%s" and "%s" can be told apart', (yes, no, expected) => {
	expect(areDistinct(yes, no)).toBe(expected);
});
