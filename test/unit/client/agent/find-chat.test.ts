import { findChat, findDirectChat } from '../../../../client/agent/find-chat';

const CHATS = {
	groups: [{ id: '1f', name: 'G', description: '', createdAt: null }],
	directs: [
		{
			id: '2f',
			createdAt: null,
			description: '',
			peer: { id: 'u_bob', name: "Sinéad O'Connor", kind: 'human' as const, isOnline: true },
		},
	],
};
const chats = () => Promise.resolve(CHATS);
const nobodyAsks = () => Promise.reject(new Error('asked'));

describe('the chat that a reference names', () => {
	it.each([
		['gc_1', { type: 'group', id: 'gc_1' }],
		['dc_1', { type: 'direct', id: 'dc_1' }],
		['#gc_1', { type: 'group', id: 'gc_1' }],
		['@dc_1', { type: 'direct', id: 'dc_1' }],
		['"gc_1"', { type: 'group', id: 'gc_1' }],
	])('is told by %p alone', async (reference, chat) => {
		await expect(findChat(reference, nobodyAsks)).resolves.toEqual(chat);
	});

	it.each([
		['gr_1f', { type: 'group', id: '1f' }],
		[' pr_2f ', { type: 'direct', id: '2f' }],
		['#1f', { type: 'group', id: '1f' }],
	])('is told by %p where the agent is in it', async (reference, chat) => {
		await expect(findChat(reference, chats)).resolves.toEqual(chat);
	});

	it.each(['pr_9f', 'gr_9f', 'pr_1f', 'gr_2f'])(
		"is an error for %p, which is none of the agent's: servers with such ids do not check",
		async (reference) => {
			await expect(findChat(reference, chats)).rejects.toMatchObject({
				code: 'SETTINGS',
				message: `The agent is in no chat with the ID "${reference}"`,
			});
		},
	);

	it('is looked up for a bare id, which does not tell its type', async () => {
		await expect(findChat('1f', chats)).resolves.toEqual({ type: 'group', id: '1f' });
		await expect(findChat('2f', chats)).resolves.toEqual({ type: 'direct', id: '2f' });
	});

	it("is an error for a bare id that is none of the agent's chats: an old server would save the message where nobody sees it", async () => {
		await expect(findChat('9f', chats)).rejects.toMatchObject({
			code: 'SETTINGS',
			message: expect.stringContaining('9f') as string,
		});
	});

	it.each([
		['g', '"gr_1f"'],
		['#G', '"gr_1f"'],
		['Sinéad O’Connor', '"pr_2f"'],
		['@Sine\u0301ad OConnor', '"pr_2f"'],
	])('is not told by the name %p, but the error gives the ID', async (name, id) => {
		await expect(findChat(name, chats)).rejects.toMatchObject({
			code: 'SETTINGS',
			remedy: `That is a name. Use the ID: ${id}.`,
		});
	});

	it.each([
		['u_bob', 'That is a user. The direct chat with them has the ID "pr_2f".'],
		['"u_eve"', 'That is the ID of a user. Choose the chat from the list'],
		['msg_1', 'That is the ID of a message. Choose the chat from the list'],
	])('is not told by the ID %p of something else, and the error says so', async (id, remedy) => {
		await expect(findChat(id, chats)).rejects.toMatchObject({
			remedy: expect.stringContaining(remedy) as string,
		});
	});

	it('is an error that gives every ID where several chats have the name', async () => {
		const twice = () =>
			Promise.resolve({
				...CHATS,
				groups: [...CHATS.groups, { id: 'gc_3', name: 'G', description: '', createdAt: null }],
			});

		await expect(findChat('G', twice)).rejects.toMatchObject({
			remedy: 'That is a name. Use the ID: "gr_1f" or "gc_3".',
		});
	});

	it('is an error where none is given', async () => {
		await expect(findChat('  ', nobodyAsks)).rejects.toMatchObject({ code: 'SETTINGS' });
	});

	it('is not "no chat" where the list cannot be had', async () => {
		await expect(findChat('1f', nobodyAsks)).rejects.toThrow('asked');
	});
});

describe('the direct chat with a person', () => {
	it.each([' u_bob ', '@u_bob', '＠u_bob', '# u_bob', '`u_bob`'])(
		"is found by the person's id, written as %p",
		async (id) => {
			await expect(findDirectChat(id, chats)).resolves.toEqual({ type: 'direct', id: '2f' });
		},
	);

	it.each(["sinéad o'connor", 'Sinéad O’Connor', '@Sinéad O’Connor', 'Sinéad OConnor'])(
		'is not found by the name %p, but the error gives the ID',
		async (name) => {
			await expect(findDirectChat(name, chats)).rejects.toMatchObject({
				remedy: 'That is a name. Use the ID: "u_bob".',
			});
		},
	);

	it.each([
		['pr_2f', 'That is a chat. The user there has the ID "u_bob".'],
		['#gc_1', 'That is the ID of a chat. '],
		['msg_1', 'That is the ID of a message. '],
	])('is not found by the ID %p of something else, and the error says so', async (id, remedy) => {
		await expect(findDirectChat(id, chats)).rejects.toMatchObject({
			remedy: expect.stringContaining(remedy) as string,
		});
	});

	it('is an error where they have not written yet, for agents cannot open one', async () => {
		await expect(findDirectChat('u_eve', chats)).rejects.toMatchObject({
			code: 'SETTINGS',
			remedy: expect.stringContaining('write to the agent first') as string,
		});
	});
});
