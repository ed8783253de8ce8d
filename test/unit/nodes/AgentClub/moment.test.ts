import { momentOf } from '../../../../nodes/AgentClub/history/moment';

const BERLIN = 'Europe/Berlin';

describe('a moment given to a filter', () => {
	it.each([
		[1_763_905_123.123_457, 1_763_905_123.123_457],
		['1763905123.123457', 1_763_905_123.123_457],
		[0, 0],
		['2026-06-01T10:00:00Z', 1_780_308_000],
		['2026-06-01T10:00:00', 1_780_300_800],
		['2026-06-01T10:00:00+05:00', 1_780_290_000],
		['2026-06-01', 1_780_264_800],
		['20260601', 1_780_264_800],
		['2026', 1_767_222_000],
		['1763905123', 1_763_905_123],
		[' 2026-06-01 ', 1_780_264_800],
		[new Date(1_780_308_000_000), 1_780_308_000],
	])('as %p is %d seconds, a text without a zone in that of the workflow', (value, seconds) => {
		expect(momentOf('After', value, BERLIN)).toBe(seconds);
	});

	it.each([[undefined], [null], [''], [' \n']])('is none as %p', (value) => {
		expect(momentOf('After', value, BERLIN)).toBeUndefined();
	});

	it.each([['yesterday'], [-1], [{}], [true]])(
		'is an error as %p, which names the field and the value',
		(value) => {
			expect(() => momentOf('Before', value, BERLIN)).toThrow(
				expect.objectContaining({
					code: 'SETTINGS',
					message: `"Before" has the value ${JSON.stringify(value)}, which is no moment in time`,
					remedy: expect.stringContaining('ISO') as string,
				}) as Error,
			);
		},
	);

	it('shows a number that is none', () => {
		expect(() => momentOf('Before', Number.NaN, BERLIN)).toThrow('"Before" has the value NaN');
	});

	it('says so where it was given in milliseconds', () => {
		expect(() => momentOf('After', 1_763_905_123_123, BERLIN)).toThrow(
			expect.objectContaining({
				remedy: expect.stringContaining('divide them by 1000') as string,
			}) as Error,
		);
	});
});
