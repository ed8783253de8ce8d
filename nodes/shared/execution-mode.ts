/** The environment variables that tell how n8n runs executions. */
export interface ExecutionEnvironment {
	readonly EXECUTIONS_MODE?: string | undefined;
	readonly N8N_CONCURRENCY_PRODUCTION_LIMIT?: string | undefined;
	readonly QUEUE_BULL_REDIS_TIMEOUT_THRESHOLD?: string | undefined;
}

/** ms without Redis after which n8n ends itself, where nothing else is set. */
const REDIS_THRESHOLD = 10_000;
/** ms more until it has noticed and has ended. */
const END_TAKES = 3000;

/** In queue mode, workers run the executions, and Redis keeps what waits for them. */
export function isQueueMode(environment: ExecutionEnvironment = process.env): boolean {
	return environment.EXECUTIONS_MODE === 'queue';
}

/**
 * The production executions that n8n runs at the same time in this process; Infinity is no limit.
 * In queue mode the workers have a limit of their own, and what waits for them waits in Redis.
 */
export function productionLimit(environment: ExecutionEnvironment = process.env): number {
	if (isQueueMode(environment)) return Number.POSITIVE_INFINITY;
	return setting(environment.N8N_CONCURRENCY_PRODUCTION_LIMIT) ?? Number.POSITIVE_INFINITY;
}

/**
 * ms for which n8n may keep a new execution in memory only. In queue mode it asks Redis before it
 * writes to its database. If Redis is away, n8n waits until it is back, or ends itself.
 */
export function handoverMargin(environment: ExecutionEnvironment = process.env): number {
	if (!isQueueMode(environment)) return 0;
	return (setting(environment.QUEUE_BULL_REDIS_TIMEOUT_THRESHOLD) ?? REDIS_THRESHOLD) + END_TAKES;
}

/** Undefined where it is no number above 0. */
function setting(value: string | undefined): number | undefined {
	// n8n takes the quotes off that a Docker environment file leaves around a value.
	const number = Number(value?.replace(/^(['"])(.*)\1$/, '$2'));
	return number > 0 ? number : undefined;
}
