import type { FunctionsBase, Logger as HostLogger } from 'n8n-workflow';
import { inOneLine, type Logger, unfailing } from '../../client/logger';
import { withoutSecrets } from '../../client/secrets';

/** The log of a node, whose lines name its workflow too: many nodes have the same name. */
export function nodeLogger(
	context: Pick<FunctionsBase, 'logger' | 'getNode' | 'getWorkflow'>,
): Logger {
	const workflow = context.getWorkflow().name ?? '';
	return hostLogger(context.logger, `workflow "${workflow}", node "${context.getNode().name}"`);
}

/**
 * n8n's logger, each message in one line with where it comes from, and none with a token in it,
 * whatever it quotes. It never throws: every logger of the nodes is made here.
 */
export function hostLogger(logger: HostLogger, where: string): Logger {
	const line = (message: string) => inOneLine(withoutSecrets(`[Agent Club] ${where}: ${message}`));
	return unfailing({
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
	});
}
