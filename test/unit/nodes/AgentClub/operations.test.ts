import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import { agentRegistry } from '../../../../client/agent/registry';
import { AgentClubError } from '../../../../client/errors';
import { getMany } from '../../../../nodes/AgentClub/actions/message/get-many.operation';
import { runOperation } from '../../../../nodes/AgentClub/actions/router';
import { settled } from '../../../support/fake-clock';
import { EachItem, executeHost, NODE } from '../../../support/fake-host';
import { FakeSession } from '../../../support/fake-session';
import {
	AGENT,
	ALICE,
	DIRECT,
	inChat,
	member,
	message,
	saidAt,
	START,
} from '../../../support/sample-messages';

jest.mock('../../../../client/agent/registry');

const BINARY = {
	report: {
		data: Buffer.from('report').toString('base64'),
		mimeType: 'text/plain',
		fileName: 'Bericht.txt',
	},
};

/** n8n's binary helpers: files of `BINARY` in every item, and what is stored comes back as text. */
const helpers = {
	assertBinaryData: (itemIndex: number, property: string) => {
		if (property === 'report') return BINARY.report;
		throw new NodeOperationError(NODE, `no binary file '${property}'`, { itemIndex });
	},
	prepareBinaryData: async (content: Readable, fileName: string, mimeType: string) => ({
		data: (await buffer(content)).toString(),
		fileName,
		mimeType,
		bytes: 7,
	}),
};

const session = (change: Partial<FakeSession> = {}) => {
	const fake = Object.assign(new FakeSession(), change);
	jest.mocked(agentRegistry).mockReturnValue({ session: () => fake } as never);
	return fake;
};

/** Runs an operation over so many items (one unless an option differs from item to item). */
async function run(parameters: Record<string, unknown>, continueOnFail = false) {
	const counts = Object.values(parameters).map((value) =>
		value instanceof EachItem ? value.values.length : 1,
	);
	const items = Array.from({ length: Math.max(...counts) }, (_nothing, number) => ({
		json: { number },
	}));
	const host = executeHost({
		items,
		parameters,
		continueOnFail,
		more: { helpers, getTimezone: () => 'UTC' },
	});
	const [output = []] = await runOperation(host);
	return output;
}
const failure = (parameters: Record<string, unknown>) =>
	run(parameters).then(
		() => undefined,
		(error: unknown) => error,
	);
const fields = async (parameters: Record<string, unknown>) =>
	(await run(parameters)).map(({ json }) => json);

const HISTORY = { resource: 'message', operation: 'getMany', chatId: 'gc_1' };
const saying = (count: number) =>
	Array.from({ length: count }, (_nothing, number) => message(`m${number}`, saidAt(number)));

describe('reading messages', () => {
	it('gives the items of the trigger without how they were delivered, oldest first, and paired', async () => {
		session({
			messages: [
				message('a', saidAt(1)),
				message(
					'b',
					saidAt(2, {
						content: 'look',
						content_type: 'image',
						file_url: '/media/uploads/1_x.png',
						file_name: 'photo.png',
					}),
				),
			],
		});

		const [first, second] = await run(HISTORY);

		expect(first).toEqual({
			json: {
				event: 'message',
				messageId: 'a',
				chatId: 'gc_1',
				chatType: 'group',
				chatName: 'Team',
				sender: { id: ALICE, name: 'Alice', avatar: '', kind: 'human' },
				self: { id: AGENT, name: 'Robo' },
				text: 'text of a',
				plainText: 'text of a',
				command: null,
				messageType: 'text',
				mentions: [AGENT],
				addressedToSelf: true,
				attachments: [],
				messages: [],
				context: [],
				problems: [],
				roster: [],
				mentionGuide: null,
				chatInput: 'Alice: text of a',
				sessionId: `agentclub:${AGENT}:gc_1`,
				createdAt: '2023-11-14T22:13:21.000Z',
				timestamp: START + 1,
			},
			pairedItem: { item: 0 },
		});
		expect(second).toMatchObject({
			json: {
				chatInput: 'Alice: look\n[image: photo.png]',
				attachments: [
					{
						fileName: 'photo.png',
						kind: 'image',
						mimeType: 'image/png',
						fileSize: null,
						url: 'http://club.test:5555/club/media/uploads/1_x.png',
						messageId: 'b',
						problem: null,
						binaryPropertyName: null,
					},
				],
			},
			pairedItem: { item: 0 },
		});
		expect(second).not.toHaveProperty('binary');
	});

	it('carries the members and the guide where that is wanted', async () => {
		session({ messages: saying(1), memberList: [member(ALICE, 'Alice')] });

		expect(await fields({ ...HISTORY, options: { includeRoster: true } })).toMatchObject([
			{ roster: [{ id: ALICE }], mentionGuide: expect.stringContaining(ALICE) as string },
		]);
	});

	it('names the other person of a direct chat, whoever wrote', async () => {
		session({
			messages: [
				message(
					'own',
					inChat({ ...DIRECT, id: 'dc_7' }, { sender_id: AGENT, sender_name: 'Robo' }),
				),
			],
		});

		expect(await fields({ ...HISTORY, chatId: 'dc_7' })).toMatchObject([
			{ chatName: 'Bob', sender: { id: AGENT }, chatInput: 'text of own' },
		]);
	});

	it('gives the newest 50 unless told otherwise, and all when told so', async () => {
		session({ messages: saying(230) });

		expect((await fields(HISTORY)).map(({ messageId }) => messageId)).toEqual(
			saying(230)
				.slice(-50)
				.map(({ id }) => id),
		);
		expect(await fields({ ...HISTORY, limit: 3 })).toHaveLength(3);
		expect(await fields({ ...HISTORY, limit: '3' })).toHaveLength(3);
		expect(await fields({ ...HISTORY, returnAll: true, limit: 3 })).toHaveLength(230);
		expect(await fields({ ...HISTORY, returnAll: 'false', limit: 3 })).toHaveLength(3);
	});

	it('gives a model no more than it can read, and says what is left out', async () => {
		const content = 'x'.repeat(200);
		session({ messages: saying(1000).map((said) => ({ ...said, text: content })) });
		const asTool = async (options: object) => {
			const host = executeHost({
				parameters: { ...HISTORY, returnAll: true, options },
				more: {
					helpers,
					getTimezone: () => 'UTC',
					getNode: () => ({ ...NODE, type: `${NODE.type}Tool` }),
				},
			});
			return (await runOperation(host))[0]?.map(({ json }) => json) ?? [];
		};
		const note = expect.stringContaining('earlier messages are left out') as string;

		const items = await asTool({});
		expect(items[0]).toEqual({ leftOut: 1001 - items.length, note });
		const [{ transcript, leftOut } = {}] = await asTool({ format: 'transcript' });
		expect(leftOut).toBeGreaterThan(0);
		expect(transcript).toEqual(note);
	});

	it('tells in the editor what suits a model', () => {
		const notices = getMany.description.filter(({ type }) => type === 'notice');
		expect(notices).toEqual([
			expect.objectContaining({
				displayName: expect.stringMatching(/Transcript.*100,000 characters/) as string,
				displayOptions: { show: expect.objectContaining({ '@tool': [true] }) as object },
			}),
		]);
	});

	it('keeps to the times of the filters', async () => {
		const agent = session({ messages: saying(10) });
		const filters = { after: '2023-11-14T22:13:22', before: START + 5 };

		expect((await fields({ ...HISTORY, filters })).map(({ messageId }) => messageId)).toEqual([
			'm3',
			'm4',
		]);
		expect(agent.historyRequests[0]).toMatchObject({
			chat: { type: 'group', id: 'gc_1' },
			before: START + 5,
		});
	});

	it('gives a transcript as one item, also of a chat in which nothing was said', async () => {
		const agent = session({ messages: saying(2) });
		const transcript = { ...HISTORY, options: { format: 'transcript' } };

		expect(await run(transcript)).toEqual([
			{
				json: {
					chatId: 'gc_1',
					chatType: 'group',
					chatName: 'Team',
					messageCount: 2,
					transcript:
						'[2023-11-14T22:13:20Z] Alice: text of m0\n[2023-11-14T22:13:21Z] Alice: text of m1',
				},
				pairedItem: { item: 0 },
			},
		]);
		agent.messages = [];
		expect(await fields(transcript)).toMatchObject([{ messageCount: 0, transcript: '' }]);
	});

	it.each([
		[{ limit: 0 }, '"Limit" has the value 0'],
		[{ limit: 2.5 }, '"Limit" has the value 2.5'],
		[{ limit: 'many' }, '"Limit" has the value "many"'],
		[{ filters: { after: 'soon' } }, '"After" has the value "soon"'],
		[{ options: { format: 'prose' } }, '"Format" has the value "prose"'],
		[{ chatId: ' ' }, '"Chat" is empty'],
		[{ chatId: 'nowhere' }, 'no chat with the ID "nowhere"'],
	])(
		'with %j is an error that names the field and the value, and what to do',
		async (parameters, text) => {
			const agent = session();

			const error = await failure({ ...HISTORY, ...parameters });

			expect(error).toBeInstanceOf(NodeOperationError);
			expect(error).toMatchObject({
				message: expect.stringContaining(text) as string,
				description: expect.stringMatching(/\S/) as string,
				context: { itemIndex: 0 },
			});
			expect(agent.historyRequests).toEqual([]);
		},
	);

	it("of a chat that is none of the agent's is an error that names the chat, whether the server says so or shows an empty one", async () => {
		const agent = session({
			messages: new AgentClubError('REFUSED', 'The server refuses this', {
				status: 403,
				serverText: '无权访问该会话',
			}),
		});
		expect(await failure({ ...HISTORY, chatId: 'gc_9' })).toMatchObject({
			message: 'The agent does not take part in the chat "gc_9"',
			description: expect.stringContaining('无权访问该会话') as string,
			httpCode: '403',
		});

		agent.messages = [];
		expect(await failure({ ...HISTORY, chatId: 'dc_9' })).toMatchObject({
			message: 'The agent does not take part in the chat "dc_9"',
		});
		expect(await run({ ...HISTORY, chatId: 'gr_1f' })).toEqual([]);
	});

	it("of a foreign chat with a bare id is not even asked for: the oldest servers show other people's", async () => {
		const agent = session({ messages: saying(1) });
		expect(await failure({ ...HISTORY, chatId: 'pr_2f' })).toMatchObject({
			message: 'The agent is in no chat with the ID "pr_2f"',
		});
		expect(agent.historyRequests).toEqual([]);
	});
});

describe('marking a message as read', () => {
	const mark = (messageId: unknown) => ({
		resource: 'message',
		operation: 'markAsRead',
		messageId,
	});

	it.each([
		['', 'is empty'],
		[null, 'is empty'],
		[[], 'is empty'],
		[7, 'is no ID of a message: 7'],
		['latest', 'is no ID of a message: latest'],
		['undefined', 'is no ID of a message: undefined'],
		['a sentence with 1 number', 'is no ID of a message: a sentence'],
		['msg_1 msg_2', 'is no ID of a message: msg_1 msg_2'],
		[['msg_1', 'gc_1'], 'is the ID of a chat: gc_1'],
		['gc_1', 'is the ID of a chat: gc_1'],
		['pr_1f', 'is the ID of a chat: pr_1f'],
		['u_bob', 'is the ID of a user: u_bob'],
		[`msg_${'a'.repeat(125)}`, 'is no ID of a message: msg_aaa'],
		[Array.from({ length: 1001 }, (_nothing, index) => `msg_${index}`), 'has 1001 IDs'],
	])(
		'with %j as its ID is an error: the server takes that without a word',
		async (messageId, text) => {
			const agent = session();

			expect(await failure(mark(messageId))).toMatchObject({
				message: expect.stringContaining(text) as string,
				description: expect.stringContaining('Use the messageId') as string,
			});
			expect(agent.marked).toEqual([]);
		},
	);

	it.each([
		['[object Object]', 'has a list that is broken: [object Object]', 'separated by commas'],
		[{ messageId: 'msg_1' }, 'has an object where an ID belongs', 'Use its ID: "msg_1"'],
		[[{ id: 'msg_1' }], 'has an object where an ID belongs', 'Use its ID: "msg_1"'],
	])('with %j as its ID is an error that says what to give', async (messageId, text, remedy) => {
		session();

		expect(await failure(mark(messageId))).toMatchObject({
			message: `"Message ID" ${text}`,
			description: expect.stringContaining(remedy) as string,
		});
	});

	it("refuses the agent's own message, and names that of the trigger", async () => {
		const agent = session();
		const parameters = mark('msg_own');
		const open = () => ({ isExecuted: true });
		const host = executeHost({
			items: [{ json: { sent: true, messageId: 'msg_own' } }],
			parameters,
			more: {
				getParentNodes: () => [
					{ name: 'Send', type: 'n8n-nodes-agentclub.agentClub' },
					{ name: 'On "Message"', type: 'n8n-nodes-agentclub.agentClubTrigger' },
				],
				getWorkflowDataProxy: () => ({ $: open }),
			},
		});
		await expect(runOperation(host)).rejects.toMatchObject({
			message: '"Message ID" is that of the agent\'s own message',
			description: expect.stringContaining(
				'gives out: {{ $("On \\"Message\\"").item.json.messageId }}',
			) as string,
		});
		expect(agent.marked).toEqual([]);
	});

	it.each([
		['msg_0123456789abcdef0123456789abcdef'],
		['0123456789abcdef0123456789abcdef'],
		['01234567-89ab-cdef-0123-456789abcdef'],
		[' msg_1 '],
		['#msg_1'],
	])('takes %j for an ID', async (messageId) => {
		const agent = session();

		expect(await fields(mark(messageId))).toEqual([{ marked: true }]);
		expect(agent.marked).toEqual([[messageId.replace(/[ #]/g, '')]]);
	});

	it.each([['msg_1, msg_2'], ['["msg_1","msg_2"]'], [['msg_1', '#msg_2']], ['[msg_1, msg_2]']])(
		'takes %j for two IDs',
		async (messageId) => {
			const agent = session();

			expect(await fields(mark(messageId))).toEqual([{ marked: true }]);
			expect(agent.marked).toEqual([['msg_1', 'msg_2']]);
		},
	);
});

describe('every operation', () => {
	const operations: Array<
		[string, Record<string, unknown>, Record<string, unknown>, Partial<FakeSession>]
	> = [
		[
			'message: getMany',
			{ ...HISTORY, chatId: new EachItem(['gc_1', '', 'gc_1']) },
			{ messageId: 'm0' },
			{ messages: saying(1) },
		],
		[
			'message: markAsRead',
			{
				resource: 'message',
				operation: 'markAsRead',
				messageId: new EachItem(['msg_1', '', 'msg_1']),
			},
			{ marked: true },
			{},
		],
		[
			'message: sendTyping',
			{
				resource: 'message',
				operation: 'sendTyping',
				sendTo: 'chat',
				chatId: 'gc_1',
				seconds: new EachItem([5, 0, 5]),
			},
			{},
			{},
		],
		[
			'chat: getMany',
			{
				resource: 'chat',
				operation: 'getMany',
				filters: new EachItem([{ search: 'team' }, { chatType: 'channel' }, { search: 'team' }]),
			},
			{ chatId: 'gc_1' },
			{},
		],
		[
			'group: getMembers',
			{
				resource: 'group',
				operation: 'getMembers',
				chatId: new EachItem(['gc_1', 'dc_7', 'gc_1']),
			},
			{ id: ALICE },
			{ memberList: [member(ALICE, 'Alice')] },
		],
		[
			'file: upload',
			{
				resource: 'file',
				operation: 'upload',
				binaryPropertyName: new EachItem(['report', 'data', 'report']),
			},
			{ fileName: 'Bericht.txt' },
			{},
		],
		[
			'file: download',
			{
				resource: 'file',
				operation: 'download',
				binaryPropertyName: 'data',
				url: new EachItem(['/media/a.pdf', '/media/missing', '/media/a.pdf']),
			},
			{ fileName: 'a.pdf' },
			{},
		],
	];

	it.each(operations)(
		'%s fails with the index of the item',
		async (_name, parameters, _result, change) => {
			const agent = session(change);

			const error = await failure(parameters);

			expect(error instanceof NodeApiError || error instanceof NodeOperationError).toBe(true);
			expect(error).toMatchObject({ context: { itemIndex: 1 } });
			expect(agent.leases - agent.typing.size).toBe(0);
		},
	);

	it.each(operations)(
		'%s gives an error item where it is to continue, and all its items are paired',
		async (_name, parameters, result, change) => {
			session(change);

			expect(await run(parameters, true)).toMatchObject([
				{ json: result, pairedItem: { item: 0 } },
				{ json: { error: expect.stringMatching(/\S/) as string }, pairedItem: { item: 1 } },
				{ json: result, pairedItem: { item: 2 } },
			]);
		},
	);

	it('agent: get is paired with each item', async () => {
		session();

		expect(await run({ resource: 'agent', operation: 'get', any: new EachItem([1, 2]) })).toEqual(
			[0, 1].map((item) => ({
				json: {
					id: AGENT,
					name: 'Robo',
					role: 'agent',
					kind: 'agent',
					serverUrl: 'http://club.test:5555/club',
				},
				pairedItem: { item },
			})),
		);
	});

	it('says in an error item what to do about it', async () => {
		session();

		expect(await run({ ...HISTORY, chatId: '' }, true)).toMatchObject([
			{
				json: {
					error: expect.stringContaining('"Chat" is empty. Choose one from the list') as string,
				},
			},
		]);
	});
});

describe('listing chats', () => {
	it('gives groups and direct chats with the other person', async () => {
		session();

		expect(await fields({ resource: 'chat', operation: 'getMany' })).toEqual([
			{
				chatId: 'gr_1f',
				chatType: 'group',
				name: 'Bare',
				description: '',
				user: null,
				createdAt: null,
			},
			{
				chatId: 'gc_1',
				chatType: 'group',
				name: 'Team',
				description: 'Ours',
				user: null,
				createdAt: '1970-01-01T00:00:01.500Z',
			},
			{
				chatId: 'dc_7',
				chatType: 'direct',
				name: 'Bob',
				description: '',
				user: { id: 'u_bob', name: 'Bob', kind: 'human', isOnline: true },
				createdAt: null,
			},
		]);
	});

	it.each([
		[{ chatType: 'direct' }, ['dc_7']],
		[{ chatType: 'group', search: ' TEAM ' }, ['gc_1']],
		[{ search: '@téam' }, ['gc_1']],
		[{ search: 'b' }, ['gr_1f', 'dc_7']],
		[{ chatType: '' }, ['gr_1f', 'gc_1', 'dc_7']],
		[{ search: 'nobody' }, []],
	])('filtered by %j gives %j', async (filters, chats) => {
		session();

		expect(
			(await fields({ resource: 'chat', operation: 'getMany', filters })).map(
				({ chatId }) => chatId,
			),
		).toEqual(chats);
	});
});

describe('members of a group', () => {
	const MEMBERS = { resource: 'group', operation: 'getMembers', chatId: 'gc_1' };

	it('are a roster entry each', async () => {
		session({ memberList: [member(AGENT, 'Robo', { kind: 'agent' })] });

		expect(await fields(MEMBERS)).toEqual([
			{ id: AGENT, name: 'Robo', username: 'robo', kind: 'agent', isSelf: true, isOnline: true },
		]);
	});

	it('of a direct chat, or of a group without the agent, are an error that names it', async () => {
		session({ memberList: new AgentClubError('REFUSED', 'no', { status: 403 }) });

		expect(await failure({ ...MEMBERS, chatId: 'dc_7' })).toMatchObject({
			message: 'A direct chat has no members, and "dc_7" is one',
		});
		expect(await failure(MEMBERS)).toMatchObject({
			message: 'The agent does not take part in the chat "gc_1"',
			description: expect.stringContaining('add the agent') as string,
		});
		expect(await failure({ ...MEMBERS, chatId: '' })).toMatchObject({
			message: '"Group" is empty',
		});
	});
});

describe('typing', () => {
	const TYPING = { resource: 'message', operation: 'sendTyping', sendTo: 'chat', chatId: 'gc_1' };

	it('is seen for 5 s unless told otherwise, and the input goes on at once', async () => {
		const agent = session();
		expect(await run(TYPING)).toEqual([{ json: { number: 0 }, pairedItem: { item: 0 } }]);
		expect(agent.typing).toEqual(new Set(['gc_1']));
		await agent.clock.advance(4999);
		expect(agent).toMatchObject({ typing: new Set(['gc_1']), leases: 1 });

		await agent.clock.advance(1);

		expect(agent).toMatchObject({ typing: new Set(), leases: 0 });
	});

	it.each([['gc_foreign'], ['dc_foreign'], ['gr_1f'.replace('1f', '2f')], ['pr_2f']])(
		'in the chat %s, which is none of the agent, is an error and not a success',
		async (chatId) => {
			const agent = session();

			expect(await failure({ ...TYPING, chatId })).toMatchObject({
				message: expect.stringContaining(chatId) as string,
			});
			expect(agent).toMatchObject({ typing: new Set(), leases: 0 });
		},
	);

	it.each([['gc_1'], ['dc_7'], ['gr_1f']])(
		'is seen in the chat %s of the agent',
		async (chatId) => {
			const agent = session();
			await run({ ...TYPING, chatId });

			expect(agent.typing.size).toBe(1);
		},
	);

	it.each([[0], [-1], [301], ['long']])(
		'for %j seconds is an error that names the value',
		async (seconds) => {
			session();

			expect(await failure({ ...TYPING, seconds })).toMatchObject({
				message: `"Seconds" has the value ${JSON.stringify(seconds)}`,
				description: expect.stringContaining('1 to 300') as string,
			});
		},
	);
});

describe('files', () => {
	it('that are uploaded are told with an address that anybody can open', async () => {
		const agent = session();

		expect(
			await fields({ resource: 'file', operation: 'upload', binaryPropertyName: 'report' }),
		).toEqual([
			{
				url: 'http://club.test:5555/club/media/uploads/1_Bericht.txt',
				fileName: 'Bericht.txt',
				kind: 'file',
				fileSize: 6,
			},
		]);
		expect(agent.uploads).toEqual([{ name: 'Bericht.txt', content: 'report' }]);
	});

	it('that are downloaded are binary data in the field that is wanted', async () => {
		session();

		expect(
			await run({
				resource: 'file',
				operation: 'download',
				url: '/media/uploads/0123456789abcdef0123456789abcdef_a.pdf',
				binaryPropertyName: 'doc',
			}),
		).toEqual([
			{
				json: {
					fileName: 'a.pdf',
					kind: 'file',
					mimeType: 'application/pdf',
					fileSize: 7,
					problem: null,
				},
				binary: {
					doc: { data: 'content', fileName: 'a.pdf', mimeType: 'application/pdf', bytes: 7 },
				},
				pairedItem: { item: 0 },
			},
		]);
	});
});

describe('sending', () => {
	const SEND = {
		resource: 'message',
		operation: 'send',
		sendTo: 'chat',
		chatId: 'gc_1',
		text: 'Hello',
	};
	const UPLOADED = {
		url: 'http://club.test:5555/club/media/uploads/9_old.png',
		fileName: 'old.png',
		kind: 'image',
		fileSize: 4,
	};

	/** Sends and answers one message after the other. */
	async function sent(agent: FakeSession, parameters: Record<string, unknown>) {
		const running = run({ ...SEND, ...parameters });
		await settled();
		for (let number = 0; number < agent.open.length; number += 1)
			await agent.open[number]?.answer(`msg_${number}`);
		return { items: await running, outgoing: agent.open.map(({ outgoing }) => outgoing) };
	}

	it('sends attachments and then uploaded files behind the text', async () => {
		const { items, outgoing } = await sent(session(), {
			options: { attachments: ' report ,', uploadedFiles: [{ json: UPLOADED }] },
		});

		expect(
			outgoing.map(({ content, contentType, fileUrl, fileName }) => [
				content,
				contentType,
				fileUrl,
				fileName,
			]),
		).toEqual([
			['Hello', 'text', '', ''],
			['', 'file', '/media/uploads/1_Bericht.txt', 'Bericht.txt'],
			['', 'image', '/media/uploads/9_old.png', 'old.png'],
		]);
		expect(items).toMatchObject([
			{
				json: {
					messageId: 'msg_0',
					attachments: [
						{
							messageId: 'msg_1',
							fileName: 'Bericht.txt',
							kind: 'file',
							url: 'http://club.test:5555/club/media/uploads/1_Bericht.txt',
							fileSize: 6,
						},
						{
							messageId: 'msg_2',
							fileName: 'old.png',
							kind: 'image',
							url: UPLOADED.url,
							fileSize: 4,
						},
					],
				},
			},
		]);
	});

	it('sends files before the text where that is wanted', async () => {
		const { items, outgoing } = await sent(session(), {
			options: { attachmentsOrder: 'before', uploadedFiles: JSON.stringify(UPLOADED) },
		});

		expect(outgoing.map(({ content, fileName }) => content || fileName)).toEqual([
			'old.png',
			'Hello',
		]);
		expect(items).toMatchObject([{ json: { messageId: 'msg_1' } }]);
	});

	it.each([[''], ['  \n'], [null]])(
		'sends uploaded files alone with the text %j, and the first is the message',
		async (text) => {
			const { items, outgoing } = await sent(session(), {
				text,
				options: { uploadedFiles: [UPLOADED], mentionIds: 'u_1' },
			});

			expect(outgoing).toMatchObject([{ content: '', fileName: 'old.png', mentions: ['u_1'] }]);
			expect(items).toMatchObject([
				{ json: { sent: true, messageId: 'msg_0', text: '', mentions: ['u_1'] } },
			]);
		},
	);

	it('sends code as it is, and nothing in it mentions anybody', async () => {
		const text = `ping @Alice <at user_id="${ALICE}">Alice</at>`;
		const { outgoing } = await sent(session({ memberList: [member(ALICE, 'Alice')] }), {
			text,
			options: { format: 'code' },
		});

		expect(outgoing).toMatchObject([{ content: text, contentType: 'code', mentions: [] }]);
	});

	it('asks for members that are a second old at most, so that nobody is mentioned who has left', async () => {
		const agent = session({ memberList: [member(ALICE, 'Alice')] });
		await sent(agent, { text: 'hi @Alice' });

		expect(agent.rosterAges).toEqual([1000]);
	});

	it('mentions somebody who joined the group a moment ago', async () => {
		const { outgoing } = await sent(session({ newMembers: [member(ALICE, 'Alice')] }), {
			text: 'hi ＠Alice',
		});

		expect(outgoing).toMatchObject([{ mentions: [ALICE] }]);
	});

	it('repairs a tag that a model wrote for a name with brackets', async () => {
		const { outgoing } = await sent(session(), { text: '<at user_id="u_9">A <B></at> hi' });

		expect(outgoing).toMatchObject([
			{ content: '<at user_id="u_9">A &lt;B&gt;</at> hi', mentions: ['u_9'] },
		]);
	});

	it.each([
		['<at user_id="Alice">Alice</at> hi', `<at user_id="${ALICE}">Alice</at> hi`, [ALICE]],
		['<at user_id="@alice">A.</at> hi', `<at user_id="${ALICE}">Alice</at> hi`, [ALICE]],
		['<at user_id="Bob">Bob</at> hi', '@Bob hi', []],
		['<at user_id="u_gone">Alice</at> hi', '<at user_id="u_gone">Alice</at> hi', ['u_gone']],
	])(
		'looks up the name that a model has put in the place of an ID: %s',
		async (text, content, mentions) => {
			const { outgoing } = await sent(session({ memberList: [member(ALICE, 'Alice')] }), { text });

			expect(outgoing).toMatchObject([{ content, mentions }]);
		},
	);

	it('makes names of members mentions, beside the ids that are given', async () => {
		const { items, outgoing } = await sent(session({ memberList: [member(ALICE, 'Alice')] }), {
			text: 'hi @alice and @all',
			options: { mentionIds: `u_2, ${ALICE}` },
		});

		expect(outgoing).toMatchObject([
			{ content: `hi <at user_id="${ALICE}">Alice</at> and @all`, mentions: [ALICE, 'u_2'] },
		]);
		expect(items).toMatchObject([{ json: { mentions: [ALICE, 'u_2'] } }]);
	});

	it.each([
		['Alice', `That is a name. Use the ID: "${ALICE}".`],
		['@alice', `That is a name. Use the ID: "${ALICE}".`],
		[`u_2, ALICE`, `That is a name. Use the ID: "${ALICE}".`],
		['Carla', 'Give the id of a member'],
	])('does not take the name in %j for an ID in a group', async (mentionIds, remedy) => {
		const agent = session({ memberList: [member(ALICE, 'Alice')] });

		expect(await failure({ ...SEND, text: 'hi', options: { mentionIds } })).toMatchObject({
			message: expect.stringContaining("which is no user's ID") as string,
			description: expect.stringContaining(remedy) as string,
		});
		expect(agent.open).toEqual([]);
	});

	it.each([['@u_1, #u_2'], ['＠u_1 ,# u_2 ,'], [['@u_1', '#u_2']], ['["@u_1","#u_2"]']])(
		'takes IDs with a sign before them, as models write them: %j',
		async (mentionIds) => {
			const { outgoing } = await sent(session(), { text: 'hi', options: { mentionIds } });

			expect(outgoing).toMatchObject([{ content: 'hi', mentions: ['u_1', 'u_2'] }]);
		},
	);

	it.each([
		['Bob', 'That is a name. Use the ID: "u_bob".'],
		['@bob', 'That is a name. Use the ID: "u_bob".'],
		['Robo', `That is a name. Use the ID: "${AGENT}".`],
		['Carla', 'Give the id of a member'],
	])('does not take the name %s for an ID in a direct chat', async (name, remedy) => {
		const agent = session();

		expect(
			await failure({ ...SEND, chatId: 'dc_7', text: 'hi', options: { mentionIds: name } }),
		).toMatchObject({
			message: `"Mention IDs" has "${name.replace('@', '')}", which is no user's ID`,
			description: expect.stringContaining(remedy) as string,
		});
		expect(agent.open).toEqual([]);
	});

	it('takes IDs in a direct chat, also such as look like names', async () => {
		const directs = [
			{
				id: 'dc_7',
				createdAt: null,
				description: '',
				peer: { id: 'bob', name: 'B', kind: 'human', isOnline: true },
			},
		] as const;
		const { outgoing } = await sent(session({ chatList: { groups: [], directs } }), {
			chatId: 'dc_7',
			text: 'hi',
			options: { mentionIds: 'u_9f, bob, all' },
		});

		expect(outgoing).toMatchObject([{ mentions: ['u_9f', 'bob', 'all'] }]);
	});

	it.each([
		[{ chatId: { chatId: 'gc_1', messageId: 'msg_1' } }, '"gc_1"'],
		[{ chatId: [{ id: 'gc_1' }] }, '"gc_1"'],
		[{ sendTo: 'user', userId: { id: 'u_bob', name: 'Bob' } }, '"u_bob"'],
		[{ options: { mentionIds: { messageId: 'msg_1', id: 'u_bob' } } }, '"u_bob"'],
	])('says the ID of what was given as a whole: %j', async (parameters, id) => {
		session();

		expect(await failure({ ...SEND, ...parameters })).toMatchObject({
			description: expect.stringContaining(`Use its ID: ${id}.`) as string,
		});
	});

	it('takes a list of one ID', async () => {
		const { outgoing } = await sent(session(), { chatId: ['gc_1'] });

		expect(outgoing).toMatchObject([{ chat: { id: 'gc_1' } }]);
	});

	it.each([
		['hideReasoning', 'false', '<think>Hm</think>Hi', '<think>Hm</think>Hi'],
		['hideReasoning', 'true', '<think>Hm</think>Hi', 'Hi'],
		['resolveNames', 'false', 'hi @Alice', 'hi @Alice'],
	])(
		'reads the switch %s from the text %p that an expression gave',
		async (name, value, text, content) => {
			const { outgoing } = await sent(session({ memberList: [member(ALICE, 'Alice')] }), {
				text,
				options: { [name]: value },
			});

			expect(outgoing).toMatchObject([{ content }]);
		},
	);

	it.each([[true], ['true'], [1]])(
		'mentions everybody by @all only where that is allowed: %p',
		async (allowMentionAll) => {
			const { outgoing } = await sent(session(), {
				text: '@all: lunch',
				options: { allowMentionAll },
			});

			expect(outgoing).toMatchObject([{ mentions: ['all'] }]);
		},
	);

	it('sends the text as it is where names are not to be resolved', async () => {
		const { outgoing } = await sent(session({ memberList: [member(ALICE, 'Alice')] }), {
			text: 'hi @Alice',
			options: { resolveNames: false },
		});

		expect(outgoing).toMatchObject([{ content: 'hi @Alice', mentions: [] }]);
	});

	it.each([[{ attachments: 'report' }], [{ uploadedFiles: [UPLOADED] }]])(
		'sends nothing, not even %j, where the text says so',
		async (options) => {
			const { items, outgoing } = await sent(session(), { text: 'NO_REPLY', options });

			expect(outgoing).toEqual([]);
			expect(items).toMatchObject([{ json: { sent: false } }]);
		},
	);

	it('sends the word itself where it has no meaning', async () => {
		expect(
			(await sent(session(), { text: 'NO_REPLY', options: { skipText: '' } })).outgoing,
		).toMatchObject([{ content: 'NO_REPLY' }]);
	});

	it.each([
		[{ options: { format: 'html' } }, '"Format" has the value "html"'],
		[{ options: { attachmentsOrder: 'beside' } }, '"Attachments Order" has the value "beside"'],
		[
			{ options: { uploadedFiles: [{ url: 'http://evil.test/x.png', fileName: 'x.png' }] } },
			'"Uploaded Files" has a file that does not lie on the Agent Club server',
		],
		[{ options: { attachments: 'report, picture' } }, "no binary file 'picture'"],
		[
			{
				options: {
					mentionIds: Array.from({ length: 101 }, (_nothing, number) => `u_${number}`),
				},
			},
			'mentions 101 people',
		],
		[
			{ chatId: { chatId: 'gc_1', messageId: 'msg_1' } },
			'"Chat" has an object where an ID belongs',
		],
		[{ chatId: ['gc_1', 'dc_7'] }, '"Chat" has 2 IDs, and takes one for each item'],
		[{ sendTo: 'user', userId: { name: 'Bob' } }, '"Person" has an object'],
		[{ options: { hideReasoning: 'yes' } }, '"Hide Reasoning" has the value "yes"'],
		[{ options: { allowMentionAll: {} } }, '"Allow @All" has the value {}'],
		[{ sendTo: 'everywhere' }, '"Send To" has the value "everywhere"'],
		[{ sendTo: 'user', userId: '' }, '"Person" is empty'],
		[{ sendTo: 'user', userId: 'u_eve' }, 'no direct chat with the user "u_eve"'],
		[{ chatId: '' }, '"Chat" is empty'],
	])(
		'with %j is an error that says what is wrong, before anything is uploaded or sent',
		async (parameters, text) => {
			const agent = session();

			const error = await failure({ ...SEND, ...parameters });

			expect(error).toBeInstanceOf(NodeOperationError);
			expect(error).toMatchObject({
				message: expect.stringContaining(text) as string,
				context: { itemIndex: 0 },
			});
			expect(agent).toMatchObject({ open: [], uploads: [] });
		},
	);
});

describe('a server that is away, though the socket has not noticed it yet', () => {
	const MEMBERS = { memberList: [member('u_mia', 'Mia')] };
	const sending = { resource: 'message', operation: 'send', sendTo: 'chat', chatId: 'gc_1' };

	it.each<[string, Record<string, unknown>, Partial<FakeSession>]>([
		['message: getMany', HISTORY, { messages: saying(1) }],
		['message: sendTyping', { ...sending, operation: 'sendTyping', seconds: 5 }, {}],
		['chat: getMany', { resource: 'chat', operation: 'getMany' }, {}],
		['group: getMembers', { resource: 'group', operation: 'getMembers', chatId: 'gc_1' }, MEMBERS],
		['file: upload', { resource: 'file', operation: 'upload', binaryPropertyName: 'report' }, {}],
		[
			'file: download',
			{ resource: 'file', operation: 'download', url: '/media/a.pdf', binaryPropertyName: 'data' },
			{},
		],
	])('is waited for by %s', async (_name, parameters, change) => {
		const agent = session(change);
		agent.isServerAway = true;
		let output: unknown;
		const running = run(parameters).then((items) => {
			output = items;
		});
		await settled();
		expect(output).toBeUndefined();

		agent.isServerAway = false;
		await agent.clock.advance(1000);
		await running;

		expect(output).not.toEqual([]);
	});

	it.each<[string, Record<string, unknown>, Partial<FakeSession>, object]>([
		[
			'a text with the name of a member',
			{ text: 'Hello @Mia' },
			MEMBERS,
			{ content: 'Hello <at user_id="u_mia">Mia</at>', mentions: ['u_mia'] },
		],
		[
			'a text with the name of somebody who has just joined',
			{ text: 'Hello @Mia' },
			{ newMembers: MEMBERS.memberList },
			{ content: 'Hello <at user_id="u_mia">Mia</at>', mentions: ['u_mia'] },
		],
		[
			'a text with an ID that may be a name',
			{ text: 'Hello', options: { mentionIds: 'mia' } },
			{ memberList: [member('mia', 'Mia')] },
			{ mentions: ['mia'] },
		],
		['a file', { text: '', options: { attachments: 'report' } }, {}, { fileName: 'Bericht.txt' }],
		[
			'a text to a person',
			{ sendTo: 'user', userId: 'u_bob', text: 'Hello' },
			{},
			{ chat: { type: 'direct', id: 'dc_7' } },
		],
	])('is waited for by message: send, with %s', async (_name, parameters, change, outgoing) => {
		const agent = session(change);
		agent.isServerAway = true;
		const running = run({ ...sending, ...parameters });
		await settled();
		expect(agent.open).toEqual([]);

		agent.isServerAway = false;
		await agent.clock.advance(1000);
		expect(agent.open).toMatchObject([{ outgoing }]);

		await agent.open[0]?.answer();
		await running;
	});

	it('has a text go out without its mention where only HTTP fails, again and again', async () => {
		const agent = session(MEMBERS);
		agent.isServerAway = true;
		const running = run({ ...sending, text: 'Hello @Mia' });
		await agent.clock.advance(10_000);

		expect(agent.texts).toEqual(['Hello @Mia']);
		await agent.open[0]?.answer();
		await running;
	});
});
