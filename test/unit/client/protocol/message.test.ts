import { decodeMessage, isMalformed, type Malformed } from '../../../../client/protocol/message';
import { frame, message } from '../../../support/sample-messages';

const malformed = (raw: unknown): Malformed => {
	const decoded = decodeMessage(raw);
	if (!isMalformed(decoded)) throw new Error('it was read as a message');
	return decoded;
};

describe('a message from the wire', () => {
	it('is read with all its fields, and keeps the frame as it came', () => {
		const raw = frame('msg_1', {
			sender_avatar: '/media/a.png',
			file_url: '/media/uploads/x_photo.png',
			file_name: 'photo.png',
			content_type: 'image',
		});

		expect(decodeMessage(raw)).toEqual({
			id: 'msg_1',
			chat: { type: 'group', id: 'gc_1', key: 'group:gc_1' },
			sender: { id: 'u_alice', name: 'Alice', avatar: '/media/a.png', kind: 'human' },
			text: 'text of msg_1',
			contentType: 'image',
			fileUrl: '/media/uploads/x_photo.png',
			fileName: 'photo.png',
			mentions: ['u_agent'],
			createdAt: 1_700_000_000,
			raw,
		});
	});

	it.each([
		[null, ''],
		[undefined, ''],
		[42, '42'],
		[true, 'true'],
		['', ''],
	])('with the content %p has the text %p', (content, text) => {
		expect(message('m', { content }).text).toBe(text);
	});

	it('has no NUL in its text, its names and its mentions: PostgreSQL cannot store one', () => {
		const read = message('m', {
			content: 'a\0b',
			sender_name: 'Al\0ice',
			file_name: 'x\0.png',
			mentions: ['u_\0', 'u_1'],
		});

		expect(read).toMatchObject({
			text: 'ab',
			sender: { name: 'Alice' },
			fileName: 'x.png',
			mentions: ['u_1'],
		});
	});

	it('has empty texts where file, avatar and name are null', () => {
		expect(
			message('m', { file_url: null, file_name: null, sender_avatar: null, sender_name: null }),
		).toMatchObject({
			fileUrl: '',
			fileName: '',
			sender: { avatar: '', name: '' },
		});
	});

	it('is a text where the content type is null or empty', () => {
		expect(message('m', { content_type: null }).contentType).toBe('text');
		expect(message('m', { content_type: '' }).contentType).toBe('text');
	});

	it('keeps a content type that nobody knows', () => {
		expect(message('m', { content_type: 'hologram' }).contentType).toBe('hologram');
	});

	it.each([
		[1, 'agent'],
		['1', 'agent'],
		[true, 'agent'],
		[0, 'human'],
		['0', 'human'],
		[null, 'human'],
		[undefined, 'human'],
		[false, 'human'],
		['yes', 'human'],
	])('with sender_is_agent %p comes from a sender of kind %p', (flag, kind) => {
		expect(message('m', { sender_is_agent: flag }).sender.kind).toBe(kind);
	});

	it('has the same mentions as a list on the wire and as a JSON string in the history', () => {
		expect(message('m', { mentions: ['u_1', 'all'] }).mentions).toEqual(['u_1', 'all']);
		expect(message('m', { mentions: '["u_1","all"]' }).mentions).toEqual(['u_1', 'all']);
	});

	it.each([[null], ['no json ['], ['{"a":1}'], [7], [{}], [''], [undefined]])(
		'has no mentions where they are %p',
		(mentions) => {
			expect(message('m', { mentions }).mentions).toEqual([]);
		},
	);

	it('leaves out of the mentions what is no id', () => {
		expect(message('m', { mentions: ['u_1', 7, null, '', {}] }).mentions).toEqual(['u_1']);
	});

	it('keeps its time exactly as the server sent it', () => {
		expect(message('m', { created_at: 1_763_905_123.123_457 }).createdAt).toBe(
			1_763_905_123.123_457,
		);
	});

	it('ignores fields that nobody knows', () => {
		expect(message('m', { reactions: [1, 2] }).id).toBe('m');
	});
});

describe('a frame that cannot be read as a message', () => {
	it('keeps its id, chat and time, so that it can be marked in its turn', () => {
		expect(malformed(frame('msg_1', { content: {} }))).toEqual({
			malformed: expect.stringContaining('content') as string,
			id: 'msg_1',
			chat: { type: 'group', id: 'gc_1' },
			createdAt: 1_700_000_000,
		});
	});

	it('keeps the id alone where the rest makes no sense', () => {
		expect(malformed({ id: 'msg_1', chat_id: 7 })).toEqual({
			malformed: expect.any(String) as string,
			id: 'msg_1',
		});
	});

	it.each([[null], [undefined], ['text'], [7], [[]], [{}]])(
		'is told for %p, without a throw',
		(raw) => {
			expect(malformed(raw)).toEqual({ malformed: expect.any(String) as string });
		},
	);

	it.each([
		['no id', { id: undefined }],
		['an empty id', { id: '' }],
		['an id that is no text', { id: 7 }],
		['an endless id', { id: 'x'.repeat(201) }],
		['NUL in its id', { id: 'msg_\0' }],
		['NUL in its chat', { chat_id: 'gc_\0' }],
		['NUL in its sender', { sender_id: 'u_\0' }],
		['no sender', { sender_id: null }],
		['a chat without an id', { chat_id: '' }],
		['a list as content', { content: ['a'] }],
		['a time that is a text', { created_at: '2026-01-01' }],
		['a time that is no number', { created_at: Number.NaN }],
		['no time', { created_at: null }],
		['a time before 1970', { created_at: -1 }],
		['a time that no calendar has', { created_at: 1e13 }],
	])('is one with %s', (_what, fields) => {
		expect(malformed(frame('m', fields)).malformed).not.toBe('');
	});
});
