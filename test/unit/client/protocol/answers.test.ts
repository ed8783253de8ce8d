import {
	readChats,
	readHistoryRows,
	readMembers,
	readUpload,
} from '../../../../client/protocol/answers';

const GROUP = {
	id: 'gc_1',
	name: 'Team',
	avatar: '',
	description: 'all of us',
	created_by: 'u_1',
	created_at: 5.5,
};
const DIRECT = {
	id: 'dc_1',
	user1_id: 'u_1',
	user2_id: 'u_2',
	created_at: 7,
	peer_id: 'u_2',
	peer_name: 'Bob',
	peer_avatar: '',
	peer_description: 'painter',
	peer_last_active_at: null,
	peer_is_agent: 0,
	peer_online: 1,
};

describe('the list of chats', () => {
	it('has groups and direct chats', () => {
		expect(readChats({ groups: [GROUP], directs: [DIRECT] })).toEqual({
			selfId: 'u_1',
			groups: [{ id: 'gc_1', name: 'Team', description: 'all of us', createdAt: 5.5 }],
			directs: [
				{
					id: 'dc_1',
					createdAt: 7,
					description: 'painter',
					peer: { id: 'u_2', name: 'Bob', kind: 'human', isOnline: true },
				},
			],
		});
	});

	it('tells who the agent is where it has a direct chat', () => {
		expect(readChats({ groups: [], directs: [{ ...DIRECT, peer_id: 'u_1' }] }).selfId).toBe('u_2');
		expect(readChats({ groups: [GROUP], directs: [] }).selfId).toBeUndefined();
		expect(
			readChats({ groups: [], directs: [{ ...DIRECT, user1_id: null, user2_id: undefined }] })
				.selfId,
		).toBeUndefined();
	});

	it('leaves out rows that cannot be read, and keeps the others', () => {
		expect(
			readChats({ groups: [null, {}, { ...GROUP, id: 7 }, GROUP], directs: ['x', DIRECT] }),
		).toMatchObject({
			groups: [{ id: 'gc_1' }],
			directs: [{ id: 'dc_1' }],
		});
	});

	it('has texts and times where the server has null', () => {
		expect(
			readChats({
				groups: [{ ...GROUP, name: null, description: null, created_at: null }],
				directs: [],
			}).groups,
		).toEqual([{ id: 'gc_1', name: '', description: '', createdAt: null }]);
	});

	it.each([[null], [[]], [{}], [{ groups: [] }], [{ groups: {}, directs: [] }], ['<html>']])(
		'that is %p is an error, never "no chats"',
		(answer) => {
			expect(() => readChats(answer)).toThrow(
				expect.objectContaining({ code: 'BAD_ANSWER' }) as Error,
			);
		},
	);
});

describe('the members of a group', () => {
	const ROW = {
		id: 'u_1',
		username: 'alice',
		display_name: 'Alice',
		avatar: '',
		role: 'user',
		is_agent: 0,
		last_active_at: null,
		is_online: 1,
	};

	it('have name, user name, kind and presence', () => {
		expect(readMembers([ROW, { ...ROW, id: 'u_2', is_agent: 1, is_online: 0 }])).toEqual([
			{ id: 'u_1', name: 'Alice', username: 'alice', kind: 'human', isOnline: true },
			{ id: 'u_2', name: 'Alice', username: 'alice', kind: 'agent', isOnline: false },
		]);
	});

	it('go by their user name where they have no other', () => {
		expect(readMembers([{ ...ROW, display_name: '' }])).toMatchObject([{ name: 'alice' }]);
	});

	it('are an error where the answer is no list', () => {
		expect(() => readMembers({ members: [] })).toThrow(
			expect.objectContaining({ code: 'BAD_ANSWER' }) as Error,
		);
	});
});

describe('the answer to an upload', () => {
	it("has the address, the server's name for it, and the kind", () => {
		expect(
			readUpload({ url: '/media/uploads/x_a.png', filename: 'a.png', content_type: 'image' }),
		).toEqual({
			url: '/media/uploads/x_a.png',
			fileName: 'a.png',
			kind: 'image',
		});
	});

	it('counts a kind that nobody knows as a file', () => {
		expect(readUpload({ url: '/x', filename: 'a', content_type: 'application/pdf' }).kind).toBe(
			'file',
		);
		expect(readUpload({ url: '/x', filename: 'a', content_type: null }).kind).toBe('file');
	});

	it('is an error without an address', () => {
		expect(() => readUpload({ url: '', filename: 'a', content_type: 'file' })).toThrow(
			expect.objectContaining({ code: 'BAD_ANSWER' }) as Error,
		);
	});
});

describe('a page of history', () => {
	it('is a list, whatever is in it', () => {
		expect(readHistoryRows([1, null])).toEqual([1, null]);
	});

	it('is an error where it is none', () => {
		expect(() => readHistoryRows({ error: 'x' })).toThrow(
			expect.objectContaining({ code: 'BAD_ANSWER' }) as Error,
		);
	});
});
