import type { IExecuteFunctions } from 'n8n-workflow';

/** Whether an AI Agent calls the node: n8n gives a node that is used as a tool its own type. */
export function isTool(host: IExecuteFunctions): boolean {
	return host.getNode().type.endsWith('Tool');
}

/**
 * Whether a thrown error would never reach the model: AI Agent 2 calls its tools without pairing,
 * and turns what they throw into an empty answer.
 */
export function swallowsErrors(host: IExecuteFunctions, itemIndex: number): boolean {
	return isTool(host) && host.getInputData()[itemIndex]?.pairedItem === undefined;
}
