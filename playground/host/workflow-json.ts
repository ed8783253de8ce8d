import { randomUUID } from 'node:crypto';
import type { NodeJson, WorkflowJson } from './n8n-types';

export const TRIGGER_TYPE = 'n8n-nodes-agentclub.agentClubTrigger';
export const ACTION_TYPE = 'n8n-nodes-agentclub.agentClub';
export const CREDENTIAL_TYPE = 'agentClubApi';

/** A credential as nodes refer to it. */
export interface CredentialReference {
	id: string;
	name: string;
}

/** Any node, by its full type name. */
export function node(
	name: string,
	type: string,
	parameters: Record<string, unknown> = {},
	more: Partial<NodeJson> = {},
): NodeJson {
	return { id: randomUUID(), name, type, typeVersion: 1, position: [0, 0], parameters, ...more };
}

export function triggerNode(
	credential: CredentialReference,
	parameters: Record<string, unknown>,
	name = 'Agent Club Trigger',
): NodeJson {
	return node(name, TRIGGER_TYPE, parameters, {
		credentials: { [CREDENTIAL_TYPE]: { ...credential } },
	});
}

export function actionNode(
	credential: CredentialReference,
	parameters: Record<string, unknown>,
	name = 'Agent Club',
): NodeJson {
	return node(name, ACTION_TYPE, parameters, {
		credentials: { [CREDENTIAL_TYPE]: { ...credential } },
	});
}

export function codeNode(name: string, jsCode: string, mode = 'runOnceForAllItems'): NodeJson {
	return node(
		name,
		'n8n-nodes-base.code',
		{ mode, language: 'javaScript', jsCode },
		{ typeVersion: 2 },
	);
}

/** n8n's Wait node holds an execution in memory for less than 65 seconds. */
export function waitNode(name: string, seconds: number): NodeJson {
	return node(
		name,
		'n8n-nodes-base.wait',
		{ resume: 'timeInterval', amount: seconds, unit: 'seconds' },
		{ typeVersion: 1.1 },
	);
}

/** A workflow of nodes in one row, each connected to the next. */
export function chain(
	name: string,
	nodes: NodeJson[],
	settings: Record<string, unknown> = {},
): WorkflowJson {
	const connections: WorkflowJson['connections'] = {};
	for (const [index, from] of nodes.entries()) {
		const to = nodes[index + 1];
		if (to !== undefined)
			connections[from.name] = { main: [[{ node: to.name, type: 'main', index: 0 }]] };
	}
	const placed = nodes.map((each, index) => ({
		...each,
		position: [index * 220, 0] as [number, number],
	}));
	return { name, nodes: placed, connections, settings: { executionOrder: 'v1', ...settings } };
}
