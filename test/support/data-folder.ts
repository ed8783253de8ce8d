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

const INSERT = [
	'import json, sqlite3, sys',
	'rows = [(r["id"], r["chatType"], r["chatId"], r["senderId"], r["content"], ' +
		'r["createdAt"]) for r in json.load(open(sys.argv[2]))]',
	'database = sqlite3.connect(sys.argv[1], timeout=30)',
	'database.executemany("INSERT INTO messages (id, chat_type, chat_id, sender_id, content, ' +
		"content_type, file_url, file_name, mentions, created_at) VALUES (?, ?, ?, ?, ?, 'text', " +
		"'', '', '[]', ?)\", rows)",
	'database.commit()',
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
	await run(python, ['-I', '-c', INSERT, join(dataDir, 'agentclub.db'), file], {
		env: bareEnvironment(),
		timeout: 60_000,
	});
}

const BACKDATE = [
	'import sqlite3, sys',
	'database = sqlite3.connect(sys.argv[1], timeout=30)',
	'database.execute("UPDATE direct_chats SET created_at = ? WHERE id = ?", ' +
		'(float(sys.argv[3]), sys.argv[2]))',
	'database.commit()',
].join('\n');

/** Gives a direct chat an earlier beginning (float seconds), past the server. */
export async function backdateDirectChat(
	python: string,
	dataDir: string,
	chatId: string,
	createdAt: number,
): Promise<void> {
	await run(
		python,
		['-I', '-c', BACKDATE, join(dataDir, 'agentclub.db'), chatId, String(createdAt)],
		{ env: bareEnvironment(), timeout: 60_000 },
	);
}
