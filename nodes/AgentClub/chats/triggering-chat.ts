import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { AgentClubError } from '../../../client/errors';
import { isTool } from '../tool';

/** A node that has run, as expressions see it. */
interface NodeProxy {
	readonly isExecuted: boolean;
	readonly item: INodeExecutionData | undefined;
	all(): INodeExecutionData[];
}

/** A node before this one; the type is unknown where n8n names no more than the node. */
interface Ancestor {
	readonly name: string;
	readonly type?: string;
}

/**
 * The chat of the message that started the workflow. It is the one that all of the trigger's items
 * share, or else the one to which n8n's pairing leads. A tool's pairing always leads to the first
 * item, so for a tool all items have to share the chat. The chat is never taken from the item
 * itself, which a model may have written.
 * @throws AgentClubError SETTINGS where it cannot be told
 */
export function triggeringChat(host: IExecuteFunctions, itemIndex: number): string {
	const ancestors = isTool(host)
		? ancestorsOfCaller(host, itemIndex)
		: host.getParentNodes(host.getNode().name);
	const proxy = host.getWorkflowDataProxy(itemIndex);
	const chat = chatFrom(ancestors, isTool(host), (name) =>
		// With `true` it gives whole items, also where the workflow has "binaryMode": "combined".
		(proxy.$ as (name: string, wholeItems: boolean) => NodeProxy)(name, true),
	);
	if (chat !== undefined) return chat;
	throw new AgentClubError(
		'SETTINGS',
		'The chat that started the workflow cannot be told from here',
		{ remedy: remedyFor(ancestors) },
	);
}

/**
 * The nodes before the agent that calls this tool. The input's pairing names the node that feeds
 * the agent; tools of AI Agent 2 have no pairing, but run with the agent's own source.
 */
function ancestorsOfCaller(host: IExecuteFunctions, itemIndex: number): Ancestor[] {
	const paired = host.getInputData()[itemIndex]?.pairedItem;
	const sources = [
		typeof paired === 'object' && !Array.isArray(paired)
			? paired.sourceOverwrite?.previousNode
			: undefined,
		host.getExecuteData().source?.main?.[0]?.previousNode,
	].filter((name) => name !== undefined);
	return sources.flatMap((name) => [{ name }, ...host.getParentNodes(name)]);
}

/**
 * A trigger that has run decides alone. Without one, as in a sub-workflow that an agent's tool
 * belongs to, items that the trigger has made and other nodes have passed on count.
 */
function chatFrom(
	ancestors: readonly Ancestor[],
	forTool: boolean,
	open: (name: string) => NodeProxy,
): string | undefined {
	const triggers = ancestors.filter(({ type }) => type && isTriggerType(type));
	const trigger = triggers.find(({ name }) => hasRun(name, open));
	if (trigger) return chatOf(trigger.name, open, !forTool);
	if (!forTool) return undefined;
	for (const { name } of ancestors) {
		const chat = hasRun(name, open) ? chatOf(name, open, false) : undefined;
		if (chat !== undefined) return chat;
	}
	return undefined;
}

function isTriggerType(type: string): boolean {
	return type.endsWith('.agentClubTrigger');
}

function hasRun(name: string, open: (name: string) => NodeProxy): boolean {
	try {
		return open(name).isExecuted;
	} catch {
		// n8n's proxy throws for a node that is not part of this execution's workflow.
		return false;
	}
}

function chatOf(
	name: string,
	open: (name: string) => NodeProxy,
	byPairing: boolean,
): string | undefined {
	try {
		const node = open(name);
		const chats = new Set(node.all().map(chatOfItem));
		const [only] = chats;
		if (chats.size === 1) return only;
		return byPairing && node.item ? chatOfItem(node.item) : undefined;
	} catch {
		// n8n's pairing throws where it cannot follow an item: the caller says what to choose instead.
		return undefined;
	}
}

/** Only an item as the trigger makes it counts: messages of the past have no `delivery`. */
function chatOfItem({ json }: INodeExecutionData): string | undefined {
	const { event, chatId, sessionId, delivery } = json;
	const isTriggers =
		event === 'message' &&
		typeof delivery === 'object' &&
		typeof sessionId === 'string' &&
		sessionId.startsWith('agentclub:');
	return isTriggers && typeof chatId === 'string' ? chatId : undefined;
}

function remedyFor(ancestors: readonly Ancestor[]): string {
	if (ancestors.some(({ type }) => type?.endsWith('.executeWorkflowTrigger')))
		return (
			"A sub-workflow does not see the trigger of the workflow that calls it. Pass the chat's ID " +
			'to it as an input, for example "chatId" with the value {{ $("Agent Club ' +
			'Trigger").item.json.chatId }}. Then, under "Send To", choose "A Chat" with the ID ' +
			'{{ $json.chatId }}.'
		);
	return (
		'Under "Send To", choose "A Chat" or "A Person". In a chat, {{ $("Agent Club ' +
		'Trigger").item.json.chatId }} names the trigger\'s chat where n8n can follow the items.'
	);
}
