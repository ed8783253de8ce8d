import { loggable } from '../../../client/logger';

describe('a text from the wire in a log line', () => {
	it.each([
		['two\nlines', 'two\\u{a}lines'],
		['\u001b[31mred', '\\u{1b}[31mred'],
		['\u202egnp.exe', '\\u{202e}gnp.exe'],
		['a\u2028b', 'a\\u{2028}b'],
		['报告 é', '报告 é'],
		['👩‍👧 علی‌رضا', '👩‍👧 علی‌رضا'],
	])('%j is shown as %j', (text, shown) => {
		expect(loggable(text)).toBe(shown);
	});

	it('is cut at 200 characters', () => {
		expect(loggable('x'.repeat(200))).toBe('x'.repeat(200));
		expect(loggable('x'.repeat(201))).toBe(`${'x'.repeat(200)}…`);
	});
});
