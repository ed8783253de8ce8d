import { setTimeout as sleep } from 'node:timers/promises';
import type {
	Execution,
	ExecutionSummary,
	PublicationStatus,
	WorkflowJson,
	WorkflowRecord,
} from './n8n-types';
import { unflatten } from './unflatten';

/** The one user of a playground n8n. It listens on this machine only. */
export const OWNER = {
	email: 'owner@playground.example',
	firstName: 'Play',
	lastName: 'Ground',
	password: 'Playground1',
};

/** A member of the same n8n, who may not use what is the owner's. */
const MEMBER = {
	email: 'member@playground.example',
	firstName: 'Team',
	lastName: 'Member',
	password: 'Playground1',
};

/** ms between two looks at something that n8n tells nobody about. */
const LOOK_EVERY = 100;
/** Executions in a page of n8n's list, which gives no more. */
const PAGE = 100;

/** What n8n answered instead of doing what it was asked to. */
export class N8nRestError extends Error {
	constructor(
		readonly status: number,
		readonly said: string,
		request: string,
	) {
		super(`${request}: ${status} ${said}`);
		this.name = 'N8nRestError';
	}
}

/** Of an execution that a crash has cut off between its row and its data; n8n 1.123 says so. */
export function isWithoutData(error: unknown): boolean {
	return (
		error instanceof N8nRestError && error.status === 500 && error.said.includes("reading 'data'")
	);
}

/**
 * The part of the editor's own HTTP interface (n8n 2.41 and 1.123, `/rest/...`) that the
 * playground and the end-to-end tests need.
 */
export class N8nRest {
	private cookie = '';
	/** Over when nothing is being changed. */
	private writes: Promise<unknown> = Promise.resolve();

	private constructor(private readonly address: string) {}

	/** Signs in as the owner, who is set up first on a new n8n. */
	static async signIn(address: string): Promise<N8nRest> {
		const rest = new N8nRest(address);
		try {
			await rest.request('POST', '/rest/owner/setup', OWNER);
		} catch (error) {
			if (!(error instanceof N8nRestError) || error.status !== 400) throw error;
			await rest.request('POST', '/rest/login', {
				emailOrLdapLoginId: OWNER.email,
				password: OWNER.password,
			});
		}
		return rest;
	}

	/** Invites a member, and signs in as that person; once for an n8n. */
	async signInMember(): Promise<N8nRest> {
		const { email, ...person } = MEMBER;
		const role = 'global:member';
		const [invited] = (await this.request('POST', '/rest/invitations', [{ email, role }])) as {
			user: { inviteAcceptUrl: string };
		}[];
		const invitation = new URL(invited?.user.inviteAcceptUrl ?? '').searchParams;
		const inviteeId = invitation.get('inviteeId');
		const member = new N8nRest(this.address);
		// 2.41 invites with a token, 1.123 with the ids of both.
		await member.request(
			'POST',
			`/rest/invitations/${inviteeId === null ? '' : `${inviteeId}/`}accept`,
			{ ...person, ...Object.fromEntries(invitation) },
		);
		return member;
	}

	async createCredential(
		name: string,
		type: string,
		data: Record<string, unknown>,
	): Promise<{ id: string; name: string }> {
		return (await this.write('POST', '/rest/credentials', { name, type, data })) as {
			id: string;
			name: string;
		};
	}

	async updateCredential(
		id: string,
		name: string,
		type: string,
		data: Record<string, unknown>,
	): Promise<void> {
		await this.write('PATCH', `/rest/credentials/${id}`, { name, type, data });
	}

	/** The verdict that the editor shows when a credential is saved. */
	async testCredential(
		id: string,
		name: string,
		type: string,
		data: Record<string, unknown>,
	): Promise<{ status: 'OK' | 'Error'; message: string }> {
		const answer = await this.request('POST', '/rest/credentials/test', {
			credentials: { id, name, type, data },
		});
		return answer as { status: 'OK' | 'Error'; message: string };
	}

	async createWorkflow(workflow: WorkflowJson): Promise<WorkflowRecord> {
		// n8n 1.123 wants to be told that it is not active.
		const body = { ...workflow, active: false };
		return (await this.write('POST', '/rest/workflows', body)) as WorkflowRecord;
	}

	/** Saves a draft; what is published stays as it is until `publish`. */
	async updateWorkflow(id: string, workflow: WorkflowJson): Promise<WorkflowRecord> {
		return (await this.write('PATCH', `/rest/workflows/${id}`, workflow)) as WorkflowRecord;
	}

	async workflow(id: string): Promise<WorkflowRecord> {
		return (await this.request('GET', `/rest/workflows/${id}`)) as WorkflowRecord;
	}

	/**
	 * Publishes a workflow's newest version and waits until n8n has started its triggers, or given up
	 * on them.
	 *
	 * @throws N8nRestError (400) when n8n refuses, for instance for an empty required parameter
	 */
	async publish(id: string): Promise<PublicationStatus> {
		const { versionId } = await this.workflow(id);
		await this.write('POST', `/rest/workflows/${id}/activate`, { versionId });
		for (;;) {
			const status = await this.publicationStatus(id);
			if (status.status !== 'in_progress' && status.liveVersionId === versionId) return status;
			if (status.status === 'failed' || status.status === 'partial') return status;
			await sleep(LOOK_EVERY);
		}
	}

	async publicationStatus(id: string): Promise<PublicationStatus> {
		try {
			return (await this.request(
				'GET',
				`/rest/workflows/${id}/publication-status`,
			)) as PublicationStatus;
		} catch (error) {
			if (!(error instanceof N8nRestError) || error.status !== 404) throw error;
		}
		// n8n 1.123 has no such route: it has started or closed the triggers when it answers, and says
		// what went wrong instead.
		const { activeVersionId } = await this.workflow(id);
		return {
			status: activeVersionId === null ? 'not_published' : 'published',
			liveVersionId: activeVersionId,
			triggers: [],
		};
	}

	/** Takes a workflow out of service and waits until its triggers are closed. */
	async deactivate(id: string): Promise<void> {
		await this.request('POST', `/rest/workflows/${id}/deactivate`, {});
		while ((await this.publicationStatus(id)).status !== 'not_published') await sleep(LOOK_EVERY);
	}

	/**
	 * The newest `PAGE` executions, newest first, running ones among them. n8n asks for those that
	 * run and then for those that have ended: one that ends in between comes twice.
	 */
	async executions(
		filter: { workflowId?: string; status?: string[] } = {},
	): Promise<ExecutionSummary[]> {
		const query = new URLSearchParams({ limit: `${PAGE}`, filter: JSON.stringify(filter) });
		const { results } = (await this.request('GET', `/rest/executions?${query.toString()}`)) as {
			results: ExecutionSummary[];
		};
		return [...new Map(results.map((each) => [each.id, each])).values()];
	}

	/**
	 * All executions of a workflow, however many there are. n8n 2.41.1 sorts its pages by the start
	 * of executions and cuts them by id. Those that waited long for their start come twice, or not at
	 * all. n8n 1.123 gives one page. So the ids that were not listed are asked for one by one.
	 */
	async allExecutions(workflowId: string): Promise<ExecutionSummary[]> {
		const all = await this.listedExecutions(workflowId);
		const newest = Math.max(...[...all.keys()].map(Number), 0) + PAGE;
		for (let id = 1; id <= newest; id += 1) {
			const unlisted = all.has(`${id}`) ? undefined : await this.summaryIfThere(`${id}`);
			if (unlisted?.workflowId === workflowId) all.set(unlisted.id, unlisted);
		}
		return [...all.values()];
	}

	/** n8n answers without data where there is no such execution. */
	private async summaryIfThere(id: string): Promise<ExecutionSummary | undefined> {
		try {
			return (await this.request('GET', `/rest/executions/${id}`)) as ExecutionSummary | undefined;
		} catch (error) {
			if (isWithoutData(error)) return undefined;
			throw error;
		}
	}

	private async listedExecutions(workflowId: string): Promise<Map<string, ExecutionSummary>> {
		const all = new Map<string, ExecutionSummary>();
		const query = new URLSearchParams({
			limit: `${PAGE}`,
			filter: JSON.stringify({ workflowId }),
		});
		for (;;) {
			const page = await this.request('GET', `/rest/executions?${query.toString()}`);
			const { results, nextCursor } = page as {
				results: ExecutionSummary[];
				nextCursor: string | null;
			};
			for (const each of results) all.set(each.id, each);
			if (!nextCursor) return all;
			query.set('cursor', nextCursor);
		}
	}

	/** One execution with the data of its nodes. */
	async execution(id: string): Promise<Execution> {
		const record = (await this.request('GET', `/rest/executions/${id}`)) as Omit<
			Execution,
			'data'
		> & { data: string };
		return { ...record, data: unflatten(record.data) as Execution['data'] };
	}

	/**
	 * "Execute step" or "Execute workflow" from a trigger; resolves with the execution's id while the
	 * trigger is still listening.
	 */
	async runManually(
		workflowId: string,
		triggerName: string,
		destinationNode?: string,
	): Promise<string> {
		const body = {
			// 2.41 knows the workflow by its id; 1.123 wants to be given it.
			workflowData: await this.workflow(workflowId),
			triggerToStartFrom: { name: triggerName },
			...(destinationNode !== undefined && {
				destinationNode: { nodeName: destinationNode, mode: 'inclusive' },
			}),
		};
		const { executionId } = (await this.request(
			'POST',
			`/rest/workflows/${workflowId}/run`,
			body,
		)) as { executionId: string };
		return executionId;
	}

	async stopExecution(id: string): Promise<void> {
		await this.request('POST', `/rest/executions/${id}/stop`, {});
	}

	/** Takes away what n8n has of an execution, also of one that waits. */
	async deleteExecution(id: string): Promise<void> {
		await this.request('POST', '/rest/executions/delete', { ids: [id] });
	}

	/** The bytes of a file in n8n's binary storage. */
	async binary(id: string): Promise<Buffer> {
		const query = new URLSearchParams({ id, action: 'download' });
		const response = await fetch(`${this.address}/rest/binary-data?${query.toString()}`, {
			headers: { cookie: this.cookie },
		});
		if (!response.ok)
			throw new N8nRestError(response.status, await response.text(), 'GET /rest/binary-data');
		return Buffer.from(await response.arrayBuffer());
	}

	/**
	 * What is changed, one after another: n8n 1.123 mixes up the transactions of requests that come
	 * at the same time.
	 */
	private write(method: string, path: string, body: unknown): Promise<unknown> {
		const writing = this.writes.then(() => this.request(method, path, body));
		this.writes = writing.catch(() => undefined);
		return writing;
	}

	/** Any route: resolves with what stands under `data` in the answer. */
	async request(method: string, path: string, body?: unknown): Promise<unknown> {
		const response = await fetch(`${this.address}${path}`, {
			method,
			headers: { 'content-type': 'application/json', cookie: this.cookie },
			...(body !== undefined && { body: JSON.stringify(body) }),
		});
		const session = response.headers.getSetCookie().find((each) => each.startsWith('n8n-auth='));
		if (session !== undefined) this.cookie = session.split(';')[0] ?? '';
		const text = await response.text();
		if (!response.ok) throw new N8nRestError(response.status, text, `${method} ${path}`);
		return (JSON.parse(text) as { data: unknown }).data;
	}
}
