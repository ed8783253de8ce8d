import {
	type ItemJson,
	type NodeJson,
	outputOf,
	type WorkflowJson,
} from '../../playground/host/n8n-types';
import {
	actionNode,
	chain,
	type CredentialReference,
	node,
} from '../../playground/host/workflow-json';
import type { N8nFixture } from '../support/n8n-fixture';

/** The parameters of operations, by a name for each. */
export type Operations = Readonly<Record<string, Record<string, unknown>>>;

/** A resource locator in the mode "By ID". */
export const byId = (value: string) => ({ __rl: true, mode: 'id', value });

export const jsonOf = (items: readonly ItemJson[]) => items.map(({ json }) => json);

/** A node for each operation; failures come out as error items. */
export function operationNodes(
	credential: CredentialReference,
	operations: Operations,
): NodeJson[] {
	return Object.entries(operations).map(([name, parameters]) => ({
		...actionNode(credential, parameters, name),
		onError: 'continueRegularOutput',
	}));
}

/** One workflow for many operations: each is a node of its own behind the source. */
export function sideBySide(
	name: string,
	source: readonly NodeJson[],
	nodes: readonly NodeJson[],
): WorkflowJson {
	const workflow = chain(name, [...source]);
	const last = source.at(-1)?.name ?? '';
	// n8n runs branches from top to bottom.
	const placed = nodes.map(
		(each, index): NodeJson => ({ ...each, position: [source.length * 220, index * 150] }),
	);
	const connections = {
		...workflow.connections,
		[last]: { main: [placed.map((each) => ({ node: each.name, type: 'main', index: 0 }))] },
	};
	return { ...workflow, nodes: [...workflow.nodes, ...placed], connections };
}

/**
 * Runs nodes side by side by hand; answers a node's items by its name.
 * @param deadline ms for all of them
 */
export async function runByHand(
	host: N8nFixture,
	nodes: readonly NodeJson[],
	source: readonly NodeJson[] = [],
	deadline?: number,
): Promise<(name: string) => ItemJson[]> {
	const start = node('Start', 'n8n-nodes-base.manualTrigger');
	const { id } = await host.rest.createWorkflow(
		sideBySide('Operations', [start, ...source], nodes),
	);
	await host.rest.runManually(id, 'Start');
	const [execution] = await host.ended(id, 1, deadline);
	expect(execution?.data.resultData.error).toBeUndefined();
	return (name) => outputOf(execution, name);
}
