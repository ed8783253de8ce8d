import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bareEnvironment } from './server-process';

const run = promisify(execFile);

export const ADMIN = { username: 'admin', password: 'admin-of-the-test-club' } as const;

export interface ServerSettings {
	readonly port: number;
	/** Seconds, whole: all generations read it with Python's int(). */
	readonly heartbeatInterval: number | undefined;
	/** SQLite in the data folder when undefined. */
	readonly databaseUrl: string | undefined;
}

/** Runs one command of the server's command line and answers what it printed. */
export async function agentClub(
	python: string,
	dataDir: string,
	...args: string[]
): Promise<string> {
	const program = 'from agentclub.cli import main; main(prog_name="agentclub")';
	const { stdout } = await run(python, ['-I', '-c', program, ...args, '--data-dir', dataDir], {
		env: bareEnvironment(),
		timeout: 60_000,
	});
	return stdout;
}

/**
 * Makes the server's data folder, unless there is one already, and puts the settings into its
 * config.json.
 */
export async function prepareDataFolder(
	python: string,
	dataDir: string,
	settings: ServerSettings,
): Promise<void> {
	const file = join(dataDir, 'config.json');
	if (!existsSync(file)) {
		await agentClub(
			python,
			dataDir,
			'onboard',
			'--admin-username',
			ADMIN.username,
			'--admin-password',
			ADMIN.password,
			...(settings.databaseUrl === undefined ? [] : ['--database-url', settings.databaseUrl]),
		);
	}
	const config = JSON.parse(await readFile(file, 'utf8')) as object;
	const { port: PORT, heartbeatInterval: HEARTBEAT_INTERVAL } = settings;
	// Registering is how the tests add people: one request, where the command line takes most of a
	// second.
	const merged = { ...config, ALLOW_REGISTRATION: true, PORT, HEARTBEAT_INTERVAL };
	await writeFile(file, JSON.stringify(merged, null, 2));
}

/** A message as the database has it, in every generation. */
export interface MessageRow {
	readonly id: string;
	readonly chatType: string;
	readonly chatId: string;
	readonly senderId: string;
	readonly content: string;
	/** Float seconds. */
	readonly createdAt: number;
}

/** `execute(statement, values)` and `commit()` on the server's own database, whichever it is. */
const DATABASE = [
	'import json, os, sqlite3, sys',
	'folder = sys.argv[1]',
	'url = json.load(open(os.path.join(folder, "config.json"))).get("DATABASE_URL", "sqlite:")',
	'if url.startswith("sqlite:"):',
	'    database = sqlite3.connect(os.path.join(folder, "agentclub.db"), timeout=30)',
	'    execute, commit = database.execute, database.commit',
	'else:',
	'    from playhouse.db_url import connect',
	'    database = connect(url)',
	'    commit = lambda: None',
	'    execute = lambda sql, values: database.execute_sql(sql.replace("?", "%s"), values)',
];

const INSERT = [
	...DATABASE,
	'for r in json.load(open(sys.argv[2])):',
	'    execute("INSERT INTO messages (id, chat_type, chat_id, sender_id, content, ' +
		"content_type, file_url, file_name, mentions, created_at) VALUES (?, ?, ?, ?, ?, 'text', " +
		"'', '', '[]', ?)\", (r['id'], r['chatType'], r['chatId'], r['senderId'], r['content'], " +
		"r['createdAt']))",
	'commit()',
].join('\n');

/**
 * Writes messages into the database past the server, which tells nobody about them: a history of
 * any length, at any times.
 */
export async function insertMessages(
	python: string,
	dataDir: string,
	rows: readonly MessageRow[],
): Promise<void> {
	const file = join(dataDir, 'rows.json');
	await writeFile(file, JSON.stringify(rows));
	await run(python, ['-I', '-c', INSERT, dataDir, file], {
		env: bareEnvironment(),
		timeout: 60_000,
	});
}

const BACKDATE = [
	...DATABASE,
	'execute("UPDATE direct_chats SET created_at = ? WHERE id = ?", ' +
		'(float(sys.argv[3]), sys.argv[2]))',
	'commit()',
].join('\n');

/** Gives a direct chat an earlier beginning (float seconds), past the server. */
export async function backdateDirectChat(
	python: string,
	dataDir: string,
	chatId: string,
	createdAt: number,
): Promise<void> {
	await run(python, ['-I', '-c', BACKDATE, dataDir, chatId, String(createdAt)], {
		env: bareEnvironment(),
		timeout: 60_000,
	});
}
