import { createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';

/** Lines. */
const KEPT = 100_000;

interface Waiting {
	readonly pattern: RegExp;
	readonly found: (line: string) => void;
}

/**
 * What a program wrote: the last lines, a file with all of them, and somebody who waits for one.
 */
export class ProcessOutput {
	private readonly lines: string[] = [];
	private dropped = 0;
	private readonly waiting = new Set<Waiting>();
	private readonly file: WriteStream;

	/** @param kept lines in memory, at most; the file has them all */
	constructor(
		path: string,
		private readonly kept = KEPT,
	) {
		this.file = createWriteStream(path, { flags: 'a' });
	}

	/** How many lines there have been; a place to wait from. */
	get position(): number {
		return this.dropped + this.lines.length;
	}

	/** Reads a program's output to its end. */
	follow(stream: Readable): void {
		createInterface({ input: stream }).on('line', (line) => {
			this.add(line);
		});
	}

	/**
	 * Every line, to look for one in.
	 * @throws Error where some are not kept: a look in the rest would miss them
	 */
	all(): string {
		if (this.dropped > 0)
			throw new Error(`Of ${this.position} lines only the last ${this.kept} are kept`);
		return this.lines.join('\n');
	}

	tail(count = 40): string {
		return this.lines.slice(-count).join('\n');
	}

	/**
	 * The first line from now on (or from an earlier `position`) that matches.
	 *
	 * @throws Error with the last lines when none came within `deadline` ms
	 */
	async waitFor(pattern: RegExp, deadline: number, since = this.position): Promise<string> {
		const there = this.lines
			.slice(Math.max(0, since - this.dropped))
			.find((line) => pattern.test(line));
		if (there !== undefined) return there;
		return new Promise((resolve, reject) => {
			const entry = { pattern, found: resolve };
			const timer = setTimeout(() => {
				this.waiting.delete(entry);
				reject(
					new Error(
						`No line matched ${pattern} within ${deadline} ms. The last ` + `ones:\n${this.tail()}`,
					),
				);
			}, deadline);
			// A program that has ended writes nothing more: then nobody is kept alive for this.
			timer.unref();
			entry.found = (line) => {
				clearTimeout(timer);
				this.waiting.delete(entry);
				resolve(line);
			};
			this.waiting.add(entry);
		});
	}

	/** Resolves when the file is written. */
	async close(): Promise<void> {
		this.file.end();
		if (!this.file.closed) await once(this.file, 'close');
	}

	private add(line: string): void {
		this.file.write(`${line}\n`);
		this.lines.push(line);
		if (this.lines.length > this.kept) {
			this.lines.shift();
			this.dropped += 1;
		}
		for (const { pattern, found } of this.waiting) if (pattern.test(line)) found(line);
	}
}
