import { describeError } from '../../errors';
import { type Logger, loggable } from '../../logger';

/**
 * Log lines about frames that could not be read or handled, for each connection: a server gone
 * wrong must not fill a disk.
 */
const MOST_WARNINGS = 20;

/** Tells of frames that could not be read or handled. They are never fatal. */
export class FrameWarnings {
	private given = 0;

	constructor(private readonly logger: Logger) {}

	newConnection(): void {
		this.given = 0;
	}

	/** @param what is wrong with the frame */
	unreadable(what: string): void {
		this.warn(`The server sent something unreadable: ${loggable(what)}`);
	}

	/** A message was read, and then something went wrong here. */
	unhandled(error: unknown): void {
		this.warn(`A message could not be handled, and stays unread: ${describeError(error)}`);
	}

	private warn(line: string): void {
		this.given += 1;
		if (this.given <= MOST_WARNINGS) this.logger.warn(line);
		if (this.given === MOST_WARNINGS)
			this.logger.warn('Further unreadable frames of this connection are not logged');
	}
}
