import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { AgentClubError } from '../../../client/errors';
import { isTool } from '../tool';

/** A node that has run, as expressions see it. */
interface NodeProxy {
	readonly isExecuted: boolean;
	readonly item: INodeExecutionData | undefined;
	all(): INodeExecutionData[];
}

type Open = (name: string) => NodeProxy;

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
	const { ancestors, open, ran } = before(host, itemIndex);
	const trigger = ran(TRIGGER);
	const chat = chatFrom(trigger, ancestors, isTool(host), open);
	if (chat !== undefined) return chat;
	throw new AgentClubError(
		'SETTINGS',
		'The chat that started the workflow cannot be told from here',
		{ remedy: remedyFor(host, trigger, ran('.executeWorkflowTrigger')) },
	);
}

/** The expression for a field of the trigger before this node; undefined where none has run. */
export function triggerField(
	host: IExecuteFunctions,
	itemIndex: number,
	field: string,
): string | undefined {
	const trigger = before(host, itemIndex).ran(TRIGGER);
	return trigger === undefined ? undefined : expressionFor(host, trigger, followed(host), field);
}

const TRIGGER = '.agentClubTrigger';

interface Before {
	readonly ancestors: readonly Ancestor[];
	readonly open: Open;
	/** The name of the nearest node of a type that has run. */
	readonly ran: (type: string) => string | undefined;
}

/** What stands before this node, or before the agent that calls it as a tool. */
function before(host: IExecuteFunctions, itemIndex: number): Before {
	const ancestors = isTool(host)
		? ancestorsOfCaller(host, itemIndex)
		: host.getParentNodes(host.getNode().name);
	const proxy = host.getWorkflowDataProxy(itemIndex);
	const open: Open = (name) =>
		// With `true` it gives whole items, also where the workflow has "binaryMode": "combined".
		(proxy.$ as (name: string, wholeItems: boolean) => NodeProxy)(name, true);
	const ran = (type: string) =>
		ancestors.find((each) => each.type?.endsWith(type) && hasRun(each.name, open))?.name;
	return { ancestors, open, ran };
}

/** n8n follows no items to a tool of AI Agent 2. */
function followed(host: IExecuteFunctions): string {
	return isTool(host) ? 'first()' : 'item';
}

function expressionFor(host: IExecuteFunctions, node: string, item: string, field: string): string {
	// With this setting an expression reads the fields of an item directly.
	const json = host.getWorkflowSettings().binaryMode === 'combined' ? '' : '.json';
	return `{{ $(${JSON.stringify(node)}).${item}${json}.${field} }}`;
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
	return sources.flatMap((name) => [withType(host, name), ...host.getParentNodes(name)]);
}

/** n8n tells a node's type only where it lists the parents of another node. */
function withType(host: IExecuteFunctions, name: string): Ancestor {
	const [child] = host.getChildNodes(name);
	const parents = child ? host.getParentNodes(child.name, { depth: 1 }) : [];
	return parents.find((parent) => parent.name === name) ?? { name };
}

/**
 * A trigger that has run decides alone. Without one, as in a sub-workflow that an agent's tool
 * belongs to, items that the trigger has made and other nodes have passed on count.
 */
function chatFrom(
	trigger: string | undefined,
	ancestors: readonly Ancestor[],
	forTool: boolean,
	open: Open,
): string | undefined {
	if (trigger !== undefined) return chatOf(trigger, open, !forTool);
	if (!forTool) return undefined;
	for (const { name } of ancestors) {
		const chat = hasRun(name, open) ? chatOf(name, open, false) : undefined;
		if (chat !== undefined) return chat;
	}
	return undefined;
}

function hasRun(name: string, open: Open): boolean {
	try {
		return open(name).isExecuted;
	} catch {
		// n8n's proxy throws for a node that is not part of this execution's workflow.
		return false;
	}
}

function chatOf(name: string, open: Open, byPairing: boolean): string | undefined {
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

/**
 * @param trigger the Agent Club Trigger before this node, if it has run
 * @param start where another workflow has begun this one
 */
function remedyFor(
	host: IExecuteFunctions,
	trigger: string | undefined,
	start: string | undefined,
): string {
	const chatIdOf = (name: string, item: string) => expressionFor(host, name, item, 'chatId');
	if (trigger !== undefined)
		return (
			'Under "Send To", choose "A Chat" or "A Person". In a chat, ' +
			`${chatIdOf(trigger, 'item')} names the trigger's chat where n8n can follow the items.`
		);
	if (start !== undefined)
		return (
			"A sub-workflow does not see the trigger of the workflow that calls it. Pass the chat's ID " +
			'to it as the input "chatId". Then, under "Send To", choose "A Chat" with the ID ' +
			`${chatIdOf(start, followed(host))}.`
		);
	return (
		'No Agent Club Trigger has run before this node. Under "Send To", choose "A Chat" or ' +
		'"A Person".'
	);
}
