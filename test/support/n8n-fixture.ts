import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { N8n } from '../../playground/host/n8n-process';
import { N8nRest } from '../../playground/host/n8n-rest';
import type {
	ItemJson,
	NodeJson,
	Execution,
	ExecutionStatus,
	ExecutionSummary,
	WorkflowJson,
} from '../../playground/host/n8n-types';
import { CREDENTIAL_TYPE, type CredentialReference } from '../../playground/host/workflow-json';
import { eventually } from './eventually';

const ROOT = join(__dirname, '../..');
/** What every n8n of a test is started with. */
const DEBUG = { N8N_LOG_LEVEL: 'debug' };
const ENDED: readonly ExecutionStatus[] = ['success', 'error', 'crashed', 'canceled'];

/** What a credential of the package holds; see the contract. */
export interface CredentialData {
	serverUrl: string;
	agentToken: string;
	ignoreSslIssues?: boolean;
	useEnvironment?: boolean;
}

/** Under .playground/e2e, named after the test file. */
async function emptyFolder(process = ''): Promise<string> {
	const testFile = basename(expect.getState().testPath ?? 'test', '.test.ts');
	const folder = join(ROOT, '.playground', 'e2e', [testFile, process].filter(Boolean).join('-'));
	await rm(folder, { recursive: true, force: true });
	return folder;
}

/**
 * One n8n for a test file, on an empty folder, which stays under .playground/e2e for reading n8n's
 * log afterwards.
 */
export class N8nFixture {
	private constructor(
		readonly n8n: N8n,
		readonly rest: N8nRest,
	) {}

	/**
	 * Whether n8n can show an outage as a failed execution; 1.123 lacks that. Asked of its own
	 * library, so that a line that learns it has to show it.
	 */
	get hasFailedExecutions(): boolean {
		return this.n8n.offers('saveFailedExecution');
	}

	/** Whether n8n starts no second execution with the key of an earlier one; 1.123 has no keys. */
	get hasDeduplication(): boolean {
		return this.n8n.offers('deduplicationKey');
	}

	/**
	 * Whether n8n says that it has taken an answer before it looks at its limit of executions; 1.123
	 * does (docs/guarantees.md). No name in its library tells, so the reviews tell the lines apart.
	 */
	get saysEarlyThatItResumes(): boolean {
		return !this.n8n.offers('HitlResponse');
	}

	/** @param env environment variables for n8n, on top of the hermetic ones */
	static async start(env: Record<string, string> = {}): Promise<N8nFixture> {
		const n8n = await N8n.start({
			folder: await emptyFolder(),
			packageFolder: ROOT,
			env: { ...DEBUG, ...env },
		});
		return new N8nFixture(n8n, await N8nRest.signIn(n8n.address));
	}

	/** Starts an n8n into which the package still has to be installed; in a folder of that name. */
	static async startWithoutPackage(name: string, env: Record<string, string>): Promise<N8nFixture> {
		const folder = await emptyFolder(name);
		const n8n = await N8n.start({ folder, env: { ...DEBUG, ...env } });
		return new N8nFixture(n8n, await N8nRest.signIn(n8n.address));
	}

	/**
	 * Starts a worker for queue mode, with a folder and a copy of the package to itself.
	 *
	 * @param env as for the main
	 */
	static async startWorker(name: string, env: Record<string, string>): Promise<N8n> {
		return N8n.start({
			folder: await emptyFolder(name),
			packageFolder: ROOT,
			env: { ...DEBUG, ...env },
			role: 'worker',
		});
	}

	/** The same for a worker into which n8n still has to install the package. */
	static async startWorkerWithoutPackage(name: string, env: Record<string, string>): Promise<N8n> {
		const folder = await emptyFolder(name);
		return N8n.start({ folder, env: { ...DEBUG, ...env }, role: 'worker' });
	}

	/** The same n8n for a member, who may not use what is the owner's; once for an n8n. */
	async forMember(): Promise<N8nFixture> {
		return new N8nFixture(this.n8n, await this.rest.signInMember());
	}

	async stop(): Promise<void> {
		await this.n8n.stop();
		await this.n8n.output.close();
	}

	async credential(data: CredentialData, name = 'Club'): Promise<CredentialReference> {
		const { id } = await this.rest.createCredential(name, CREDENTIAL_TYPE, { ...data });
		return { id, name };
	}

	/**
	 * Creates a workflow and publishes it.
	 *
	 * @returns its id, when its triggers run
	 * @throws Error with what n8n says about a trigger that could not be started
	 */
	async publish(workflow: WorkflowJson): Promise<string> {
		const { id } = await this.rest.createWorkflow(workflow);
		const { status, triggers } = await this.rest.publish(id);
		if (status === 'published') return id;
		const reasons = triggers.map(({ errorMessage }) => errorMessage).filter(Boolean);
		throw new Error(
			`Publishing "${workflow.name}" ended as ${status}: ` +
				`${reasons.join('; ')}\n${this.n8n.logTail()}`,
		);
	}

	/**
	 * Waits until at least `count` executions of a workflow have ended.
	 *
	 * @param deadline ms
	 * @returns all of its executions that have ended, with their data, in the order in which they
	 * began
	 */
	async ended(workflowId: string, count: number, deadline = 20_000): Promise<Execution[]> {
		let seen: ExecutionSummary[] = [];
		const look = async () => {
			seen = await this.executions(workflowId);
			const ended = seen.filter(({ status }) => ENDED.includes(status));
			return ended.length >= count ? ended : undefined;
		};
		const ended = await eventually(
			`${count} ended executions of workflow ${workflowId}`,
			look,
			deadline,
		).catch((error: unknown) => {
			const states = seen.map(({ id, status }) => `${id} ${status}`).join(', ');
			throw new Error(
				`${(error as Error).message}; there are: ${states || 'none'}\n${this.n8n.logTail()}`,
			);
		});
		return Promise.all(ended.map(({ id }) => this.rest.execution(id)));
	}

	/** A workflow's executions as they are now, oldest first, without their data. */
	async executions(workflowId: string): Promise<ExecutionSummary[]> {
		const newestFirst = await this.rest.executions({ workflowId });
		return newestFirst.sort((a, b) => Number(a.id) - Number(b.id));
	}

	/** Waits until a workflow has `count` executions in a state, running ones for instance. */
	async inState(
		workflowId: string,
		state: ExecutionStatus,
		count = 1,
		deadline = 20_000,
	): Promise<ExecutionSummary[]> {
		const look = async () => {
			const there = (await this.executions(workflowId)).filter(({ status }) => status === state);
			return there.length >= count ? there : undefined;
		};
		return eventually(
			`${count} executions of workflow ${workflowId} in the state "${state}"`,
			look,
			deadline,
		);
	}

	/** Publishes a new version of a workflow that is published already. */
	async publishAgain(id: string, workflow: WorkflowJson): Promise<void> {
		await this.rest.updateWorkflow(id, workflow);
		const { status } = await this.rest.publish(id);
		if (status !== 'published')
			throw new Error(
				`Publishing "${workflow.name}" again ended as ${status}\n${this.n8n.logTail()}`,
			);
	}

	/** How often a text stands in n8n's log. */
	timesLogged(text: string): number {
		return this.n8n.log().split(text).length - 1;
	}

	/** Waits until a text stands in n8n's log, so many times. */
	async logged(text: string, times = 1, deadline = 30_000): Promise<void> {
		const look = () => Promise.resolve(this.timesLogged(text) >= times || undefined);
		await eventually(`"${text}" ${times} times in n8n's log`, look, deadline);
	}

	/** The first line of n8n's log with a text in it. */
	async lineWith(text: string): Promise<string> {
		await this.logged(text);
		const lines = this.n8n.log().split('\n');
		return lines.find((line) => line.includes(text)) ?? '';
	}

	/** The bytes of an item's file: in n8n's storage, or (n8n 1.123) in the item itself. */
	async binary(item: ItemJson | undefined, property = 'data'): Promise<Buffer> {
		const file = item?.binary?.[property];
		if (!file) throw new Error(`The item has no file "${property}"`);
		return file.id === undefined ? Buffer.from(file.data, 'base64') : this.rest.binary(file.id);
	}

	/** The choices that the editor loads for a field of a node. */
	async loadOptions(of: NodeJson, method: string): Promise<unknown> {
		return this.rest.request('POST', '/rest/dynamic-node-parameters/options', {
			nodeTypeAndVersion: { name: of.type, version: of.typeVersion },
			path: 'parameters',
			methodName: method,
			currentNodeParameters: of.parameters,
			credentials: of.credentials,
		});
	}
}
