import { composeFile, composeText } from '../../../../client/outbound/compose';
import { PendingSend } from '../../../../client/outbound/pending-send';
import { AGENT, DIRECT, GROUP, inChat, message, saidAt } from '../../../support/sample-messages';

const own = (id: string, content: string, more: Readonly<Record<string, unknown>> = {}) =>
	message(id, saidAt(5, { sender_id: AGENT, content, mentions: [], ...more }));
const pending = () => new PendingSend(composeText(GROUP, 'Hello', 'text'));

describe('a send in flight', () => {
	it('is confirmed by an answer that is an object', () => {
		expect(pending().read([{ ok: true, message_id: 'msg_1', created_at: 7.5 }])).toEqual({
			kind: 'confirmed',
			confirmation: { messageId: 'msg_1', createdAt: 7.5, confirmedBy: 'answer' },
			answersObjects: true,
		});
	});

	it("is refused by an answer that is an object, in the server's words", () => {
		expect(pending().read([{ ok: false, error: 'No' }])).toEqual({
			kind: 'refused',
			serverText: 'No',
			by: 'answer',
		});
	});

	it('is confirmed by its echo where the answer is empty', () => {
		const send = pending();
		expect(send.sawEcho(own('msg_1', 'Hello'))).toBe(true);

		expect(send.read([])).toMatchObject({
			kind: 'confirmed',
			confirmation: { messageId: 'msg_1', confirmedBy: 'echo' },
			answersObjects: false,
		});
	});

	it('is refused by an error event before an empty answer', () => {
		const send = pending();
		send.sawError('你不在这个群组中');

		expect(send.read([])).toEqual({ kind: 'refused', serverText: '你不在这个群组中', by: 'event' });
	});

	it('is refused by an error event even where the answer never comes', () => {
		const send = pending();
		send.sawError('No');

		expect(send.withoutAnswer()).toEqual({ kind: 'refused', serverText: 'No', by: 'event' });
	});

	it("believes an object rather than an error event, which may be another message's", () => {
		const send = pending();
		send.sawError('somebody else was refused');

		expect(send.read([{ ok: true, message_id: 'msg_1', created_at: 1 }])).toMatchObject({
			kind: 'confirmed',
		});
	});

	it('is of unknown fate after an empty answer alone', () => {
		expect(pending().read([])).toEqual({ kind: 'silent' });
		expect(pending().read([null])).toEqual({ kind: 'silent' });
		expect(pending().withoutAnswer()).toEqual({ kind: 'silent' });
	});

	it.each([
		['another text', own('m', 'Bye')],
		['another chat', own('m', 'Hello', inChat(DIRECT))],
		['another kind', own('m', 'Hello', { content_type: 'code' })],
		['a file', own('m', 'Hello', { file_url: '/x' })],
	])('does not take %s for its echo', (_what, other) => {
		expect(pending().sawEcho(other)).toBe(false);
	});

	it('knows the echo of a file by its address', () => {
		const send = new PendingSend(
			composeFile(GROUP, { url: '/media/1', fileName: 'a.png', kind: 'image' }, 'a.png'),
		);

		expect(send.sawEcho(own('m', '', { content_type: 'image', file_url: '/media/2' }))).toBe(false);
		expect(send.sawEcho(own('m', '', { content_type: 'image', file_url: '/media/1' }))).toBe(true);
	});

	it('takes the latest of several equal echoes, for its own comes right before the answer', () => {
		const send = pending();
		send.sawEcho(own('old', 'Hello'));
		send.sawEcho(own('mine', 'Hello'));

		expect(send.read([])).toMatchObject({ confirmation: { messageId: 'mine' } });
	});
});
