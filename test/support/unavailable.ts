/**
 * Something that tests need is not on this machine and npm cannot bring it; `message` says what,
 * and how to get it.
 */
export class Unavailable extends Error {
	constructor(what: string, remedy: string, cause?: unknown) {
		super(`${what} ${remedy}`, cause === undefined ? undefined : { cause });
		this.name = 'Unavailable';
	}
}

const announced = Symbol.for('n8n-nodes-agentclub.test.announced');

/**
 * Kept on the stream itself: jest gives every test file its own modules and globals, and one line
 * is enough for all of them.
 */
const notices = process.stderr as { [announced]?: Set<string> };

/**
 * Runs `start`; where it needs something that this machine lacks, says so on one line and answers
 * undefined: skip then. With `CI` set a missing thing is a failure, for a suite that skips itself
 * there proves nothing.
 */
export async function unlessUnavailable<T>(
	name: string,
	start: () => Promise<T>,
): Promise<T | undefined> {
	try {
		return await start();
	} catch (error) {
		if (!(error instanceof Unavailable) || process.env.CI) throw error;
		announce(`skipped: ${name}: ${error.message}\n`);
		return undefined;
	}
}

function announce(line: string): void {
	const lines = (notices[announced] ??= new Set());
	if (!lines.has(line)) process.stderr.write(line);
	lines.add(line);
}
