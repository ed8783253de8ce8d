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
});
