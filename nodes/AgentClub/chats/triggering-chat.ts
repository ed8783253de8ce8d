import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { AgentClubError } from '../../../client/errors';

/** The trigger's node as expressions see it. */
interface NodeProxy {
	readonly isExecuted: boolean;
	readonly item: INodeExecutionData | undefined;
	all(): INodeExecutionData[];
}

/**
 * The chat of the message that started the workflow: the one that all of the trigger's items share,
 * else the one that n8n's pairing says this item comes from. Never taken from the item itself,
 * which a tool's input may have overwritten (measured).
 * @throws AgentClubError SETTINGS where it cannot be told
 */
export function triggeringChat(host: IExecuteFunctions, itemIndex: number): string {
	const proxy = host.getWorkflowDataProxy(itemIndex);
	const nodeByName = (name: string) => (proxy.$ as (name: string) => NodeProxy)(name);
	for (const name of candidates(host, itemIndex)) {
		const chat = chatOf(() => nodeByName(name));
		if (chat) return chat;
	}
	throw new AgentClubError(
		'SETTINGS',
		'The chat that started the workflow cannot be told from here',
		{
			remedy:
				'Under "Send To", choose "A Chat" or "A Person". In a chat, {{ $("Agent Club ' +
				'Trigger").item.json.chatId }} names the trigger\'s chat where n8n can follow the ' +
				'items.',
		},
	);
}

/**
 * The nodes before this one; for a tool, those before the agent that calls it, which is told by the
 * input's pairing.
 */
function candidates(host: IExecuteFunctions, itemIndex: number): string[] {
	const own = host.getParentNodes(host.getNode().name);
	const paired = host.getInputData()[itemIndex]?.pairedItem;
	const source =
		typeof paired === 'object' && !Array.isArray(paired)
			? paired.sourceOverwrite?.previousNode
			: undefined;
	const before = source === undefined ? [] : [{ name: source }, ...host.getParentNodes(source)];
	return [
		...new Set(
			[...own.filter(({ type }) => isTriggerType(type)), ...before].map(({ name }) => name),
		),
	];
}

function isTriggerType(type: string): boolean {
	return type.endsWith('.agentClubTrigger');
}

function chatOf(open: () => NodeProxy): string | undefined {
	try {
		const node = open();
		if (!node.isExecuted) return undefined;
		const chats = new Set(node.all().map(chatOfItem));
		const [only] = chats;
		if (chats.size === 1) return only;
		return node.item && chatOfItem(node.item);
	} catch {
		// n8n's pairing throws where it cannot follow an item: the caller says what to choose instead.
		return undefined;
	}
}

/** Only an item as the trigger makes it counts. */
function chatOfItem({ json }: INodeExecutionData): string | undefined {
	const { event, chatId, sessionId } = json;
	const isTriggers =
		event === 'message' && typeof sessionId === 'string' && sessionId.startsWith('agentclub:');
	return isTriggers && typeof chatId === 'string' ? chatId : undefined;
}
