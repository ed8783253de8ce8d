/** The environment variables in which n8n has its limit. */
export interface ExecutionEnvironment {
	readonly EXECUTIONS_MODE?: string | undefined;
	readonly N8N_CONCURRENCY_PRODUCTION_LIMIT?: string | undefined;
}

/**
 * The production executions that n8n runs at the same time in this process; Infinity is no limit.
 * In queue mode the workers have a limit of their own, and what waits for them waits in Redis.
 */
export function productionLimit(environment: ExecutionEnvironment = process.env): number {
	if (environment.EXECUTIONS_MODE === 'queue') return Number.POSITIVE_INFINITY;
	// n8n takes the quotes off that a Docker environment file leaves around a value.
	const limit = Number(
		environment.N8N_CONCURRENCY_PRODUCTION_LIMIT?.replace(/^(['"])(.*)\1$/, '$2'),
	);
	return limit > 0 ? limit : Number.POSITIVE_INFINITY;
}
