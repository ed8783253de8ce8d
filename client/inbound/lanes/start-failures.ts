import { describeError } from '../../errors';
import { type Logger, loggable } from '../../logger';
import type { Job } from './job';

/** ms before a message is emitted again for which no execution could be created. */
const AGAIN_AFTER = 5000;
/** ms; that pause doubles up to this. */
const AGAIN_AFTER_AT_MOST = 300_000;

/**
 * Messages of one trigger for which n8n could create no execution. The log tells when that begins
 * and when it is over, and skips the attempts between.
 */
export class StartFailures {
	/** How often in a row each of them has failed. */
	private readonly failing = new Map<Job, number>();

	constructor(private readonly logger: Logger) {}

	/** @returns ms after which it is worth another try */
	failed(job: Job, error: unknown): number {
		const times = this.failing.get(job) ?? 0;
		const message =
			`Message ${loggable(job.messages[0].id)} could not be handed to n8n: ` + describeError(error);
		if (this.failing.size === 0) {
			this.logger.warn(
				`${message}. It is handed over again until that works. The same goes for other ` +
					'messages until the log says that it is over',
			);
		} else this.logger.debug(message);
		this.failing.set(job, times + 1);
		return Math.min(AGAIN_AFTER * 2 ** times, AGAIN_AFTER_AT_MOST);
	}

	/** An execution has come of it. */
	created(job: Job): void {
		if (this.failing.delete(job) && this.failing.size === 0)
			this.logger.info('n8n takes all messages again');
	}

	/** It goes back unread, and is not handed over from here any more. */
	forget(job: Job): void {
		this.failing.delete(job);
	}
}
