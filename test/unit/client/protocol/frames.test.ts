import {
	decodeErrorText,
	decodeIdentity,
	decodeSendAnswer,
	decodeTyping,
} from '../../../../client/protocol/frames';

const AUTH_OK = {
	user_id: 'u_1',
	display_name: 'Robo',
	role: 'agent',
	is_agent: 1,
	heartbeat_interval: 30,
	presence_poll_interval: 30,
};

describe('auth_ok', () => {
	it('says who we are, and how often the server wants a heartbeat (ms)', () => {
		expect(decodeIdentity(AUTH_OK)).toEqual({
			userId: 'u_1',
			displayName: 'Robo',
			role: 'agent',
			kind: 'agent',
			heartbeatInterval: 30_000,
		});
	});

	it.each([
		[10, 10_000],
		['45', 45_000],
		[1, 1000],
		[0.5, 30_000],
		[0, 30_000],
		[-5, 30_000],
		[null, 30_000],
		['soon', 30_000],
		[undefined, 30_000],
		[86_400, 300_000],
		[Number.POSITIVE_INFINITY, 300_000],
	])('with a heartbeat interval of %p means %p ms', (heartbeat_interval, heartbeatInterval) => {
		expect(decodeIdentity({ ...AUTH_OK, heartbeat_interval })).toMatchObject({ heartbeatInterval });
	});

	it('tells a human by a flag of 0', () => {
		expect(decodeIdentity({ ...AUTH_OK, is_agent: 0 })).toMatchObject({ kind: 'human' });
	});

	it.each([[null], [{}], [{ ...AUTH_OK, user_id: '' }], [{ ...AUTH_OK, user_id: 7 }], ['auth']])(
		'that is %p is told as wrong, by a text',
		(raw) => {
			expect(typeof decodeIdentity(raw)).toBe('string');
		},
	);
});

describe('the answer to a send', () => {
	it('of the newest servers says what was done', () => {
		expect(decodeSendAnswer([{ ok: true, message_id: 'msg_1', created_at: 12.5 }])).toEqual({
			kind: 'sent',
			messageId: 'msg_1',
			createdAt: 12.5,
		});
	});

	it('of the newest servers says why not', () => {
		expect(decodeSendAnswer([{ ok: false, error: 'You are not in this group' }])).toEqual({
			kind: 'refused',
			serverText: 'You are not in this group',
		});
	});

	it('may refuse without a word', () => {
		expect(decodeSendAnswer([{ ok: false, error: null }])).toEqual({
			kind: 'refused',
			serverText: '',
		});
	});

	it.each([
		[[]],
		[[null]],
		[[{}]],
		[['ok']],
		[[{ ok: true }]],
		[[{ ok: true, message_id: '', created_at: 1 }]],
	])('that is %p says nothing', (args) => {
		expect(decodeSendAnswer(args)).toEqual({ kind: 'empty' });
	});
});

describe('the words of an error event', () => {
	it.each([
		[{ message: '你不在这个群组中' }, '你不在这个群组中'],
		[{ message: null }, ''],
		[{}, ''],
		['text', ''],
		[undefined, ''],
	])('%p are %p', (raw, text) => {
		expect(decodeErrorText(raw)).toBe(text);
	});
});

describe('a typing event', () => {
	it('says who types where', () => {
		expect(
			decodeTyping({ user_id: 'u_1', display_name: 'A', chat_type: 'group', chat_id: 'gc_1' }),
		).toEqual({
			userId: 'u_1',
			chat: { type: 'group', id: 'gc_1' },
		});
	});

	it('that is wrong is ignored', () => {
		expect(decodeTyping({ user_id: 'u_1' })).toBeUndefined();
	});
});
