import type { IExecuteFunctions } from 'n8n-workflow';

/** Whether an AI Agent calls the node: n8n gives a node that is used so a type of its own. */
export function isTool(host: IExecuteFunctions): boolean {
	return host.getNode().type.endsWith('Tool');
}

/**
 * Whether an agent hears nothing of an error that is thrown: AI Agent 2 calls its tools without
 * pairing, and what they throw reaches the model as an empty answer (measured).
 */
export function swallowsErrors(host: IExecuteFunctions, itemIndex: number): boolean {
	return isTool(host) && host.getInputData()[itemIndex]?.pairedItem === undefined;
}
