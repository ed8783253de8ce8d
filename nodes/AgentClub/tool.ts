import type { IExecuteFunctions } from 'n8n-workflow';

/** Whether an AI Agent calls the node: n8n gives a node that is used as a tool its own type. */
export function isTool(host: IExecuteFunctions): boolean {
	return host.getNode().type.endsWith('Tool');
}

/**
 * Whether a thrown error would never reach the model. AI Agent 2 calls its tools without pairing,
 * and turns what they throw into an empty answer. With AI Agent 3, n8n 1.123 ends the whole
 * execution, and n8n 2.41 does not (`test/e2e/ai-agent.test.ts`).
 */
export function swallowsErrors(host: IExecuteFunctions, itemIndex: number): boolean {
	if (!isTool(host)) return false;
	const isPaired = host.getInputData()[itemIndex]?.pairedItem !== undefined;
	if (!isPaired) return true;
	return !tellsModelOfErrors(host) && host.getNode().onError !== 'stopWorkflow';
}

/** n8n 1.123, which does not, has no such method either. */
function tellsModelOfErrors(host: Partial<IExecuteFunctions>): boolean {
	return host.isToolExecution !== undefined;
}
