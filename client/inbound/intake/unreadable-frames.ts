import { type Logger, loggable } from '../../logger';

/**
 * Log lines about unreadable frames for each connection: a server gone wrong must not fill a disk.
 */
const MOST_REPORTS = 20;

/** Tells of frames that could not be read; they are skipped, never fatal. */
export class UnreadableFrames {
	private reported = 0;

	constructor(private readonly logger: Logger) {}

	newConnection(): void {
		this.reported = 0;
	}

	report(what: string): void {
		this.reported += 1;
		if (this.reported <= MOST_REPORTS)
			this.logger.warn(`The server sent something unreadable: ${loggable(what)}`);
		if (this.reported === MOST_REPORTS)
			this.logger.warn('Further unreadable frames of this connection are not logged');
	}
}
