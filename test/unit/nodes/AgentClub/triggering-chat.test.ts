import type { INodeExecutionData } from 'n8n-workflow';
import { AgentClubError } from '../../../../client/errors';
import { triggeringChat } from '../../../../nodes/AgentClub/chats/triggering-chat';
import { executeHost, NODE } from '../../../support/fake-host';

const item = (chatId: unknown, fields: Record<string, unknown> = {}): INodeExecutionData =>
	({
		json: {
			event: 'message',
			sessionId: `agentclub:u_1:${String(chatId)}`,
			chatId,
			delivery: { source: 'live', attempt: 1 },
			...fields,
		},
	}) as INodeExecutionData;

interface FakeNode {
	type?: string;
	items?: INodeExecutionData[];
	/** The item that n8n's pairing leads to; a function throws as n8n does where it cannot follow. */
	paired?: INodeExecutionData | (() => never);
	isExecuted?: boolean;
}

const TRIGGER = 'n8n-nodes-agentclub.agentClubTrigger';
const SUB_WORKFLOW = 'n8n-nodes-base.executeWorkflowTrigger';

/** How the node stands in its workflow. */
interface Position {
	/** The nodes before a node; those before "Agent Club" are all, unless given. */
	readonly parentsOf?: Readonly<Record<string, string[]>>;
	readonly input?: INodeExecutionData;
	/** As a tool, with the node that feeds the agent as n8n's execution data has it. */
	readonly toolBehind?: string;
	readonly binaryMode?: string;
}

/** The chat for the first item of a node with these nodes before it. */
const chatOf = (
	nodes: Record<string, FakeNode>,
	{ parentsOf = {}, input = { json: {} }, toolBehind, binaryMode }: Position = {},
) => {
	const proxy = (name: string, wholeItems?: boolean) => {
		const { items = [], paired, isExecuted = true } = nodes[name] ?? {};
		const asked = (item: INodeExecutionData | undefined) => (wholeItems ? item : item?.json);
		return {
			isExecuted,
			all: () => items.map(asked),
			get item() {
				return asked(typeof paired === 'function' ? paired() : paired);
			},
		};
	};
	const withType = (name: string) => ({ name, type: nodes[name]?.type ?? 'n8n-nodes-base.set' });
	const parents = (name: string) => {
		if (name === 'Agent' && toolBehind !== undefined) return [withType(toolBehind)];
		const names = parentsOf[name] ?? (name === 'Agent Club' ? Object.keys(nodes) : []);
		return names.map(withType);
	};
	const source = toolBehind === undefined ? null : { main: [{ previousNode: toolBehind }] };
	const host = executeHost({
		items: [input],
		more: {
			getWorkflowDataProxy: () => ({ $: proxy }),
			getParentNodes: parents,
			getChildNodes: (name: string) => (name === toolBehind ? [{ name: 'Agent' }] : []),
			getWorkflowSettings: () => ({ ...(binaryMode !== undefined && { binaryMode }) }),
			getExecuteData: () => ({ source }),
			...(toolBehind !== undefined && {
				getNode: () => ({ ...NODE, type: 'n8n-nodes-agentclub.agentClubTool' }),
			}),
		},
	});
	return triggeringChat(host, 0);
};

/** What the error says to do where the chat cannot be told. */
function remedyOf(...where: Parameters<typeof chatOf>): string {
	try {
		chatOf(...where);
	} catch (error) {
		if (error instanceof AgentClubError) return error.remedy ?? '';
	}
	throw new Error('The chat could be told');
}

/** A message of the past, as Message: Get Many gives it. */
const past = (chatId: string) => item(chatId, { delivery: undefined });

describe('the chat that started the workflow', () => {
	it("is the one of the trigger's item", () => {
		expect(chatOf({ T: { type: TRIGGER, items: [item('gc_1')] } })).toBe('gc_1');
	});

	it("is the one that all of the trigger's items share", () => {
		expect(chatOf({ T: { type: TRIGGER, items: [item('gc_1'), item('gc_1')] } })).toBe('gc_1');
	});

	it('is told by the pairing where they differ', () => {
		expect(
			chatOf({ T: { type: TRIGGER, items: [item('gc_1'), item('gc_2')], paired: item('gc_2') } }),
		).toBe('gc_2');
	});

	it('is found behind other nodes, and by the trigger that ran', () => {
		expect(
			chatOf({
				Set: {},
				A: { type: TRIGGER, isExecuted: false, items: [item('gc_9')] },
				B: { type: TRIGGER, items: [item('dc_1')] },
			}),
		).toBe('dc_1');
	});

	it('is found for a tool through the pairing of its input', () => {
		const input = {
			json: {},
			pairedItem: {
				item: 0,
				sourceOverwrite: { previousNode: 'Set', previousNodeOutput: 0, previousNodeRun: 0 },
			},
		} as INodeExecutionData;

		expect(
			chatOf(
				{ T: { type: TRIGGER, items: [item('gc_1')] }, Set: {} },
				{ input, toolBehind: 'Agent', parentsOf: { Set: ['T'] } },
			),
		).toBe('gc_1');
	});

	it.each([
		['directly below the agent', 'T', {}],
		['behind other nodes', 'Set', { Set: ['T'] }],
	])(
		'is found for a tool without pairing, %s, through what feeds the agent',
		(_where, toolBehind, parentsOf) => {
			expect(
				chatOf({ T: { type: TRIGGER, items: [item('gc_1')] }, Set: {} }, { toolBehind, parentsOf }),
			).toBe('gc_1');
		},
	);

	it.each([
		['the last node before the agent', { Many: ['T'] }, 'Many'],
		['an earlier one', { Set: ['Many', 'T'] }, 'Set'],
	])(
		"is the trigger's for a tool, though %s reads the messages of another chat",
		(_where, parentsOf, toolBehind) => {
			expect(
				chatOf(
					{
						Many: { items: [past('dc_other'), past('dc_other')] },
						T: { type: TRIGGER, items: [item('gc_1')] },
						Set: {},
					},
					{ toolBehind, parentsOf },
				),
			).toBe('gc_1');
		},
	);

	it('cannot be told for a tool where the items of the trigger are of two chats: a private answer would go to a group', () => {
		const items = [item('gc_1'), item('dc_2')];
		expect(() =>
			chatOf(
				{
					T: { type: TRIGGER, items, paired: item('gc_1') },
					Copy: { items: [item('gc_1')] },
					Set: {},
				},
				{ toolBehind: 'Set', parentsOf: { Set: ['Copy', 'T'] } },
			),
		).toThrow(expect.objectContaining({ code: 'SETTINGS' }) as Error);
	});

	it('is for a tool in a sub-workflow the one that all items share which the caller has passed on', () => {
		expect(chatOf({ Start: { items: [item('gc_1')] } }, { toolBehind: 'Start' })).toBe('gc_1');
		for (const items of [[past('gc_1')], [item('gc_1'), item('gc_2')]])
			expect(() => chatOf({ Start: { items } }, { toolBehind: 'Start' })).toThrow('cannot be told');
	});

	it.each([
		['behind its start', {}],
		['as a tool of an agent right behind it', { toolBehind: 'Start' }],
		['as a tool of an agent further on', { toolBehind: 'Set', parentsOf: { Set: ['Start'] } }],
	])(
		'cannot be told in a sub-workflow, %s, and the error says to pass its ID',
		(_where, position) => {
			const remedy = remedyOf({ Start: { type: SUB_WORKFLOW }, Set: {} }, position);

			expect(remedy).toContain("Pass the chat's ID");
			expect(remedy).toMatch(/\{\{ \$\("Start"\)\.(item|first\(\))\.json\.chatId \}\}/);
			expect(remedy).not.toContain('$("Agent Club Trigger")');
		},
	);

	it('cannot be told in a sub-workflow where a trigger stands too that has not run', () => {
		const nodes = { T: { type: TRIGGER, isExecuted: false }, Start: { type: SUB_WORKFLOW } };

		expect(remedyOf(nodes)).toContain("Pass the chat's ID");
	});

	it.each([
		['its name', undefined, '{{ $("My Trigger").item.json.chatId }}'],
		[
			'its name and no .json with combined binary data',
			'combined',
			'{{ $("My Trigger").item.chatId }}',
		],
	])('is where the trigger has run named with %s', (_what, binaryMode, expression) => {
		const items = [item('gc_1'), item('gc_2')];
		const nodes = { 'My Trigger': { type: TRIGGER, items } };

		for (const position of [{}, { toolBehind: 'My Trigger' }])
			expect(remedyOf(nodes, { ...position, binaryMode })).toContain(expression);
	});

	it.each([
		['none stands before the node', {}],
		['it has not run', { T: { type: TRIGGER, isExecuted: false } }],
		[
			'it has not run, nor the start of a sub-workflow',
			{
				T: { type: TRIGGER, isExecuted: false },
				Start: { type: SUB_WORKFLOW, isExecuted: false },
			},
		],
	] as [string, Record<string, FakeNode>][])(
		'is not said to be in a trigger where %s',
		(_why, nodes) => {
			const remedy = remedyOf({ ...nodes, Schedule: {} });

			expect(remedy).toContain('choose "A Chat" or "A Person"');
			expect(remedy).not.toContain('{{');
		},
	);

	it('is passed to a sub-workflow without .json with combined binary data', () => {
		expect(remedyOf({ Start: { type: SUB_WORKFLOW } }, { binaryMode: 'combined' })).toContain(
			'{{ $("Start").item.chatId }}',
		);
	});

	it('is never taken from the item itself, which a model may have written', () => {
		expect(() => chatOf({ Set: { items: [] } }, { input: item('gc_evil') })).toThrow(
			expect.objectContaining({ code: 'SETTINGS' }) as Error,
		);
	});

	it.each([
		['a trigger of another package', { T: { type: 'other.trigger', items: [item('gc_1')] } }],
		[
			"an item that is none of the trigger's",
			{ T: { type: TRIGGER, items: [{ json: { chatId: 'gc_1' } }] } },
		],
		[
			'an item with another session',
			{ T: { type: TRIGGER, items: [item('gc_1', { sessionId: 'x' })] } },
		],
		['an item without a chat', { T: { type: TRIGGER, items: [item(7)] } }],
		[
			'items that differ and a pairing that n8n cannot follow',
			{
				T: {
					type: TRIGGER,
					items: [item('gc_1'), item('gc_2')],
					paired: () => {
						throw new Error('no pairing');
					},
				},
			},
		],
		['no trigger', {}],
	] as Array<[string, Record<string, FakeNode>]>)(
		'cannot be told from %s, and the error says what to choose',
		(_what, nodes) => {
			expect(() => chatOf(nodes)).toThrow(
				expect.objectContaining({
					code: 'SETTINGS',
					remedy: expect.stringContaining('A Chat') as string,
				}) as Error,
			);
		},
	);
});
