import { composeFile, composeText, payloadOf } from '../../../../client/outbound/compose';
import { DIRECT, GROUP } from '../../../support/sample-messages';

describe('the payload of a send', () => {
	it('of a text says where and what, and leaves mentions out where there are none', () => {
		expect(payloadOf(composeText(GROUP, 'Hello', 'text'))).toEqual({
			chat_type: 'group',
			chat_id: 'gc_1',
			content: 'Hello',
			content_type: 'text',
		});
	});

	it('has the mentions of its tags', () => {
		const text = '<at user_id="u_1">A</at> and <at user_id="all">all</at>';

		expect(payloadOf(composeText(GROUP, text, 'text', ['u_9']))).toMatchObject({
			content: text,
			mentions: ['u_1', 'all', 'u_9'],
		});
	});

	it('of code says so', () => {
		expect(payloadOf(composeText(DIRECT, 'x = 1', 'code'))).toMatchObject({
			chat_type: 'direct',
			chat_id: 'dc_1',
			content_type: 'code',
		});
	});

	it("of a file has no words, and the name that people gave it rather than the server's", () => {
		const file = { url: '/media/uploads/1f_file.pdf', fileName: 'file.pdf', kind: 'file' as const };

		expect(payloadOf(composeFile(GROUP, file, '报告.pdf'))).toEqual({
			chat_type: 'group',
			chat_id: 'gc_1',
			content: '',
			content_type: 'file',
			file_url: '/media/uploads/1f_file.pdf',
			file_name: '报告.pdf',
		});
	});

	it('of an image has the kind that the server found', () => {
		expect(
			payloadOf(composeFile(GROUP, { url: '/x', fileName: 'a.png', kind: 'image' }, 'a.png')),
		).toMatchObject({ content_type: 'image' });
	});

	it('has no half of a character and no NUL anywhere, because the server would never answer', () => {
		const chat = { type: 'group', id: 'gc_1\ud83c' };
		const text = `Half a party \ud83c, none\0 <at user_id="u_\udf89">A</at>`;

		expect(payloadOf(composeText(chat, text, 'text', ['u_2\ud83c']))).toEqual({
			chat_type: 'group',
			chat_id: 'gc_1\ufffd',
			content: 'Half a party \ufffd, none <at user_id="u_\ufffd">A</at>',
			content_type: 'text',
			mentions: ['u_\ufffd', 'u_2\ufffd'],
		});
		expect(
			composeFile(GROUP, { url: '/x\ud83c', fileName: 'x', kind: 'file' }, '\ud83c\0.txt'),
		).toMatchObject({ fileUrl: '/x\ufffd', fileName: '\ufffd.txt' });
	});

	it('keeps whole characters of all scripts as they are', () => {
		const text = 'Grüße, 你好, 🎉 👩‍👩‍👧';

		expect(composeText(GROUP, text, 'text').content).toBe(text);
	});

	it('is never larger than a frame that the server takes, counted in bytes as they are sent', () => {
		const limit = 50 * 1024 * 1024;

		expect(() => composeText(GROUP, 'x'.repeat(limit - 2000), 'text')).not.toThrow();
		for (const text of ['x'.repeat(limit), '你'.repeat(limit / 3), '\n'.repeat(limit / 2)])
			expect(() => composeText(GROUP, text, 'text')).toThrow(
				expect.objectContaining({
					code: 'SETTINGS',
					message: expect.stringContaining('a little less than 50 MB') as string,
				}) as Error,
			);
	});
});
