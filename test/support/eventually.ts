import { setTimeout as sleep } from 'node:timers/promises';

/** ms between two looks. */
const LOOK_EVERY = 100;

/**
 * Looks again and again until there is something, for what can only be asked and not awaited (n8n's
 * database, a page).
 *
 * @param what for the error: "3 executions of the workflow"
 * @param look undefined means "not yet"
 * @param deadline ms
 */
export async function eventually<T>(
	what: string,
	look: () => Promise<T | undefined>,
	deadline = 20_000,
): Promise<T> {
	const end = Date.now() + deadline;
	for (;;) {
		const seen = await look();
		if (seen !== undefined) return seen;
		if (Date.now() > end) throw new Error(`Still not there after ${deadline} ms: ${what}`);
		await sleep(LOOK_EVERY);
	}
}
