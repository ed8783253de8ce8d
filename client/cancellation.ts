import { AgentClubError } from './errors';

/**
 * The promise's own outcome, or CANCELLED as soon as the signal aborts; the promise goes on, and
 * its later outcome is ignored.
 * @param what is not done any more, for the error: "The message was not sent"
 */
export async function unlessCancelled<T>(
	promise: Promise<T>,
	signal: AbortSignal | undefined,
	what: string,
): Promise<T> {
	const outcome = await unlessAborted(promise, signal);
	if (outcome === ABORTED)
		throw new AgentClubError('CANCELLED', `${what}: the execution was cancelled`);
	return outcome;
}

/** What `unlessAborted` answers when the signal was faster. */
export const ABORTED = Symbol('aborted');

/**
 * The promise's own outcome, or ABORTED as soon as the signal aborts; the promise goes on, and its
 * later outcome is ignored.
 */
export async function unlessAborted<T>(
	promise: Promise<T>,
	signal: AbortSignal | undefined,
): Promise<T | typeof ABORTED> {
	if (!signal) return promise;
	let abort = (): void => undefined;
	const aborted = new Promise<typeof ABORTED>((resolve) => {
		abort = () => {
			resolve(ABORTED);
		};
	});
	signal.addEventListener('abort', abort, { once: true });
	if (signal.aborted) abort();
	try {
		return await Promise.race([promise, aborted]);
	} finally {
		signal.removeEventListener('abort', abort);
	}
}
