import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { n8nFolder } from '../../playground/host/install-n8n';
import type { NodeJson, WorkflowJson } from '../../playground/host/n8n-types';
import {
	ACTION_TYPE,
	CREDENTIAL_TYPE,
	type CredentialReference,
	node,
} from '../../playground/host/workflow-json';
import type { N8nFixture } from '../support/n8n-fixture';
import { OpenAiStub, type Script, type ScriptedModel } from '../support/openai-stub';

export const MODEL_CREDENTIAL = 'openAiApi';

/** A scripted model with the credential by which n8n's nodes reach it. */
export interface CastModel extends ScriptedModel {
	readonly reference: CredentialReference;
}

/** Models for the tests of a file, on one server of this machine. */
export function useModels(host: () => N8nFixture): (script: Script) => Promise<CastModel> {
	let stub: OpenAiStub | undefined;
	beforeAll(async () => {
		stub = await OpenAiStub.start();
	});
	afterAll(async () => {
		await stub?.stop();
	});
	return async (script) => {
		if (!stub) throw new Error('The server of the models has not been started');
		const model = stub.model(script);
		const { id, name } = await host().rest.createCredential(
			model.credential.apiKey,
			MODEL_CREDENTIAL,
			{ ...model.credential },
		);
		return { ...model, reference: { id, name } };
	};
}

interface NodeVersions {
	readonly name: string;
	readonly version: number | readonly number[];
	readonly defaultVersion?: number;
}

/** The version that the editor of this n8n adds; n8n refuses one that it does not know. */
function newestVersion(name: string): number {
	const types = 'node_modules/@n8n/n8n-nodes-langchain/dist/types/nodes.json';
	const all = JSON.parse(readFileSync(join(n8nFolder(), types), 'utf8')) as NodeVersions[];
	const known = all.filter((each) => each.name === name);
	const [offered] = known.flatMap(({ defaultVersion = [] }) => defaultVersion);
	return offered ?? Math.max(...known.flatMap(({ version }) => version));
}

/**
 * n8n's own nodes as its editor adds them today, every setting at its default unless one is given.
 */
export const agentNode = (
	parameters: Record<string, unknown> = {},
	typeVersion = newestVersion('agent'),
): NodeJson => node('AI Agent', '@n8n/n8n-nodes-langchain.agent', parameters, { typeVersion });
export const memoryNode = (): NodeJson =>
	node(
		'Simple Memory',
		'@n8n/n8n-nodes-langchain.memoryBufferWindow',
		{},
		{ typeVersion: newestVersion('memoryBufferWindow') },
	);

/** An agent that another one calls as a tool. */
export const agentToolNode = (
	name: string,
	parameters: Record<string, unknown>,
	typeVersion = newestVersion('agentTool'),
): NodeJson => node(name, '@n8n/n8n-nodes-langchain.agentTool', parameters, { typeVersion });

export function chatModelNode(
	{ reference }: CastModel,
	parameters: Record<string, unknown> = {},
	name = 'OpenAI Chat Model',
): NodeJson {
	return node(name, '@n8n/n8n-nodes-langchain.lmChatOpenAi', parameters, {
		typeVersion: 1.3,
		credentials: { [MODEL_CREDENTIAL]: reference },
	});
}

/** One operation of the Agent Club node as a tool; its name is what the model calls. */
export function toolNode(
	credential: CredentialReference,
	name: string,
	parameters: Record<string, unknown>,
): NodeJson {
	return node(name, `${ACTION_TYPE}Tool`, parameters, {
		credentials: { [CREDENTIAL_TYPE]: { ...credential } },
	});
}

/** The workflow with nodes below an agent of it, its "AI Agent" unless another is named. */
export function withSubNodes(
	workflow: WorkflowJson,
	below: { model: NodeJson; memory?: NodeJson; tools?: readonly NodeJson[] },
	agent = 'AI Agent',
): WorkflowJson {
	const { model, memory, tools = [] } = below;
	const kinds: readonly (readonly [NodeJson, string])[] = [
		[model, 'ai_languageModel'],
		...(memory ? [[memory, 'ai_memory'] as const] : []),
		...tools.map((tool) => [tool, 'ai_tool'] as const),
	];
	const connections = { ...workflow.connections };
	for (const [each, type] of kinds)
		connections[each.name] = { [type]: [[{ node: agent, type, index: 0 }]] };
	const placed = kinds.map(
		([each], index): NodeJson => ({ ...each, position: [index * 160, 220] }),
	);
	return { ...workflow, nodes: [...workflow.nodes, ...placed], connections };
}
