import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GuardedProcess } from './guarded-process';

const run = promisify(execFile);

const INSTALL = '/usr/bin/mariadb-install-db';
const SERVER = '/usr/sbin/mariadbd';

export const hasMariaDb = () => existsSync(INSTALL) && existsSync(SERVER);

export interface MariaDbPlace {
	/** Made here. */
	readonly folder: string;
	readonly port: number;
	/** A user with this name, this password and a database of this name is made. */
	readonly name: string;
}

/** A new MariaDB, reachable from this machine only. It is not started yet. */
export async function privateMariaDb({
	folder,
	port,
	name,
}: MariaDbPlace): Promise<GuardedProcess> {
	const data = join(folder, 'data');
	await mkdir(folder, { recursive: true });
	const user = process.getuid?.() === 0 ? ['--user=root'] : [];
	await run(INSTALL, [
		'--no-defaults',
		...user,
		`--datadir=${data}`,
		'--auth-root-authentication-method=normal',
		'--skip-test-db',
	]);
	const statements = [
		`CREATE DATABASE ${name} CHARACTER SET utf8mb4;`,
		`CREATE USER '${name}'@'127.0.0.1' IDENTIFIED BY '${name}';`,
		`GRANT ALL ON ${name}.* TO '${name}'@'127.0.0.1';`,
	];
	const first = join(folder, 'first.sql');
	await writeFile(first, statements.join('\n'));
	return new GuardedProcess({
		command: [
			SERVER,
			'--no-defaults',
			...user,
			`--datadir=${data}`,
			`--port=${port}`,
			'--bind-address=127.0.0.1',
			'--skip-name-resolve',
			`--socket=${join(folder, 'socket')}`,
			`--pid-file=${join(folder, 'pid')}`,
			`--init-file=${first}`,
			'--innodb-flush-log-at-trx-commit=0',
		],
		ready: /ready for connections/,
		cwd: folder,
		logFile: join(folder, 'mariadb.log'),
		stopSignal: 'TERM',
	});
}
