import type { NodeJson, WorkflowJson } from '../../playground/host/n8n-types';
import { chain, node } from '../../playground/host/workflow-json';

/** Workflows that call a row of their own as a sub-workflow. */

/** What n8n's own nodes that call a workflow are set to. */
export const callThisWorkflow = (inputs: Record<string, string>) => ({
	workflowId: { __rl: true, mode: 'id', value: '={{ $workflow.id }}' },
	workflowInputs: {
		mappingMode: 'defineBelow',
		value: inputs,
		matchingColumns: [],
		schema: Object.keys(inputs).map((id) => ({
			id,
			displayName: id,
			required: false,
			defaultMatch: false,
			display: true,
			canBeUsedToMatch: true,
			type: 'string',
		})),
	},
});

/** A row that begins where another workflow calls it. */
export const subWorkflow = (start: string, inputs: readonly string[], nodes: NodeJson[]) =>
	chain('Sub-workflow', [
		node(
			start,
			'n8n-nodes-base.executeWorkflowTrigger',
			{ workflowInputs: { values: inputs.map((name) => ({ name })) } },
			{ typeVersion: 1.1 },
		),
		...nodes,
	]);

/** Two rows as one workflow. */
export const together = (upper: WorkflowJson, lower: WorkflowJson): WorkflowJson => ({
	...upper,
	nodes: [...upper.nodes, ...lower.nodes],
	connections: { ...upper.connections, ...lower.connections },
});
