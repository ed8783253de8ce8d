import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * The server's command line, and a thread that ends the process when its standard input does. So no
 * server outlives a test run that is interrupted or killed.
 */
const PROGRAM = [
	'import os, sys, threading',
	'threading.Thread(target=lambda: (sys.stdin.buffer.read(), os._exit(0)), daemon=True).start()',
	'from agentclub.cli import main',
	'main(prog_name="agentclub")',
].join('\n');

const READY_WITHIN_MS = 30_000;
const ENDS_WITHIN_MS = 5_000;
const LOG_TAIL_LINES = 20;

/**
 * G1 and G2 take settings from the environment as well: a stray PORT or DEBUG of the shell must not
 * reach them.
 */
export function bareEnvironment(): NodeJS.ProcessEnv {
	const { PATH, HOME, TMPDIR } = process.env;
	return { PATH, HOME, ...(TMPDIR === undefined ? {} : { TMPDIR }), LANG: 'C.UTF-8' };
}

/** One life of `agentclub serve`. */
export class ServerProcess {
	private readonly child: ChildProcess;

	constructor(
		python: string,
		dataDir: string,
		readonly port: number,
		private readonly logFile: string,
	) {
		const log = openSync(logFile, 'a');
		this.child = spawn(
			python,
			['-I', '-u', '-c', PROGRAM, 'serve', '--data-dir', dataDir, '--port', String(port)],
			{ env: bareEnvironment(), stdio: ['pipe', log, log] },
		);
		closeSync(log);
	}

	/** Without a trailing slash. */
	get url(): string {
		return `http://127.0.0.1:${this.port}`;
	}

	/**
	 * Resolves when the server answers HTTP; throws with the end of its log when it ends before that,
	 * or takes too long.
	 */
	async ready(): Promise<void> {
		const deadline = performance.now() + READY_WITHIN_MS;
		while (!(await this.answers())) {
			if (this.ended) throw new Error(`the server ended while starting:\n${this.logTail()}`);
			if (performance.now() > deadline)
				throw new Error(`the server does not answer:\n${this.logTail()}`);
			await delay(50);
		}
	}

	private async answers(): Promise<boolean> {
		const question = fetch(`${this.url}/api/registration-status`, {
			signal: AbortSignal.timeout(2_000),
		});
		return await question.then(
			async (response) => (await response.text()).includes('allow_registration') && !this.ended,
			() => false,
		);
	}

	private get ended(): boolean {
		return this.child.exitCode !== null || this.child.signalCode !== null;
	}

	/** SIGTERM, and SIGKILL for a process that does not mind it. */
	async end(): Promise<void> {
		await this.signal('SIGTERM');
	}

	/** SIGKILL: no goodbye to anybody, as in a crash. */
	async kill(): Promise<void> {
		await this.signal('SIGKILL');
	}

	private async signal(signal: NodeJS.Signals): Promise<void> {
		if (this.ended) return;
		const exit = once(this.child, 'exit');
		const lastResort = setTimeout(() => this.child.kill('SIGKILL'), ENDS_WITHIN_MS);
		this.child.kill(signal);
		await exit;
		clearTimeout(lastResort);
	}

	/** The end of what the server printed; for error messages. */
	logTail(): string {
		return readFileSync(this.logFile, 'utf8')
			.trimEnd()
			.split('\n')
			.slice(-LOG_TAIL_LINES)
			.join('\n');
	}
}
