import {
	ExecutionBaseError,
	type INode,
	type INodeExecutionData,
	type JsonObject,
	NodeApiError,
	NodeOperationError,
	type WorkflowExecuteMode,
} from 'n8n-workflow';
import { AgentClubError, describeError } from '../../client/errors';
import { withoutSecrets } from '../../client/secrets';

/** What an error needs to know about its node: n8n's contexts have it. */
export interface ErrorContext {
	getNode(): INode;
	getMode?(): WorkflowExecuteMode;
}

/**
 * An error as n8n shows it: what happened as the message, what to do (and the server's own words)
 * below.
 * @param account how far the run came before it failed
 */
export function toNodeError(
	context: ErrorContext,
	error: unknown,
	itemIndex?: number,
	account?: string,
): NodeApiError | NodeOperationError {
	const shown = asNodeError(context.getNode(), error, itemIndex);
	const description = [shown.description, account].filter(Boolean).join(' ');
	if (!description) return shown;
	if (onlyMessageIsRead(context)) {
		shown.message = inOneText(shown.message, description);
		shown.description = undefined;
	} else shown.description = description;
	return shown;
}

/**
 * An AI Agent tells its model nothing but the message of what its tool threw. n8n's Call n8n
 * Workflow Tool does the same with the errors of a sub-workflow, whose mode is "integrated"
 * (`test/e2e/ai-agent.test.ts`).
 */
function onlyMessageIsRead(context: ErrorContext): boolean {
	return context.getNode().type.endsWith('Tool') || context.getMode?.() === 'integrated';
}

function asNodeError(
	node: INode,
	error: unknown,
	itemIndex?: number,
): NodeApiError | NodeOperationError {
	if (error instanceof NodeApiError || error instanceof NodeOperationError) {
		if (itemIndex !== undefined) error.context.itemIndex ??= itemIndex;
		return error;
	}
	if (error instanceof ExecutionBaseError) return asN8nSays(node, error, itemIndex);
	if (!(error instanceof AgentClubError))
		return new NodeOperationError(node, describeError(error), { ...at(itemIndex) });
	const { message } = error;
	const description = descriptionOf(error);
	if (
		error.code === 'SETTINGS' ||
		error.code === 'BLOCKED' ||
		error.code === 'FILE' ||
		error.code === 'CANCELLED'
	) {
		return inOurWords(
			new NodeOperationError(node, message, {
				...at(itemIndex),
				...(description && { description }),
			}),
			message,
		);
	}
	// The JSON is what n8n shows as details; it holds no request, and so no token.
	const details: JsonObject = {
		code: error.code,
		...(error.serverText !== undefined && { serverText: error.serverText }),
	};
	const options = {
		message,
		description: description ?? '',
		...(error.status !== undefined && { httpCode: String(error.status) }),
	};
	return inOurWords(new NodeApiError(node, details, { ...at(itemIndex), ...options }), message);
}

/**
 * An error of n8n's own, such as that of an expression: the editor explains it by its context, and
 * knows the parameter from it.
 */
function asN8nSays(
	node: INode,
	error: ExecutionBaseError,
	itemIndex = error.context.itemIndex as number | undefined,
): NodeOperationError {
	const { description } = error;
	const shown = new NodeOperationError(node, error, {
		...at(itemIndex),
		...(description && { description: withoutSecrets(description) }),
	});
	return inOurWords(shown, describeError(error));
}

/**
 * n8n replaces a message that contains a code such as ECONNREFUSED by its own words. Those do not
 * say what was called (`test/unit/nodes/shared/errors.test.ts`).
 */
function inOurWords<T extends NodeApiError | NodeOperationError>(error: T, message: string): T {
	error.message = message;
	return error;
}

/** What happened and what to do about it, where there is one text for both. */
export function inOneText(message: string, description: string | null | undefined): string {
	return description ? `${message.replace(/\.$/, '')}. ${description}` : message;
}

/** An error item has nothing but this one text. */
export function errorItem(
	{ message, description }: ReturnType<typeof toNodeError>,
	item: number,
): INodeExecutionData {
	return { json: { error: inOneText(message, description) }, pairedItem: { item } };
}

function descriptionOf(error: AgentClubError): string | undefined {
	const words =
		error.serverText && !error.message.includes(error.serverText)
			? `The server said: ${error.serverText}`
			: undefined;
	return [error.remedy, words].filter(Boolean).join(' ') || undefined;
}

function at(itemIndex: number | undefined): { itemIndex?: number } {
	return itemIndex === undefined ? {} : { itemIndex };
}
