import { AgentClubError } from './errors';

/**
 * The promise's own outcome, or CANCELLED as soon as the signal aborts; the promise goes on, and its later outcome is ignored.
 * @param what is not done any more, for the error: "The message was not sent"
 */
export async function unlessCancelled<T>(promise: Promise<T>, signal: AbortSignal | undefined, what: string): Promise<T> {
	if (!signal) return promise;
	let cancel = (): void => undefined;
	const cancelled = new Promise<never>((_resolve, reject) => {
		cancel = () => { reject(new AgentClubError('CANCELLED', `${what}: the execution was cancelled`)); };
	});
	signal.addEventListener('abort', cancel, { once: true });
	if (signal.aborted) cancel();
	try {
		return await Promise.race([promise, cancelled]);
	} finally {
		signal.removeEventListener('abort', cancel);
	}
}
