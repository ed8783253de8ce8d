import {
	type IDataObject,
	type INode,
	type INodeExecutionData,
	NodeApiError,
	NodeOperationError,
} from 'n8n-workflow';
import { agentRegistry } from '../../../../client/agent/registry';
import { runOperation } from '../../../../nodes/AgentClub/actions/router';
import { EachItem, executeHost, type ExecuteHostOptions, NODE } from '../../../support/fake-host';
import { settled } from '../../../support/fake-clock';
import { FakeSession } from '../../../support/fake-session';

jest.mock('../../../../client/agent/registry');

/** A session whose sends the test answers. */
const session = () => {
	const fake = new FakeSession();
	jest.mocked(agentRegistry).mockReturnValue({ session: () => fake } as never);
	return fake;
};

const SEND = {
	resource: 'message',
	operation: 'send',
	sendTo: 'chat',
	chatId: 'gc_1',
	text: 'Hello',
	options: {},
};

const run = (
	parameters: Record<string, unknown>,
	more: Omit<ExecuteHostOptions, 'parameters'> = {},
) => {
	const result = runOperation(executeHost({ parameters: { ...SEND, ...parameters }, ...more }));
	const outcome: { items?: unknown[]; error?: unknown } = {};
	void result.then(
		([items]) => Object.assign(outcome, { items }),
		(error: unknown) => Object.assign(outcome, { error }),
	);
	return settled().then(() => outcome);
};
const TOOL = { ...NODE, type: 'n8n-nodes-agentclub.agentClubTool' };
/** As AI Agent 3 calls a tool. */
const pairedTool = (context: Record<string, unknown> = {}, settings: Partial<INode> = {}) => ({
	items: [{ json: {}, pairedItem: { item: 0 } }],
	more: { getNode: () => ({ ...TOOL, ...settings }), ...context },
});
const containing = (text: string) => expect.stringContaining(text) as string;
const items = (count: number) => Array.from({ length: count }, () => ({ json: {} }));

describe('running an operation', () => {
	it.each([
		['another agent', { agentToken: 'sk_agt_other' }],
		['another server', { serverUrl: 'http://other.test:5555' }],
	])(
		'sends nothing where the credential has %s for a later item: it would be in the wrong name',
		async (_what, other) => {
			const agent = session();
			const usual = { serverUrl: 'http://club.test:5555', agentToken: 'sk_agt_secret' };
			const getCredentials = (_type: string, index?: number) =>
				Promise.resolve(index === 2 ? { ...usual, ...other } : usual);
			const { error } = await run({}, { items: items(3), more: { getCredentials } });

			expect(error).toMatchObject({
				message: 'The credential gives item 2 another agent or server than item 0',
				description: containing('Loop Over Items'),
			});
			expect(agent.open).toEqual([]);
		},
	);

	it('gives the result of a send, paired with its item', async () => {
		const agent = session();
		const outcome = await run({ text: '<at user_id="u_1">A</at> hi' });
		await agent.open[0]?.answer('msg_1');

		expect(outcome.items).toEqual([
			{
				json: {
					sent: true,
					messageId: 'msg_1',
					chatId: 'gc_1',
					chatType: 'group',
					createdAt: '1970-01-01T00:00:01.500Z',
					timestamp: 1.5,
					text: '<at user_id="u_1">A</at> hi',
					mentions: ['u_1'],
					attachments: [],
					confirmedBy: 'answer',
				},
				pairedItem: { item: 0 },
			},
		]);
	});

	it('gives nothing for no items, without a connection', async () => {
		const agent = session();

		expect((await run({}, { items: [] })).items).toEqual([]);
		expect(agent.leases).toBe(0);
	});

	it('keeps the order of the items in a chat, one after the other', async () => {
		const agent = session();
		const outcome = await run({ text: new EachItem(['1', '2', '3']) }, { items: items(3) });
		expect(agent.texts).toEqual(['1']);

		for (const index of [0, 1, 2]) await agent.open[index]?.answer();

		expect(agent.texts).toEqual(['1', '2', '3']);
		expect(outcome.items).toMatchObject(
			[0, 1, 2].map((item) => ({ json: { text: String(item + 1) }, pairedItem: { item } })),
		);
	});

	it('lets chats overlap, and gives the results in the order of the items', async () => {
		const agent = session();
		const outcome = await run(
			{ text: new EachItem(['1', '2', '3']), chatId: new EachItem(['gc_1', 'gc_2', 'gc_1']) },
			{ items: items(3) },
		);
		expect(agent.texts).toEqual(['1', '2']);

		await agent.open[1]?.answer();
		await agent.open[0]?.answer();
		await agent.open[2]?.answer();

		expect(outcome.items).toMatchObject([
			{ json: { text: '1' } },
			{ json: { text: '2' } },
			{ json: { text: '3' } },
		]);
	});

	it('asks for the list of chats once for all items', async () => {
		const agent = session();
		await run({ chatId: '1f' }, { items: items(3) });
		await agent.open[0]?.answer();

		expect(agent.chatsAsked).toBe(1);
		expect(agent.open[0]?.outgoing.chat).toEqual({ type: 'group', id: '1f' });
	});

	it('fails with the index of the item, and sends nothing more', async () => {
		const agent = session();
		const outcome = await run({ text: new EachItem(['1', '2', '3']) }, { items: items(3) });
		await agent.open[0]?.answer();
		await agent.open[1]?.refuse('You are not in this group');

		expect(outcome.error).toBeInstanceOf(NodeApiError);
		expect(outcome.error).toMatchObject({
			message: 'You are not in this group',
			context: { itemIndex: 1 },
		});
		expect(agent.texts).toEqual(['1', '2']);
		expect(agent.leases).toBe(0);
	});

	it('gives an error item for a failure, and goes on, where it is to continue', async () => {
		const agent = session();
		const outcome = await run(
			{ text: new EachItem(['1', '2']) },
			{ items: items(2), continueOnFail: true },
		);
		await agent.open[0]?.refuse('No');
		await agent.open[1]?.answer();

		expect(outcome.items).toMatchObject([
			{ json: { error: 'No' }, pairedItem: { item: 0 } },
			{ json: { sent: true }, pairedItem: { item: 1 } },
		]);
	});

	it.each([
		['is turned down', {}, { error: 'No' }],
		['cannot even begin', { operation: 'shout' }, { error: containing('does not exist') }],
	])(
		'gives an unpaired tool its error as an item where it %s, for AI Agent 2 swallows what is thrown',
		async (_how, parameters, json) => {
			const agent = session();
			const outcome = await run(parameters, {
				items: items(1),
				more: { getNode: () => TOOL },
			});
			await agent.open[0]?.refuse('No');

			expect(outcome).toEqual({ items: [{ json, pairedItem: { item: 0 } }] });
		},
	);

	it.each([
		['n8n 2.41, which tells its agent of it', { isToolExecution: () => false }, {}],
		['n8n 1.123 where it is to stop the workflow', {}, { onError: 'stopWorkflow' as const }],
	])('throws for a tool whose input is paired: %s', async (_where, context, settings) => {
		const agent = session();
		const outcome = await run({}, pairedTool(context, settings));
		await agent.open[0]?.refuse('No');

		expect(outcome.error).toMatchObject({ message: 'No' });
	});

	it('gives a paired tool its error as an item on n8n 1.123, which ends the execution where one is thrown', async () => {
		const agent = session();
		const outcome = await run({}, pairedTool());
		await agent.open[0]?.refuse('No');

		expect(outcome.items).toEqual([{ json: { error: 'No' }, pairedItem: { item: 0 } }]);
	});

	it('sends nothing at all where the chat of one item cannot be told, and says so', async () => {
		const agent = session();
		const outcome = await run(
			{ chatId: new EachItem(['gc_1', 'gc_2', '', 'gc_1']) },
			{ items: items(4) },
		);

		expect(outcome.error).toBeInstanceOf(NodeOperationError);
		expect(outcome.error).toMatchObject({
			context: { itemIndex: 2 },
			description: expect.stringMatching(/ None of the 4 items was sent\.$/) as string,
		});
		expect(agent.texts).toEqual([]);
	});

	it('gives an error item for an item without a chat where it is to continue', async () => {
		const agent = session();
		const outcome = await run(
			{ chatId: new EachItem(['', 'gc_1']) },
			{ items: items(2), continueOnFail: true },
		);
		await agent.open[0]?.answer();

		expect(outcome.items).toMatchObject([
			{ json: { error: expect.stringContaining('"Chat" is empty') as string } },
			{ json: { sent: true } },
		]);
	});

	it('gives every item an error where none can be worked on and it is to continue, for n8n would pass them on as they are', async () => {
		session();
		const outcome = await run({ operation: 'shout' }, { items: items(2), continueOnFail: true });

		const error =
			'The operation "shout" of "message" does not exist. Choose the resource and the ' +
			'operation again.';
		expect(outcome.items).toEqual(
			[0, 1].map((item) => ({ json: { error }, pairedItem: { item } })),
		);
	});

	it.each([['shout'], ['constructor']])('does not know the operation %p', async (operation) => {
		session();

		expect((await run({ operation })).error).toBeInstanceOf(NodeOperationError);
	});

	it('gives the session back when all is done', async () => {
		const agent = session();
		await run({});
		expect(agent.leases).toBe(1);

		await agent.open[0]?.answer();

		expect(agent.leases).toBe(0);
	});

	it('marks messages as read, one item after the other', async () => {
		session();
		const marking = {
			resource: 'message',
			operation: 'markAsRead',
			messageId: new EachItem(['msg_1', 'msg_bad', ' ']),
		};

		expect((await run(marking, { items: items(3), continueOnFail: true })).items).toMatchObject([
			{ json: { marked: true }, pairedItem: { item: 0 } },
			{ json: { error: 'no connection' }, pairedItem: { item: 1 } },
			{ json: { error: expect.stringContaining('empty') as string }, pairedItem: { item: 2 } },
		]);
	});
});

describe('several chats in one run, one of which refuses', () => {
	/** A text for each chat that is named, its number. */
	const runInto = (...chats: string[]) =>
		run(
			{
				text: new EachItem(chats.map((_chat, index) => String(index))),
				chatId: new EachItem(chats),
			},
			{ items: items(chats.length) },
		);

	it('sends what stands before the failed item, nothing that stands after it, and says how much that was', async () => {
		const agent = session();
		const outcome = await runInto('gc_1', 'gc_1', 'gc_1', 'gc_2', 'gc_1', 'gc_2');
		expect(agent.texts).toEqual(['0', '3']);

		await agent.open[1]?.refuse('No');
		for (const index of [0, 2, 3]) await agent.open[index]?.answer();

		expect(agent.texts).toEqual(['0', '3', '1', '2']);
		expect(outcome.error).toMatchObject({
			message: 'No',
			context: { itemIndex: 3 },
			description: 'Sent were 3 of the 6 items: 0 to 2.',
		});
	});

	it('counts what had left already, wherever it stands', async () => {
		const agent = session();
		const outcome = await runInto('gc_1', 'gc_2', 'gc_3');

		await agent.open[0]?.refuse('No');
		await agent.open[2]?.answer();
		await agent.open[1]?.answer();

		expect(outcome.error).toMatchObject({ description: 'Sent were 2 of the 3 items: 1 to 2.' });
	});

	it('shows the failure that came first, also where an earlier item fails later', async () => {
		const agent = session();
		const outcome = await runInto('gc_1', 'gc_2');

		await agent.open[1]?.refuse('the first');
		await agent.open[0]?.refuse('the second');

		expect(outcome.error).toMatchObject({
			message: 'the first',
			context: { itemIndex: 1 },
			description: 'None of the 2 items was sent.',
		});
	});

	it('calls off what waits after the failed item, and leaves what stands before it alone', async () => {
		const agent = session();
		await runInto('gc_1', 'gc_2', 'gc_3');

		await agent.open[1]?.refuse('No');

		expect(agent.open.map(({ signal }) => signal?.aborted)).toEqual([false, false, true]);
	});

	it('gives each chat a signal of its own, because Node.js warns of one with many listeners', async () => {
		const agent = session();
		await runInto(...Array.from({ length: 12 }, (_nothing, index) => `gc_${index}`));

		expect(new Set(agent.open.map(({ signal }) => signal)).size).toBe(12);
	});
});

describe("n8n's Retry On Fail", () => {
	const GROUPS = {
		text: new EachItem(['0', '1', '2']),
		chatId: new EachItem(['gc_1', 'gc_2', 'gc_3']),
	};
	const retried = { executionId: 'e1' };
	const tryGroups = (more: Omit<ExecuteHostOptions, 'parameters'> = { retried }) =>
		run(GROUPS, { items: items(3), ...more });

	it('sends again only what was not confirmed, and gives out what the earlier try has sent', async () => {
		const agent = session();
		const first = await tryGroups();
		await agent.open[0]?.answer('msg_a');
		await agent.open[2]?.answer('msg_c');
		await agent.open[1]?.refuse('No');
		expect(first.error).toBeDefined();

		const second = await tryGroups();
		expect(agent.texts.slice(3)).toEqual(['1']);
		await agent.open[3]?.answer('msg_b');

		expect(second.items).toMatchObject(
			['msg_a', 'msg_b', 'msg_c'].map((messageId) => ({ json: { sent: true, messageId } })),
		);
	});

	it.each([
		['another execution', { executionId: 'e2' }, { executionId: 'e3' }],
		[
			'another run of the node, in a loop',
			{ executionId: 'e4' },
			{ executionId: 'e4', runIndex: 1 },
		],
	])('knows nothing of %s', async (_what, failed, other) => {
		const agent = session();
		await tryGroups({ retried: failed });
		await agent.open[0]?.answer();
		await agent.open[1]?.refuse('No');
		await agent.open[2]?.answer();

		await tryGroups({ retried: other });

		expect(agent.texts.slice(3)).toEqual(['0', '1', '2']);
	});

	it('forgets what was sent once the node has succeeded', async () => {
		const agent = session();
		const again = { retried: { executionId: 'e5' } };
		await tryGroups(again);
		for (const send of agent.open) await send.answer();

		await tryGroups(again);

		expect(agent.texts.slice(3)).toEqual(['0', '1', '2']);
	});

	it('forgets what was sent a minute after the node has failed: n8n tries again within 5 s', async () => {
		const agent = session();
		const again = { retried: { executionId: 'e6' } };
		await tryGroups(again);
		await agent.open[0]?.answer();
		await agent.open[1]?.refuse('No');
		await agent.open[2]?.answer();
		await agent.clock.advance(60_000);

		await tryGroups(again);

		expect(agent.texts.slice(3)).toEqual(['0', '1', '2']);
	});

	it('also sends nothing twice where n8n tries again because of an error item', async () => {
		const agent = session();
		const again = { retried: { executionId: 'e7' }, continueOnFail: true };
		await tryGroups(again);
		await agent.open[0]?.refuse('No');
		await agent.open[1]?.answer();
		await agent.open[2]?.answer();

		await tryGroups(again);

		expect(agent.texts.slice(3)).toEqual(['0']);
	});
});

const COPYING = ['concat', 'slice', 'flat', 'map', 'filter', Symbol.iterator] as const;

/** Elements of arrays that are read or copied as a whole while this works. */
async function elementsCopied(work: () => Promise<unknown>): Promise<number> {
	let count = 0;
	const restore = COPYING.map((name) => {
		const { value: original, ...rest } = Object.getOwnPropertyDescriptor(
			Array.prototype,
			name,
		) as TypedPropertyDescriptor<(...given: unknown[]) => unknown>;
		Object.defineProperty(Array.prototype, name, {
			...rest,
			value(this: unknown[], ...given: unknown[]): unknown {
				count += this.length;
				return original?.apply(this, given);
			},
		});
		return () => {
			Object.defineProperty(Array.prototype, name, { ...rest, value: original });
		};
	});
	try {
		await work();
		return count;
	} finally {
		for (const each of restore) each();
	}
}

it('copies no array for each item: its work grows with the number of items only', async () => {
	session();
	const marking = { resource: 'message', operation: 'markAsRead', messageId: 'msg_1' };
	const host = executeHost({ parameters: marking, items: items(2000) });
	let results: INodeExecutionData[][] = [];

	const copied = await elementsCopied(async () => {
		results = await runOperation(host);
	});

	expect(results[0]).toHaveLength(2000);
	expect(copied).toBeLessThan(20 * 2000);
});

describe('sending nothing', () => {
	it.each([
		['NO_REPLY', {}, 'skipped'],
		[' NO_REPLY\n', {}, 'skipped'],
		['Nothing to add.\n\nNO_REPLY', {}, 'skipped'],
		['<think>Hm</think>\nNO_REPLY', {}, 'skipped'],
		['SILENCE', { skipText: 'SILENCE' }, 'skipped'],
		['', {}, 'empty'],
		['  \n', {}, 'empty'],
		[' \u200b\u2060', {}, 'empty'],
		[null, {}, 'empty'],
		[[], {}, 'empty'],
		[{}, {}, 'empty'],
		['<think>Hm</think>', {}, 'empty'],
	])('is what the text %p means, with the options %j: %s', async (text, options, reason) => {
		const agent = session();

		expect((await run({ text, options })).items).toEqual([
			{ json: { sent: false, reason }, pairedItem: { item: 0 } },
		]);
		expect(agent.texts).toEqual([]);
	});

	it('is what a text means that has nothing but what cannot be sent', async () => {
		const agent = session();

		expect((await run({ text: '\0' })).items).toMatchObject([{ json: { sent: false } }]);
		expect(agent.texts).toEqual([]);
	});

	it('is not what a text means in which the word only occurs', async () => {
		const agent = session();
		await run({ text: 'NO_REPLY is a word' });

		expect(agent.texts).toEqual(['NO_REPLY is a word']);
	});

	it('needs no chat: nothing is looked up for it', async () => {
		session();

		expect((await run({ text: 'NO_REPLY', chatId: '' })).items).toEqual([
			{ json: { sent: false, reason: 'skipped' }, pairedItem: { item: 0 } },
		]);
	});

	it('is not explained anywhere where it is a word for silence', async () => {
		expect(await explained('NO_REPLY', {})).toEqual({ hints: [], warnings: [] });
	});

	it.each([
		['the field of a node before', { text: 'Hello' }, '{{ $json.text }}'],
		['a response', { response: 'Hello' }, '{{ $json.response }}'],
		['the words of a message', { message: { content: 'Hello' } }, '{{ $json.message.content }}'],
		['nothing', {}, 'Drag in the field that has the text'],
	])(
		"is a hint, a warning in the log, or an error, that names the item's field with words: %s",
		async (_what, json, named) => {
			const line = containing(named);
			expect(await explained('', json)).toEqual({ hints: [line], warnings: [line] });

			await expect(failed('', json)).rejects.toMatchObject({
				message: containing('"Text" is empty'),
				description: containing(named),
			});
		},
	);

	it.each([[''], ['  '], [null], ['\u200b'], [[]]])(
		'is told for the empty text %j like for any other',
		async (text) => {
			const named = containing('{{ $json.response }}');
			expect(await explained(text, { response: 'Hello' })).toEqual({
				hints: [named],
				warnings: [named],
			});
			await expect(failed(text, { response: 'Hello' })).rejects.toMatchObject({
				description: named,
			});
		},
	);

	it('is told once in a run, however many items it has', async () => {
		const items = [{ response: 'a' }, { response: 'b' }, { text: 'c' }];
		const once = [containing('{{ $json.response }}'), containing('{{ $json.text }}')];
		expect(await explained('', ...items)).toEqual({ hints: once, warnings: once });
	});

	/** What the editor and the log say after a run with this text and these items. */
	async function explained(text: unknown, ...jsons: IDataObject[]) {
		session();
		const hints: string[] = [];
		const warnings: string[] = [];
		const more = {
			addExecutionHints: ({ message }: { message: string }) => hints.push(message),
			logger: { warn: (line: string) => warnings.push(line) },
		};
		const items = jsons.map((json) => ({ json }));
		await runOperation(executeHost({ items, parameters: { ...SEND, text }, more }));
		return { hints, warnings };
	}

	async function failed(text: unknown, json: IDataObject) {
		session();
		const options = { failWhenEmpty: true };
		return await runOperation(
			executeHost({ items: [{ json }], parameters: { ...SEND, text, options } }),
		);
	}
});

describe('what a model gives', () => {
	it.each([
		[[{ type: 'message', content: [{ type: 'output_text', text: 'Hello' }] }], {}, 'Hello'],
		['<think>Hm</think>Hello', {}, 'Hello'],
		['<think>Hm</think>Hello', { hideReasoning: false }, '<think>Hm</think>Hello'],
		[{ a: 1 }, {}, '{\n  "a": 1\n}'],
	])('is sent as its words: %j with %j', async (text, options, words) => {
		const agent = session();
		await run({ text, options });

		expect(agent.texts).toEqual([words]);
	});
});

describe('where a message goes', () => {
	it('is the direct chat with a person', async () => {
		const agent = session();
		await run({ sendTo: 'user', userId: 'u_bob' });

		expect(agent.open[0]?.outgoing.chat).toEqual({ type: 'direct', id: 'dc_7' });
	});

	it('is nowhere with a person who has not written yet, and the error says what to do', async () => {
		session();

		expect((await run({ sendTo: 'user', userId: 'u_stranger' })).error).toMatchObject({
			description: expect.stringContaining('write to the agent first') as string,
		});
	});

	it('cannot be a place that does not exist', async () => {
		session();

		expect((await run({ sendTo: 'everywhere' })).error).toBeInstanceOf(NodeOperationError);
	});
});

describe('the text of a message', () => {
	it('is JSON where a model gave an object, never "[object Object]"', async () => {
		const agent = session();
		await run({ text: { answer: 42 } });

		expect(JSON.parse(agent.texts[0] ?? '')).toEqual({ answer: 42 });
	});

	it('is given out as it was sent: without half a character', async () => {
		const agent = session();
		const outcome = await run({ text: 'a party 🎉'.slice(0, -1) });
		await agent.open[0]?.answer();

		expect(agent.texts).toEqual(['a party \ufffd']);
		expect(outcome.items).toMatchObject([{ json: { text: 'a party \ufffd' } }]);
	});

	it('keeps its spaces', async () => {
		const agent = session();
		await run({ text: '  code\n' });

		expect(agent.texts).toEqual(['  code\n']);
	});
});
