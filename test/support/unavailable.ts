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

/** What `skipping-environment.js` gives to tests. */
const SKIP = Symbol.for('n8n-nodes-agentclub.test.skip');
const environment = globalThis as { [SKIP]?: () => void };

const announced = Symbol.for('n8n-nodes-agentclub.test.announced');

/**
 * Kept on the stream itself: jest gives every test file its own modules and globals, and one line
 * is enough for all of them.
 */
const notices = process.stderr as { [announced]?: Set<string> };

/**
 * For a `beforeAll`: runs `start`. Where it needs something that this machine lacks, it says so on
 * one line, answers undefined, and jest counts the tests of the `describe` as skipped. With `CI`
 * set a missing thing is a failure, because a suite that skips itself there proves nothing.
 *
 * @throws Error elsewhere than in a `beforeAll`, where nothing can be skipped any more
 */
export async function unlessUnavailable<T>(
	name: string,
	start: () => Promise<T>,
): Promise<T | undefined> {
	try {
		return await start();
	} catch (error) {
		if (!(error instanceof Unavailable) || process.env.CI) throw error;
		if (!environment[SKIP]) throw error;
		environment[SKIP]();
		announce(`skipped: ${name}: ${error.message}\n`);
		return undefined;
	}
}

function announce(line: string): void {
	const lines = (notices[announced] ??= new Set());
	if (!lines.has(line)) process.stderr.write(line);
	lines.add(line);
}
