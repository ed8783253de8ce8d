import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildWhenStale } from '../../playground/host/build-when-stale';
import { N8n } from '../../playground/host/n8n-process';
import { N8nRest } from '../../playground/host/n8n-rest';
import type { WorkflowJson } from '../../playground/host/n8n-types';

const ROOT = process.env.AGENTCLUB_REPOSITORY ?? process.cwd();

/** With `--profile`, Node.js writes where the processor time of n8n went. */
const PROFILE: Record<string, string> = process.argv.includes('--profile')
	? { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${join(ROOT, '.playground', 'profiles')}` }
	: {};

/** What n8n's hook tells, see execution-hook.js. */
export interface Mark {
	readonly what: 'ready' | 'begin' | 'end';
	readonly workflowId?: string;
	/** See `wallTime`. */
	readonly at: number;
	/** ms of processor time that n8n's main process has taken since its start. */
	readonly cpu: number;
	/** ms since the start of n8n's main process. */
	readonly age: number;
	/** Bytes of memory that it takes, as the operating system counts them. */
	readonly rss: number;
}

type Listener = (mark: Mark) => void;

/**
 * Hears when n8n is up, and when its executions begin and end: the same clock for whatever starts
 * them.
 */
export class Stopwatch {
	private readonly listeners = new Set<Listener>();

	private constructor(private readonly server: Server) {
		server.on('connection', (socket) => {
			socket.on('error', () => undefined);
			createInterface({ input: socket }).on('line', (line) => {
				const mark = JSON.parse(line) as Mark;
				for (const hear of this.listeners) hear(mark);
			});
		});
	}

	static async start(): Promise<Stopwatch> {
		const server = createServer().listen(0, '127.0.0.1');
		await once(server, 'listening');
		return new Stopwatch(server);
	}

	/**
	 * What makes n8n tell. The last one has the hook called when an execution has really begun, after
	 * its row was written.
	 */
	get env(): Record<string, string> {
		return {
			EXTERNAL_HOOK_FILES: join(ROOT, 'bench', 'support', 'execution-hook.js'),
			AGENTCLUB_BENCH_PORT: String((this.server.address() as AddressInfo).port),
			N8N_PRE_EXECUTE_ERROR_CREATES_EXECUTION: 'true',
		};
	}

	/** Resolves with the next so many marks of a kind, in their order. */
	next(what: Mark['what'], count = 1, workflowId?: string): Promise<Mark[]> {
		return new Promise((resolve) => {
			const marks: Mark[] = [];
			const hear = (mark: Mark) => {
				if (mark.what !== what || mark.workflowId !== workflowId) return;
				marks.push(mark);
				if (marks.length < count) return;
				this.listeners.delete(hear);
				resolve(marks);
			};
			this.listeners.add(hear);
		});
	}

	stop(): void {
		this.server.close();
	}
}

/**
 * An n8n on an empty folder (SQLite, regular mode), with the package unless told otherwise, which
 * tells the clock what it does.
 */
export class N8nUnderClock {
	private constructor(
		readonly n8n: N8n,
		readonly clock: Stopwatch,
		/** Of its first start, in which it made its database. */
		readonly ready: Mark,
		private readonly folder: string,
	) {}

	static async start({ withPackage = true } = {}): Promise<N8nUnderClock> {
		await buildWhenStale(ROOT, console.log);
		const folder = await mkdtemp(join(tmpdir(), 'agentclub-bench-'));
		const clock = await Stopwatch.start();
		const [[ready], n8n] = await Promise.all([
			clock.next('ready'),
			N8n.start({
				folder,
				...(withPackage && { packageFolder: ROOT }),
				env: { ...clock.env, ...PROFILE },
				progress: console.log,
			}),
		]);
		if (!ready) throw new Error('n8n did not say that it is ready');
		return new N8nUnderClock(n8n, clock, ready, folder);
	}

	/** A function that publishes a workflow there and answers its id. */
	async publisher(): Promise<{
		readonly rest: N8nRest;
		readonly publish: (workflow: WorkflowJson) => Promise<string>;
	}> {
		const rest = await N8nRest.signIn(this.n8n.address);
		const publish = async (workflow: WorkflowJson) => {
			const { id } = await rest.createWorkflow(workflow);
			const { status, triggers } = await rest.publish(id);
			if (status !== 'published')
				throw new Error(
					`"${workflow.name}" could not be published: ` +
						triggers.map(({ errorMessage }) => errorMessage ?? '').join('; '),
				);
			return id;
		};
		return { rest, publish };
	}

	async stop(): Promise<void> {
		await this.n8n.stop();
		await this.n8n.output.close();
		this.clock.stop();
		await rm(this.folder, { recursive: true, force: true });
	}
}
