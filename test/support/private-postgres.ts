import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GuardedProcess } from './guarded-process';

const run = promisify(execFile);

/** Where Debian keeps the programs of each PostgreSQL version. */
const VERSIONS = '/usr/lib/postgresql';
/** PostgreSQL refuses to run as root; this user is on every Linux and may do nothing. */
const NOBODY = { uid: 65_534, gid: 65_534 };

/**
 * The folder with the programs of the newest PostgreSQL server; undefined where there is none. A
 * client, which may be newer, has a folder there too.
 */
export function postgresPrograms(): string | undefined {
	if (!existsSync(VERSIONS)) return undefined;
	return readdirSync(VERSIONS)
		.sort((a, b) => Number(b) - Number(a))
		.map((version) => join(VERSIONS, version, 'bin'))
		.find((folder) => existsSync(join(folder, 'initdb')));
}

export interface PostgresPlace {
	/** Made here; its parent is given to the user who runs PostgreSQL. */
	readonly folder: string;
	readonly programs: string;
	readonly port: number;
	/** The one user, who needs no password. The database is called `postgres`. */
	readonly user: string;
}

/** What makes n8n use it. */
export function postgresEnvironment({
	port,
	user,
}: Pick<PostgresPlace, 'port' | 'user'>): Record<string, string> {
	return {
		DB_TYPE: 'postgresdb',
		DB_POSTGRESDB_HOST: '127.0.0.1',
		DB_POSTGRESDB_PORT: String(port),
		DB_POSTGRESDB_DATABASE: 'postgres',
		DB_POSTGRESDB_USER: user,
	};
}

/** A new database cluster, reachable from this machine only. It is not started yet. */
export async function privatePostgres(place: PostgresPlace): Promise<GuardedProcess> {
	const { folder, programs, port, user: name } = place;
	const user = process.getuid?.() === 0 ? NOBODY : undefined;
	await mkdir(folder, { recursive: true });
	if (user) {
		await chown(join(folder, '..'), user.uid, user.gid);
		await chown(folder, user.uid, user.gid);
	}
	const data = join(folder, 'data');
	await run(
		join(programs, 'initdb'),
		['-D', data, '-U', name, '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'],
		{ cwd: folder, ...user },
	);
	const settings = {
		listen_addresses: '127.0.0.1',
		port: String(port),
		unix_socket_directories: '',
		fsync: 'off',
	};
	const options = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
	return new GuardedProcess({
		command: [join(programs, 'postgres'), '-D', data, ...options],
		ready: /database system is ready to accept connections/,
		cwd: folder,
		logFile: join(folder, '..', 'postgres.log'),
		...(user && { user }),
	});
}
