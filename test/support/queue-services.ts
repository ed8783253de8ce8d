import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../playground/host/free-port';
import { GuardedProcess } from './guarded-process';
import { postgresEnvironment, postgresPrograms, privatePostgres } from './private-postgres';
import { Unavailable } from './unavailable';

const REDIS = '/usr/bin/redis-server';
const DATABASE_USER = 'n8n';
/**
 * ms: n8n's own are 60, 10 and 30 s. A worker counts as lost when it has not renewed its lock for
 * so long, and the others look for such jobs so often.
 */
const LOCK = { duration: 15_000, renewal: 2000, look: 5000 };

/**
 * A private PostgreSQL and a private Redis on free ports, which keep their data in a folder that
 * ends with them.
 */
export class QueueServices {
	private constructor(
		private readonly folder: string,
		readonly postgres: GuardedProcess,
		readonly redis: GuardedProcess,
		/** What makes n8n, its workers too, use them. */
		readonly env: Record<string, string>,
	) {}

	/** @throws Unavailable where the programs are not on this machine */
	static async start(): Promise<QueueServices> {
		const programs = postgresPrograms();
		if (programs === undefined || !existsSync(REDIS)) {
			throw new Unavailable(
				"n8n's queue mode needs PostgreSQL and Redis.",
				'On Debian: apt-get install postgresql redis-server',
			);
		}
		const folder = await mkdtemp(join(tmpdir(), 'n8n-queue-'));
		const [databasePort, redisPort] = [await freePort(), await freePort()];
		const postgres = await privatePostgres({
			folder: join(folder, 'postgres'),
			programs,
			port: databasePort,
			user: DATABASE_USER,
		});
		const redis = await redisIn(join(folder, 'redis'), redisPort);
		await Promise.all([postgres.start(), redis.start()]);
		return new QueueServices(folder, postgres, redis, environment(databasePort, redisPort));
	}

	async stop(): Promise<void> {
		await Promise.all([this.postgres.stop(), this.redis.stop()]);
		await rm(this.folder, { recursive: true, force: true });
	}
}

/** Every write is on the disk before it is confirmed, as docs/operations.md asks for. */
async function redisIn(folder: string, port: number): Promise<GuardedProcess> {
	await mkdir(folder, { recursive: true });
	return new GuardedProcess({
		command: [
			REDIS,
			'--port',
			String(port),
			'--bind',
			'127.0.0.1',
			'--save',
			'',
			'--appendonly',
			'yes',
			'--appendfsync',
			'always',
		],
		ready: /Ready to accept connections/,
		cwd: folder,
		logFile: join(folder, '..', 'redis.log'),
	});
}

function environment(databasePort: number, redisPort: number): Record<string, string> {
	return {
		EXECUTIONS_MODE: 'queue',
		OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
		...postgresEnvironment({ port: databasePort, user: DATABASE_USER }),
		QUEUE_BULL_REDIS_HOST: '127.0.0.1',
		QUEUE_BULL_REDIS_PORT: String(redisPort),
		// Minutes: n8n's own is 180. What nobody in the queue has any more counts as crashed.
		N8N_EXECUTIONS_QUEUE_RECOVERY_INTERVAL: '1',
		// Jobs that stay known after their end: a main that has missed the news of one finds it there,
		// see docs/operations.md.
		N8N_EXECUTIONS_QUEUE_KEEP_LAST_COMPLETED: '1000',
		N8N_EXECUTIONS_QUEUE_KEEP_LAST_FAILED: '1000',
		QUEUE_WORKER_LOCK_DURATION: String(LOCK.duration),
		QUEUE_WORKER_LOCK_RENEW_TIME: String(LOCK.renewal),
		QUEUE_WORKER_STALLED_INTERVAL: String(LOCK.look),
	};
}
