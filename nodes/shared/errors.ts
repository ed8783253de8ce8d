import { type INode, type JsonObject, NodeApiError, NodeOperationError } from 'n8n-workflow';
import { AgentClubError, describeError } from '../../client/errors';

/** An error as n8n shows it: what happened as the message, what to do (and the server's own words) below. */
export function toNodeError(node: INode, error: unknown, itemIndex?: number): NodeApiError | NodeOperationError {
	if (error instanceof NodeApiError || error instanceof NodeOperationError) {
		if (itemIndex !== undefined) error.context.itemIndex ??= itemIndex;
		return error;
	}
	if (!(error instanceof AgentClubError)) return new NodeOperationError(node, describeError(error), { ...at(itemIndex) });
	const description = descriptionOf(error);
	if (error.code === 'SETTINGS' || error.code === 'FILE' || error.code === 'CANCELLED') {
		return new NodeOperationError(node, error.message, { ...at(itemIndex), ...(description && { description }) });
	}
	// The JSON is what n8n shows as details; it holds no request, and so no token.
	const details: JsonObject = { code: error.code, ...(error.serverText !== undefined && { serverText: error.serverText }) };
	return new NodeApiError(node, details, {
		...at(itemIndex),
		message: error.message,
		description: description ?? '',
		...(error.status !== undefined && { httpCode: String(error.status) }),
	});
}

function descriptionOf(error: AgentClubError): string | undefined {
	const words = error.serverText && !error.message.includes(error.serverText) ? `The server said: ${error.serverText}` : undefined;
	return [error.remedy, words].filter(Boolean).join(' ') || undefined;
}

function at(itemIndex: number | undefined): { itemIndex?: number } {
	return itemIndex === undefined ? {} : { itemIndex };
}
