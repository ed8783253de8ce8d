import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdir, rm } from 'node:fs/promises';
import { get as httpGet } from 'node:http';
import { get as httpsGet } from 'node:https';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port';
import { installN8n, type N8nInstallation } from './install-n8n';
import { n8nEnvironment, type N8nPlace } from './n8n-environment';
import { ProcessOutput } from './process-output';

/**
 * ms for n8n to come up; the first start makes its database, and a busy machine with two cores took
 * 25 s for it.
 */
const START_DEADLINE = 180_000;
/** ms from the editor's coming up until n8n takes requests. */
const READY_DEADLINE = 30_000;
/** ms between two looks at it. */
const LOOK_EVERY = 100;
/** ms between SIGTERM and SIGKILL, a little more than n8n's own grace time of 30 s. */
const STOP_DEADLINE = 40_000;

const PACKAGE = 'n8n-nodes-agentclub';

/** In the place of a package's folder: as if somebody had deleted it. */
export const NO_PACKAGE = 'none';

export type N8nRole = 'main' | 'worker';

/** How each is started, and what it says when it is up. */
const ROLES: Record<N8nRole, { readonly args: readonly string[]; readonly ready: RegExp }> = {
	main: { args: ['start'], ready: /Editor is now accessible/ },
	worker: { args: ['worker'], ready: /n8n worker is now ready/ },
};

export interface N8nOptions {
	/** The user folder: database, settings, packages and log. Kept when n8n stops. */
	readonly folder: string;
	/**
	 * A folder with the built package: dist, package.json, index.js. Left out: an n8n without the
	 * package, unless n8n itself installs it.
	 */
	readonly packageFolder?: string;
	/** A free one when left out. */
	readonly port?: number;
	/** Environment variables on top of the hermetic ones. */
	readonly env?: Record<string, string>;
	/**
	 * `main` (when left out) has the editor and the triggers; a `worker` runs what the main puts into
	 * the queue.
	 */
	readonly role?: N8nRole;
	/** Hears what takes long before n8n can start (installing it). */
	readonly progress?: (line: string) => void;
	/** Stops what is going on before n8n is up; `start` then rejects and leaves nothing running. */
	readonly signal?: AbortSignal;
}

/**
 * One n8n as a process of its own, with the built package installed the way n8n finds community
 * packages.
 */
export class N8n {
	readonly output: ProcessOutput;
	private child: ChildProcess | undefined;
	/** Variables of the n8n that was started last. */
	private env: Record<string, string>;

	private constructor(
		private readonly options: N8nOptions,
		private readonly installation: N8nInstallation,
		private readonly place: N8nPlace,
	) {
		this.output = new ProcessOutput(join(options.folder, 'n8n.log'));
		this.env = options.env ?? {};
	}

	/**
	 * Installs n8n where that is missing, puts the package in its place, and resolves when the editor
	 * can be opened, or a worker takes work.
	 */
	static async start(options: N8nOptions): Promise<N8n> {
		const installation = await installN8n(options.progress, options.signal);
		await mkdir(options.folder, { recursive: true });
		const place = {
			folder: options.folder,
			port: options.port ?? (await freePort()),
			brokerPort: await freePort(),
		};
		const n8n = new N8n(options, installation, place);
		await n8n.startAgain();
		return n8n;
	}

	/** The user folder: n8n's own folder `.n8n` is in it. */
	get folder(): string {
		return this.place.folder;
	}

	/**
	 * `http://127.0.0.1:<port>`, without a slash at the end; the same after `startAgain`, unless its
	 * variables tell n8n to listen elsewhere.
	 */
	get address(): string {
		const { N8N_PROTOCOL = 'http', N8N_LISTEN_ADDRESS = '127.0.0.1' } = this.env;
		return `${N8N_PROTOCOL}://${N8N_LISTEN_ADDRESS}:${this.place.port}`;
	}

	private get role(): N8nRole {
		return this.options.role ?? 'main';
	}

	/** Whether the interface of n8n's own library for nodes has something of this name. */
	offers(name: string): boolean {
		const modules = join(dirname(this.installation.program), '..', '..');
		const types = join(modules, 'n8n-workflow', 'dist', 'cjs', 'interfaces.d.ts');
		return readFileSync(types, 'utf8').includes(name);
	}

	get isRunning(): boolean {
		return (
			this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null
		);
	}

	/**
	 * Starts n8n on the same folder and port, with the package as it is built now.
	 *
	 * @param env replaces the variables given to `start`
	 * @param packageFolder the package as it is built now, when left out; `NO_PACKAGE` takes away
	 * what is there
	 */
	async startAgain(
		env = this.options.env ?? {},
		packageFolder: string | undefined = this.options.packageFolder,
	): Promise<void> {
		if (this.isRunning) throw new Error('n8n is still running');
		this.env = env;
		if (packageFolder !== undefined) await this.installPackage(packageFolder);
		const since = this.output.position;
		const child = spawn(
			this.installation.node,
			[this.installation.program, ...ROLES[this.role].args],
			{
				cwd: this.place.folder,
				env: n8nEnvironment(this.place, env),
				stdio: ['ignore', 'pipe', 'pipe'],
				// A group of its own, so that kill() also reaches the task runners, and Ctrl-C in a
				// terminal reaches only us.
				detached: process.platform !== 'win32',
			},
		);
		this.child = child;
		this.output.follow(child.stdout);
		this.output.follow(child.stderr);
		await Promise.race([
			this.ready(since),
			exited(child).then(() => this.died()),
			aborted(this.options.signal),
		]).catch(async (error: unknown) => {
			await this.kill();
			throw error;
		});
	}

	/** Asks n8n to stop (SIGTERM), and ends it where it has not stopped in time. */
	async stop(): Promise<void> {
		const { child } = this;
		if (child === undefined || !this.isRunning) return;
		const gone = exited(child);
		child.kill('SIGTERM');
		const timeOut = new AbortController();
		const late = sleep(STOP_DEADLINE, 'late', { signal: timeOut.signal }).catch(() => 'aborted');
		const outcome = await Promise.race([gone, late]);
		timeOut.abort();
		if (outcome === 'late') await this.kill();
		else endGroup(child);
	}

	/** Ends n8n as a crash would: at once, with its task runners. */
	async kill(): Promise<void> {
		const { child } = this;
		if (child?.pid === undefined || !this.isRunning) return;
		const gone = exited(child);
		endGroup(child);
		await gone;
	}

	/**
	 * Lets n8n stand still, as a busy machine may, until the returned function is called. Not on
	 * Windows.
	 */
	freeze(): () => void {
		const { child } = this;
		child?.kill('SIGSTOP');
		return () => child?.kill('SIGCONT');
	}

	/** Resolves when it has ended, by itself or not. */
	async ended(): Promise<void> {
		if (this.child !== undefined && this.isRunning) await exited(this.child);
	}

	/** Calls back when the n8n that runs now ends, whatever the reason. */
	onExit(callback: () => void): void {
		this.child?.once('close', callback);
	}

	/** All of n8n's log, of every start. @throws Error where it is too long to be kept */
	log(): string {
		return this.output.all();
	}

	/** The last lines of n8n's log. */
	logTail(count?: number): string {
		return this.output.tail(count);
	}

	private async installPackage(packageFolder: string): Promise<void> {
		const target = join(this.place.folder, '.n8n', 'nodes', 'node_modules', PACKAGE);
		await rm(target, { recursive: true, force: true });
		if (packageFolder === NO_PACKAGE) return;
		for (const part of ['dist', 'package.json', 'index.js']) {
			await cp(join(packageFolder, part), join(target, part), { recursive: true });
		}
	}

	private async ready(since: number): Promise<void> {
		await this.output.waitFor(ROLES[this.role].ready, START_DEADLINE, since);
		if (this.role === 'worker') return;
		// A busy n8n says that its editor is there a moment before its database is.
		const end = Date.now() + READY_DEADLINE;
		for (;;) {
			const status = await statusOf(`${this.address}/healthz/readiness`);
			if (status === 200) return;
			if (Date.now() > end)
				throw new Error(`n8n started but is not healthy (${status}):\n${this.logTail()}`);
			await sleep(LOOK_EVERY);
		}
	}

	private died(): never {
		throw new Error(`n8n stopped while it was starting:\n${this.logTail()}`);
	}
}

/** The HTTP status of an address of n8n, which may have a certificate of its own making. */
function statusOf(url: string): Promise<number> {
	return new Promise((resolve, reject) => {
		const request = url.startsWith('https:')
			? httpsGet(url, { rejectUnauthorized: false })
			: httpGet(url);
		request.on('error', reject);
		request.on('response', (response) => {
			response.resume();
			resolve(response.statusCode ?? 0);
		});
	});
}

/** Ends whatever still runs of n8n and of the task runners that it has started. */
function endGroup(child: ChildProcess): void {
	if (process.platform === 'win32' || child.pid === undefined) {
		child.kill('SIGKILL');
		return;
	}
	try {
		process.kill(-child.pid, 'SIGKILL');
	} catch (error) {
		// All of them have ended already.
		if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
	}
}

/** Rejects when the signal aborts, and never otherwise. */
function aborted(signal: AbortSignal | undefined): Promise<never> {
	return new Promise((_resolve, reject) => {
		const stop = () => {
			reject(new Error('Stopped while n8n was starting'));
		};
		if (signal?.aborted) stop();
		else signal?.addEventListener('abort', stop, { once: true });
	});
}

/** Resolves when the program has ended and its output has been read. */
function exited(child: ChildProcess): Promise<string> {
	return new Promise((resolve) => {
		child.once('close', () => {
			resolve('gone');
		});
	});
}
