import type { Logger as HostLogger } from 'n8n-workflow';
import type { Logger } from '../../client/logger';
import { withoutSecrets } from '../../client/secrets';

/**
 * n8n's logger, each line with where it comes from, and none with a token in it, whatever it
 * quotes.
 */
export function hostLogger(logger: HostLogger, where: string): Logger {
	const line = (message: string) => withoutSecrets(`[Agent Club] ${where}: ${message}`);
	return {
		debug: (message) => {
			logger.debug(line(message));
		},
		info: (message) => {
			logger.info(line(message));
		},
		warn: (message) => {
			logger.warn(line(message));
		},
		error: (message) => {
			logger.error(line(message));
		},
		as: (other) => hostLogger(logger, other),
	};
}
