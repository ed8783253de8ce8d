// npm run test:matrix [-- CELL[:FILE,...] ...]
//
// Runs what CI's time does not allow, one after the other: each suite on each server and each line
// of n8n. Then it prints rows for the tables of docs/compatibility.md. Without names it runs all
// cells. With files it runs those of a cell only: "n8n-1.123:restart,operations".
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(fileURLToPath(import.meta.url), '../..');

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
	'package',
	'refused-start',
	'server-killed',
	'several-triggers',
	'sharing',
	'ways-in-and-out',
	'what-comes-along',
];

const SERVERS = '0.1.17, 0.1.35, 0.1.62';
const NEW_N8N = { n8n: '2.41.1', node: '24' };
const OLD_N8N = { n8n: '1.123.81', node: '22' };

/**
 * What `node test/run.mjs` is given for each cell: variables and projects, then files. What is run
 * there is for the tables.
 */
const CELLS = {
	'servers-on-sqlite': { given: ['contract'], servers: SERVERS, database: 'SQLite' },
	'servers-on-databases': {
		given: ['AGENTCLUB_SERVERS=databases', 'contract'],
		servers: '0.1.62',
		database: 'PostgreSQL, MariaDB',
	},
	'n8n-2.41': { given: ['AGENTCLUB_N8N=2.41', 'e2e'], ...NEW_N8N },
	'n8n-1.123': { given: ['AGENTCLUB_N8N=1.123', 'e2e'], files: ON_OLD_N8N, ...OLD_N8N },
	'n8n-1.123-queue': {
		given: ['AGENTCLUB_N8N=1.123', 'e2e'],
		files: ['send-and-wait-queue', 'queue-mode'],
		...OLD_N8N,
	},
};

/** What was asked for: the name of a cell, and what `node test/run.mjs` is given for it. */
function chosen(argument) {
	const [name, files] = argument.split(':');
	const cell = CELLS[name];
	if (!cell) {
		console.error(`There is no cell "${name}"; there are: ${Object.keys(CELLS).join(', ')}`);
		process.exit(2);
	}
	return { name, given: [...cell.given, ...(files?.split(',') ?? cell.files ?? [])] };
}

/** "24 passed", "23 passed, 1 failed": from the files that jest has written. */
function countsIn(folder) {
	const counts = { passed: 0, failed: 0, skipped: 0 };
	for (const file of readdirSync(folder)) {
		const result = JSON.parse(readFileSync(join(folder, file), 'utf8'));
		counts.passed += result.numPassedTests;
		counts.failed += result.numFailedTests;
		counts.skipped += result.numPendingTests;
	}
	return Object.entries(counts)
		.filter(([, count]) => count > 0)
		.map(([what, count]) => `${count} ${what}`)
		.join(', ');
}

function run({ name, given }) {
	const began = Date.now();
	const folder = mkdtempSync(join(tmpdir(), 'agentclub-matrix-'));
	// With CI a suite that skips itself fails: it proves nothing.
	const env = { ...process.env, CI: 'true', AGENTCLUB_TEST_RESULTS: folder };
	const { status } = spawnSync(process.execPath, [join(root, 'test/run.mjs'), ...given], {
		cwd: root,
		stdio: 'inherit',
		env,
	});
	const counts = countsIn(folder);
	rmSync(folder, { recursive: true });
	const minutes = ((Date.now() - began) / 60_000).toFixed(0);
	const date = new Date(began).toISOString().slice(0, 10);
	const passed = status === 0 ? counts : `FAILED: ${counts || 'nothing ran'}`;
	const command = `node test/run.mjs ${given.join(' ')}`;
	return { name, command, date, result: `${passed}, ${minutes} min`, hasFailed: status !== 0 };
}

/** The columns of the two tables in docs/compatibility.md, and a cell's row for its own. */
const N8N_COLUMNS = ['cell', 'n8n', 'Node.js', 'command', 'when', 'result'];
const SERVER_COLUMNS = ['server', 'database', 'what', 'when', 'result'];

function n8nRow({ name, command, date, result }) {
	const { n8n, node } = CELLS[name];
	return [`\`${name}\``, n8n, node, `\`${command}\``, date, result];
}

function serverRow({ name, command, date, result }) {
	const { servers, database } = CELLS[name];
	return [servers, database, `cell \`${name}\`: \`${command}\``, date, result];
}

function printTable(columns, rows) {
	if (rows.length === 0) return;
	console.log();
	for (const row of [columns, columns.map(() => '---'), ...rows])
		console.log(`| ${row.join(' | ')} |`);
}

const given = process.argv.slice(2);
const results = (given.length > 0 ? given : Object.keys(CELLS)).map(chosen).map(run);
const isOfN8n = ({ name }) => CELLS[name].n8n !== undefined;
printTable(N8N_COLUMNS, results.filter(isOfN8n).map(n8nRow));
printTable(SERVER_COLUMNS, results.filter((result) => !isOfN8n(result)).map(serverRow));
process.exitCode = results.some(({ hasFailed }) => hasFailed) ? 1 : 0;
