import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../playground/host/free-port';
import type { GuardedProcess } from './guarded-process';
import { hasMariaDb, privateMariaDb } from './private-mariadb';
import { postgresPrograms, privatePostgres } from './private-postgres';
import { Unavailable } from './unavailable';

export type DatabaseKind = 'PostgreSQL' | 'MariaDB';

const NAME = 'agentclub';

/** A private database for a chat server, which ends with its data. */
export class ServerDatabase {
	private constructor(
		private readonly folder: string,
		private readonly process: GuardedProcess,
		/** What the server is given as `--database-url`. */
		readonly url: string,
	) {}

	/** @throws Unavailable where its programs are not on this machine */
	static async start(kind: DatabaseKind): Promise<ServerDatabase> {
		const folder = await mkdtemp(join(tmpdir(), 'club-database-'));
		try {
			const port = await freePort();
			const [database, url] =
				kind === 'PostgreSQL' ? await postgres(folder, port) : await mariaDb(folder, port);
			await database.start();
			return new ServerDatabase(folder, database, url);
		} catch (error) {
			await rm(folder, { recursive: true, force: true });
			throw error;
		}
	}

	async stop(): Promise<void> {
		await this.process.stop();
		await rm(this.folder, { recursive: true, force: true });
	}
}

async function postgres(folder: string, port: number): Promise<[GuardedProcess, string]> {
	const programs = postgresPrograms();
	if (programs === undefined) {
		throw new Unavailable(
			'The server on PostgreSQL needs PostgreSQL.',
			'On Debian: apt-get install postgresql',
		);
	}
	const place = { folder: join(folder, 'postgres'), programs, port, user: NAME };
	return [await privatePostgres(place), `postgresql://${NAME}@127.0.0.1:${port}/postgres`];
}

async function mariaDb(folder: string, port: number): Promise<[GuardedProcess, string]> {
	if (!hasMariaDb()) {
		throw new Unavailable(
			'The server on MariaDB needs MariaDB.',
			'On Debian: apt-get install mariadb-server',
		);
	}
	const place = { folder: join(folder, 'mariadb'), port, name: NAME };
	const url = `mysql://${NAME}:${NAME}@127.0.0.1:${port}/${NAME}`;
	return [await privateMariaDb(place), url];
}
