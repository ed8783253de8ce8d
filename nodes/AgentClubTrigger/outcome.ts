import type { IRun } from 'n8n-workflow';
import type { Outcome } from '../../client/inbound/lanes/settlement';

/** How n8n says that an execution ended, in the words of the inbox. */

/** n8n ended the execution before it began: its row says why, and the promise finds it gone. */
const ENDED_BEFORE_IT_BEGAN = 'ExecutionNotFoundError';

/**
 * @param run undefined if the deduplication key was known, so that the message has had its
 * execution. Without a key the execution left no record
 */
export function outcomeOf(run: IRun | undefined, hadKey: boolean): Outcome {
	if (!run) return hadKey ? 'success' : 'failed';
	switch (run.status) {
		case 'success':
		case 'waiting':
			return 'success';
		case 'canceled':
			return outcomeOfCanceled(run);
		default:
			return 'failed';
	}
}

/**
 * A rejection is the reason of a cancellation, or says that the execution was over before it began.
 * Anything else means that no execution could be created.
 * @throws the error itself in that case
 */
export function outcomeOfRejection(error: unknown): Outcome {
	const outcome = outcomeOfCancellation(error);
	if (outcome) return outcome;
	if (error instanceof Error && namesOf(error).includes(ENDED_BEFORE_IT_BEGAN)) return 'failed';
	throw error;
}

/** The status also stands for a node's own error whose text has "canceled" in it. */
function outcomeOfCanceled(run: IRun): Outcome {
	const error: unknown = (run as Partial<IRun>).data?.resultData.error;
	return error ? (outcomeOfCancellation(error) ?? 'failed') : 'stopped';
}

/** Undefined for an error that is no cancellation of the execution. */
function outcomeOfCancellation(error: unknown): Outcome | undefined {
	switch (reasonOf(error)) {
		case 'manual':
			return 'stopped';
		case 'timeout':
			return 'failed';
		case 'shutdown':
			return 'shutdown';
		default:
			return undefined;
	}
}

/** What comes from a worker has lost its class and its fields: there the text tells. */
function reasonOf(error: unknown): unknown {
	if (typeof error !== 'object' || error === null) return undefined;
	const { reason, message } = error as { readonly reason?: unknown; readonly message?: unknown };
	if (reason !== undefined || typeof message !== 'string') return reason;
	if (!message.startsWith('The execution was cancelled')) return undefined;
	if (message.includes('timed out')) return 'timeout';
	return message.includes('shutting down') ? 'shutdown' : 'manual';
}

/** By name: the class itself is not for nodes, and each n8n has its own. */
function namesOf(error: Error): string[] {
	return [error.name, error.constructor.name];
}
