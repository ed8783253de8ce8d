import type { INodeExecutionData } from 'n8n-workflow';
import { triggeringChat } from '../../../../nodes/AgentClub/chats/triggering-chat';
import { executeHost } from '../../../support/fake-host';

const item = (chatId: unknown, fields: Record<string, unknown> = {}): INodeExecutionData =>
	({
		json: { event: 'message', sessionId: `agentclub:u_1:${String(chatId)}`, chatId, ...fields },
	}) as INodeExecutionData;

interface FakeNode {
	type?: string;
	items?: INodeExecutionData[];
	/** The item that n8n's pairing leads to; a function throws as n8n does where it cannot follow. */
	paired?: INodeExecutionData | (() => never);
	isExecuted?: boolean;
}

const TRIGGER = 'n8n-nodes-agentclub.agentClubTrigger';

/** The chat for the first item of a node with these nodes before it. */
const chatOf = (
	nodes: Record<string, FakeNode>,
	input: INodeExecutionData = { json: {} },
	parentsOf: Record<string, string[]> = {},
) => {
	const proxy = (name: string) => {
		const { items = [], paired, isExecuted = true } = nodes[name] ?? {};
		return {
			isExecuted,
			all: () => items,
			get item() {
				return typeof paired === 'function' ? paired() : paired;
			},
		};
	};
	const parents = (name: string) =>
		(parentsOf[name] ?? (name === 'Agent Club' ? Object.keys(nodes) : [])).map((each) => ({
			name: each,
			type: nodes[each]?.type ?? 'n8n-nodes-base.set',
		}));
	const host = executeHost({
		items: [input],
		more: { getWorkflowDataProxy: () => ({ $: proxy }), getParentNodes: parents },
	});
	return triggeringChat(host, 0);
};

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

	it('is found for a tool through the agent that calls it', () => {
		const input = {
			json: {},
			pairedItem: {
				item: 0,
				sourceOverwrite: { previousNode: 'Agent', previousNodeOutput: 0, previousNodeRun: 0 },
			},
		} as INodeExecutionData;

		expect(
			chatOf({ T: { type: TRIGGER, items: [item('gc_1')] }, Agent: {} }, input, {
				'Agent Club': [],
				Agent: ['T'],
			}),
		).toBe('gc_1');
	});

	it('is never taken from the item itself, which a model may have written', () => {
		expect(() => chatOf({ Set: { items: [] } }, item('gc_evil'))).toThrow(
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
