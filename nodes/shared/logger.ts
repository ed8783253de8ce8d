import type { Logger as HostLogger } from 'n8n-workflow';
import type { Logger } from '../../client/logger';

/** n8n's logger, each line with where it comes from. */
export function hostLogger(logger: HostLogger, where: string): Logger {
	const line = (message: string) => `[Agent Club] ${where}: ${message}`;
	return {
		debug: (message) => { logger.debug(line(message)); },
		info: (message) => { logger.info(line(message)); },
		warn: (message) => { logger.warn(line(message)); },
		error: (message) => { logger.error(line(message)); },
	};
}
