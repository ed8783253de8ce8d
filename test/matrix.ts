// npm run test:matrix [-- CELL[:FILE,...] ...]
//
// Runs what CI's time does not allow, one after the other: each suite on each server and each line
// of n8n. Then it prints rows for the tables of docs/compatibility.md. Without names it runs all
// cells. With files it runs those of a cell only: "n8n-1.123:restart,operations".
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { N8N_LINES } from '../playground/host/n8n-lines';
import { RELEASES } from './support/real-club';

const ROOT = process.env.AGENTCLUB_REPOSITORY ?? process.cwd();

/** End-to-end files that n8n 1.123 passes; docs/compatibility.md says why others are left out. */
const ON_OLD_N8N = [
	'conversation',
	'acknowledge',
	'defaults-and-errors',
	'restart',
	'operations',
	'attachments',
	'ai-agent',
	'send-and-wait.test',
	'send-and-wait-settings',
	'concurrency-limit',
	'denied',
	'npm-start',
	'oldest-server',
	// By itself it would be the jest project of that name.
	'package.test',
	'refused-start',
	'server-killed',
	'several-triggers',
	'sharing',
	'ways-in-and-out',
	'what-comes-along',
];

interface Cell {
	/** What `node test/run.mjs` is given: variables and projects. */
	readonly given: readonly string[];
	/** Parts of file names; all files of the projects without them. */
	readonly files?: readonly string[];
	/** What the table of n8n's lines says, or that of the servers. */
	readonly on:
		| { readonly n8n: string; readonly node: string }
		| { readonly servers: string; readonly database: string };
}

function ofN8n(line: keyof typeof N8N_LINES, files?: readonly string[]): Cell {
	const { version, node } = N8N_LINES[line];
	const given = [`AGENTCLUB_N8N=${line}`, 'e2e'];
	return { given, ...(files && { files }), on: { n8n: version, node } };
}

const CELLS: Readonly<Record<string, Cell>> = {
	'servers-on-sqlite': {
		given: ['contract'],
		on: {
			servers: Object.values(RELEASES)
				.map(({ release }) => release)
				.join(', '),
			database: 'SQLite',
		},
	},
	'servers-on-databases': {
		given: ['AGENTCLUB_SERVERS=databases', 'contract'],
		on: { servers: RELEASES.latest.release, database: 'PostgreSQL, MariaDB' },
	},
	'n8n-2.41': ofN8n('2.41'),
	'n8n-1.123': ofN8n('1.123', ON_OLD_N8N),
	'n8n-1.123-queue': ofN8n('1.123', ['send-and-wait-queue', 'queue-mode']),
};

/** What is to be run, and how it ended. */
interface Chosen {
	readonly name: string;
	readonly on: Cell['on'];
	readonly given: readonly string[];
}

interface Result extends Chosen {
	readonly command: string;
	/** "2026-11-30". */
	readonly date: string;
	/** "24 passed, 6 min". */
	readonly result: string;
	readonly hasFailed: boolean;
}

/** @param argument the name of a cell, perhaps with files of it */
function chosen(argument: string): Chosen {
	const [name = '', files] = argument.split(':');
	const cell = CELLS[name];
	if (!cell) {
		console.error(`There is no cell "${name}"; there are: ${Object.keys(CELLS).join(', ')}`);
		process.exit(2);
	}
	const given = [...cell.given, ...(files?.split(',') ?? cell.files ?? [])];
	return { name, on: cell.on, given };
}

/** "24 passed", "23 passed, 1 failed": from the files that jest has written. */
function countsIn(folder: string): string {
	const counts = { passed: 0, failed: 0, skipped: 0 };
	for (const file of readdirSync(folder)) {
		const result = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
			readonly numPassedTests: number;
			readonly numFailedTests: number;
			readonly numPendingTests: number;
		};
		counts.passed += result.numPassedTests;
		counts.failed += result.numFailedTests;
		counts.skipped += result.numPendingTests;
	}
	return Object.entries(counts)
		.filter(([, count]) => count > 0)
		.map(([what, count]) => `${count} ${what}`)
		.join(', ');
}

function run({ name, on, given }: Chosen): Result {
	const began = Date.now();
	const folder = mkdtempSync(join(tmpdir(), 'agentclub-matrix-'));
	// With CI a suite that skips itself fails: it proves nothing.
	const env = { ...process.env, CI: 'true', AGENTCLUB_TEST_RESULTS: folder };
	const { status } = spawnSync(process.execPath, [join(ROOT, 'test/run.mjs'), ...given], {
		cwd: ROOT,
		stdio: 'inherit',
		env,
	});
	const counts = countsIn(folder);
	rmSync(folder, { recursive: true });
	const minutes = ((Date.now() - began) / 60_000).toFixed(0);
	const date = new Date(began).toISOString().slice(0, 10);
	const passed = status === 0 ? counts : `FAILED: ${counts || 'nothing ran'}`;
	const command = `node test/run.mjs ${given.join(' ')}`;
	const result = `${passed}, ${minutes} min`;
	return { name, on, given, command, date, result, hasFailed: status !== 0 };
}

/** The columns of the two tables in docs/compatibility.md, and a cell's row for one of them. */
const N8N_COLUMNS = ['cell', 'n8n', 'Node.js', 'command', 'when', 'result'];
const SERVER_COLUMNS = ['server', 'database', 'what', 'when', 'result'];

function n8nRow({ name, on, command, date, result }: Result): string[][] {
	return 'n8n' in on ? [[`\`${name}\``, on.n8n, on.node, `\`${command}\``, date, result]] : [];
}

function serverRow({ name, on, command, date, result }: Result): string[][] {
	if (!('servers' in on)) return [];
	return [[on.servers, on.database, `cell \`${name}\`: \`${command}\``, date, result]];
}

function printTable(columns: readonly string[], rows: ReadonlyArray<readonly string[]>): void {
	if (rows.length === 0) return;
	console.log();
	for (const row of [columns, columns.map(() => '---'), ...rows])
		console.log(`| ${row.join(' | ')} |`);
}

const given = process.argv.slice(2);
const results = (given.length > 0 ? given : Object.keys(CELLS)).map(chosen).map(run);
printTable(N8N_COLUMNS, results.flatMap(n8nRow));
printTable(SERVER_COLUMNS, results.flatMap(serverRow));
process.exitCode = results.some(({ hasFailed }) => hasFailed) ? 1 : 0;
