import { type Environment, positiveVariable, variable } from './n8n-variables';

/** How n8n runs executions, as its environment tells. */

/** ms without Redis after which n8n ends itself, where nothing else is set. */
const REDIS_THRESHOLD = 10_000;
/** ms more until it has noticed and has ended. */
const END_TAKES = 3000;

/** In queue mode, workers run the executions, and Redis keeps what waits for them. */
export function isQueueMode(environment?: Environment): boolean {
	return variable('EXECUTIONS_MODE', environment) === 'queue';
}

/**
 * The production executions that n8n runs at the same time in this process; Infinity is no limit.
 * In queue mode the workers have a limit of their own, and what waits for them waits in Redis.
 */
export function productionLimit(environment?: Environment): number {
	if (isQueueMode(environment)) return Number.POSITIVE_INFINITY;
	return (
		positiveVariable('N8N_CONCURRENCY_PRODUCTION_LIMIT', environment) ?? Number.POSITIVE_INFINITY
	);
}

/**
 * ms for which n8n may keep a new execution in memory only. In queue mode it asks Redis before it
 * writes to its database. If Redis is away, n8n waits until it is back, or ends itself.
 */
export function handoverMargin(environment?: Environment): number {
	if (!isQueueMode(environment)) return 0;
	const threshold = positiveVariable('QUEUE_BULL_REDIS_TIMEOUT_THRESHOLD', environment);
	return (threshold ?? REDIS_THRESHOLD) + END_TAKES;
}
