import { mentionsIn } from '../../../../client/outbound/mentions';

const tag = (id: string) => `<at user_id="${id}">x</at>`;

describe('the mentions of an outgoing text', () => {
	it('are the ids of its tags, each once, in their order, "all" included', () => {
		expect(
			mentionsIn(`${tag('u_2')} and ${tag('all')}, ${tag('u_1')}, ${tag('u_2')}`, 'text'),
		).toEqual(['u_2', 'all', 'u_1']);
	});

	it('are none without tags', () => {
		expect(mentionsIn('@Alice', 'text')).toEqual([]);
	});

	it('are none in code, but for those given beside the text', () => {
		expect(mentionsIn(tag('u_1'), 'code', ['u_3'])).toEqual(['u_3']);
	});

	it("are those of tags within Markdown's code too, as the server's page shows them", () => {
		expect(mentionsIn('`' + tag('u_1') + '`', 'text')).toEqual(['u_1']);
	});

	it('are followed by those given beside the text, each once', () => {
		expect(mentionsIn(tag('u_1'), 'text', ['u_3', 'u_1', ''])).toEqual(['u_1', 'u_3']);
	});

	it('may be 100, and more is an error, for the server would drop the rest without a word', () => {
		const ids = Array.from({ length: 100 }, (_nothing, number) => `u_${number}`);
		expect(mentionsIn(ids.map(tag).join(' '), 'text')).toEqual(ids);

		expect(() => mentionsIn([...ids, 'u_100'].map(tag).join(' '), 'text')).toThrow(
			expect.objectContaining({
				code: 'SETTINGS',
				message: expect.stringContaining('101') as string,
			}) as Error,
		);
	});
});
