import { type ChildProcess, spawn } from 'node:child_process';
import { ProcessOutput } from '../../playground/host/process-output';
import { processTree } from './process-tree';

/**
 * Runs a program and ends it by a signal when its own standard input ends: whatever becomes of the
 * test run, no database outlives it. The program gets no input of its own.
 */
const GUARD = [
	'signal=$1; shift; "$@" & program=$!; read -r nothing',
	// A frozen one hears nothing.
	'kill -CONT $program $(ps -o pid= --ppid $program); kill -$signal $program; wait $program',
].join('\n');

/** ms until a program must have said that it is ready. */
const READY_WITHIN = 60_000;

export interface GuardedProgram {
	/** The program and its arguments. */
	readonly command: readonly [string, ...string[]];
	/** A line of its output that says that it can be used. */
	readonly ready: RegExp;
	readonly cwd: string;
	/** Where its output goes. */
	readonly logFile: string;
	/** Another user's numbers, where the program refuses to run as root. */
	readonly user?: { readonly uid: number; readonly gid: number };
	/** What ends it quickly and in order; SIGINT when left out. */
	readonly stopSignal?: 'INT' | 'TERM';
}

/**
 * A server of the machine's own (a database for instance) as a private process of a test, which can
 * be killed and started again.
 */
export class GuardedProcess {
	private readonly output: ProcessOutput;
	private child: ChildProcess | undefined;

	constructor(private readonly program: GuardedProgram) {
		this.output = new ProcessOutput(program.logFile);
	}

	/**
	 * Resolves when the program is ready.
	 * @throws Error with the last lines of its output when it does not become so
	 */
	async start(): Promise<void> {
		const { command, cwd, user, ready, stopSignal = 'INT' } = this.program;
		const since = this.output.position;
		// A group of its own, so that kill() reaches the program behind the guard.
		const child = spawn('/bin/sh', ['-c', GUARD, 'guard', stopSignal, ...command], {
			cwd,
			...user,
			stdio: ['pipe', 'pipe', 'pipe'],
			detached: true,
		});
		this.child = child;
		this.output.follow(child.stdout);
		this.output.follow(child.stderr);
		await this.output.waitFor(ready, READY_WITHIN, since);
	}

	/** Ends it in order. */
	async stop(): Promise<void> {
		await this.end((child) => child.stdin?.end());
	}

	/** Ends it as a crash would. */
	async kill(): Promise<void> {
		await this.end(({ pid }) => {
			if (pid !== undefined) process.kill(-pid, 'SIGKILL');
		});
	}

	/**
	 * Lets the program stand still with all that it has started, until the returned function is
	 * called. It keeps its connections, takes new ones, and answers none of them.
	 */
	freeze(): () => void {
		const guard = this.child?.pid;
		const pids = guard === undefined ? [] : processTree(guard).filter((pid) => pid !== guard);
		const signal = (name: NodeJS.Signals) => {
			for (const pid of pids) process.kill(pid, name);
		};
		signal('SIGSTOP');
		return () => {
			signal('SIGCONT');
		};
	}

	private async end(how: (child: ChildProcess) => void): Promise<void> {
		const { child } = this;
		if (!child) return;
		this.child = undefined;
		const gone = new Promise((resolve) => child.once('close', resolve));
		how(child);
		await gone;
	}
}
