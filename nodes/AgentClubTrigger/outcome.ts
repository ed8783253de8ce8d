import type { IRun } from 'n8n-workflow';
import type { Outcome } from '../../client/inbound/lanes/settlement';

/** How n8n says that an execution ended, in the words of the inbox. */

/** @param run undefined where the deduplication key was known: the message has had its execution */
export function outcomeOf(run: IRun | undefined): Outcome {
	if (!run) return 'success';
	switch (run.status) {
		case 'success':
		case 'waiting':
			return 'success';
		case 'canceled':
			return 'stopped';
		default:
			return 'failed';
	}
}

/**
 * n8n rejects with the reason of a cancellation, and with anything else when no execution could be
 * created (measured).
 */
export function outcomeOfRejection(error: unknown): Outcome {
	const reason =
		typeof error === 'object' && error !== null
			? (error as { reason?: unknown }).reason
			: undefined;
	if (reason === 'shutdown') return 'shutdown';
	return reason === 'manual' || reason === 'timeout' ? 'stopped' : 'notCreated';
}
