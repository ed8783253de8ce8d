import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/**
 * A bench of several processes is one program: each process is told by this word which part it
 * plays.
 */
const PART = '--part=';

/** Answers what the main part asks; what it throws reaches the asker. */
export type Answer = (request: never) => unknown;

interface Question {
	readonly number: number;
	readonly request: unknown;
}

interface Reply {
	readonly number: number;
	readonly value?: unknown;
	readonly problem?: string;
}

/** The same program again in another process, which answers questions. */
export class Partner<Request> {
	private readonly open = new Map<
		number,
		{ resolve: (value: unknown) => void; reject: (error: Error) => void }
	>();
	private asked = 0;

	private constructor(
		part: string,
		private readonly child: ChildProcess,
	) {
		child.on('message', ({ number, value, problem }: Reply) => {
			const waiting = this.open.get(number);
			this.open.delete(number);
			if (problem === undefined) waiting?.resolve(value);
			else waiting?.reject(new Error(`${part}: ${problem}`));
		});
		child.on('exit', () => {
			for (const { reject } of this.open.values())
				reject(new Error(`the process of "${part}" has ended`));
		});
	}

	/** @param nodeOptions for Node.js itself, `--cpu-prof` for example */
	static start<Request>(part: string, nodeOptions: readonly string[] = []): Partner<Request> {
		return new Partner(
			part,
			fork(process.argv[1] ?? '', [PART + part, ...process.argv.slice(2)], {
				execArgv: [...process.execArgv, ...nodeOptions],
			}),
		);
	}

	get pid(): number {
		return this.child.pid ?? 0;
	}

	/** @throws what the partner throws, and when its process ends */
	ask<Value>(request: Request): Promise<Value> {
		this.asked += 1;
		const question: Question = { number: this.asked, request };
		return new Promise<Value>((resolve, reject) => {
			this.open.set(question.number, { resolve: resolve as (value: unknown) => void, reject });
			this.child.send(question);
		});
	}

	async stop(): Promise<void> {
		if (this.child.exitCode !== null) return;
		const ended = once(this.child, 'exit');
		this.child.disconnect();
		await ended;
	}
}

/**
 * Plays the part that this process was started for, until the main part is over; answers false in
 * the main part.
 */
export async function playedPart(
	parts: Readonly<Record<string, () => Answer | Promise<Answer>>>,
): Promise<boolean> {
	const word = process.argv.find((argument) => argument.startsWith(PART));
	if (word === undefined) return false;
	const prepare = parts[word.slice(PART.length)];
	if (!prepare) throw new Error(`nobody plays "${word}"`);
	const answer = (await prepare()) as (request: unknown) => unknown;
	process.on('message', ({ number, request }: Question) => {
		void Promise.resolve()
			.then(() => answer(request))
			.then(
				(value) => ({ number, value }),
				(error: unknown) => ({ number, problem: String(error) }),
			)
			.then((reply: Reply) => process.send?.(reply));
	});
	await once(process, 'disconnect');
	process.exit();
}
