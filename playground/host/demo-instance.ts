import { readFile, writeFile } from 'node:fs/promises';
import { N8nRest, N8nRestError } from './n8n-rest';
import type { WorkflowJson } from './n8n-types';
import {
	actionNode,
	chain,
	CREDENTIAL_TYPE,
	type CredentialReference,
	triggerNode,
} from './workflow-json';

const CREDENTIAL_NAME = 'Agent Club of the playground';

/** Where the demo's agent connects to. */
export interface AgentAccess {
	readonly serverUrl: string;
	readonly agentToken: string;
}

/** What an earlier start made in the same n8n. */
interface Made {
	readonly credentialId: string;
	readonly workflowId: string;
	readonly access: AgentAccess;
}

/**
 * Tries the agent's access the way the editor does when a credential is saved.
 *
 * @returns what the editor would say of it
 * @throws Error with the reason, when the server cannot be reached or refuses the token
 */
export async function checkAccess(rest: N8nRest, access: AgentAccess): Promise<string> {
	const { status, message } = await rest.testCredential('', CREDENTIAL_NAME, CREDENTIAL_TYPE, {
		...access,
	});
	if (status !== 'OK') throw new Error(`${access.serverUrl}: ${message}`);
	return message;
}

/**
 * Makes the credential and the demo workflow in a running n8n and publishes it. What an earlier
 * start made, and its user may have changed since, is kept, but for the server's address and the
 * token.
 *
 * @param notes a file that remembers the ids from one start to the next
 * @throws Error with what n8n says when the workflow cannot be published
 */
export async function prepareDemo(
	rest: N8nRest,
	access: AgentAccess,
	notes: string,
): Promise<void> {
	const earlier = await recall(rest, notes);
	if (earlier === undefined) {
		const made = await makeDemo(rest, access);
		await writeFile(notes, JSON.stringify({ ...made, access }));
		return;
	}
	if (JSON.stringify(earlier.access) !== JSON.stringify(access)) {
		await rest.updateCredential(earlier.credentialId, CREDENTIAL_NAME, CREDENTIAL_TYPE, {
			...access,
		});
		await writeFile(notes, JSON.stringify({ ...earlier, access }));
		// A trigger reads its credential when it connects, and may be waiting for the old server.
		await rest.deactivate(earlier.workflowId);
		await publish(rest, earlier.workflowId);
	}
}

async function makeDemo(rest: N8nRest, access: AgentAccess): Promise<Omit<Made, 'access'>> {
	const { id: credentialId } = await rest.createCredential(CREDENTIAL_NAME, CREDENTIAL_TYPE, {
		...access,
	});
	const { id: workflowId } = await rest.createWorkflow(
		demoWorkflow({ id: credentialId, name: CREDENTIAL_NAME }),
	);
	await publish(rest, workflowId);
	return { credentialId, workflowId };
}

/**
 * Answers people, in groups when they mention the agent: repeats what they wrote, and mentions
 * them.
 */
export function demoWorkflow(credential: CredentialReference): WorkflowJson {
	const trigger = triggerNode(credential, { allowFrom: ['*'], allowFromKind: ['human'] });
	const answer = actionNode(credential, {
		resource: 'message',
		operation: 'send',
		sendTo: 'triggeringChat',
		text: '=<at user_id="{{ $json.sender.id }}">{{ $json.sender.name }}</at> {{ $json.plainText }}',
	});
	return chain('Agent Club demo', [trigger, answer]);
}

async function publish(rest: N8nRest, workflowId: string): Promise<void> {
	const { status, triggers } = await rest.publish(workflowId);
	if (status === 'published') return;
	throw new Error(
		'The demo workflow could not be published: ' +
			triggers.map((each) => each.errorMessage ?? each.status).join('; '),
	);
}

/** Undefined on the first start, and when its user has deleted the workflow. */
async function recall(rest: N8nRest, notes: string): Promise<Made | undefined> {
	const text = await readFile(notes, 'utf8').catch(() => undefined);
	if (text === undefined) return undefined;
	const made = JSON.parse(text) as Made;
	try {
		const { isArchived } = (await rest.workflow(made.workflowId)) as { isArchived?: boolean };
		return isArchived ? undefined : made;
	} catch (error) {
		if (error instanceof N8nRestError) return undefined;
		throw error;
	}
}
