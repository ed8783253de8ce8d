import { unflatten } from '../../../playground/host/unflatten';

describe("n8n's form for execution data", () => {
	it('puts every entry where its index stands', () => {
		const text = JSON.stringify([
			{ name: '1', items: '2', count: 3, none: null },
			'Set',
			['3', '1'],
			{ json: '4' },
			{ ok: true },
		]);

		expect(unflatten(text)).toEqual({
			name: 'Set',
			items: [{ json: { ok: true } }, 'Set'],
			count: 3,
			none: null,
		});
	});

	it('takes a string that looks like an index for the string it is', () => {
		expect(unflatten(JSON.stringify([{ id: '1' }, '0']))).toEqual({ id: '0' });
	});

	it('keeps one object one, where two places or it itself refer to it', () => {
		const whole = unflatten(JSON.stringify([{ self: '0', a: '1', b: '1' }, { x: 1 }])) as Record<
			string,
			unknown
		>;

		expect(whole.self).toBe(whole);
		expect(whole.a).toBe(whole.b);
	});
});
