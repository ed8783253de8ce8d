// npm run test:matrix [-- CELL[:FILE,...] ...]
//
// Runs what CI's time does not allow, one after the other: each suite on each server and each line
// of n8n. Then it prints a table for docs/compatibility.md. Without names it runs all cells. With
// files it runs those of a cell only: "n8n-1.123:restart,operations".
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
	'what-comes-along',
];

/** What `node test/run.mjs` is given for each cell: variables and projects, then files. */
const CELLS = {
	'servers-on-sqlite': { given: ['contract'] },
	'servers-on-databases': { given: ['AGENTCLUB_SERVERS=databases', 'contract'] },
	'n8n-2.41': { given: ['AGENTCLUB_N8N=2.41', 'e2e'] },
	'n8n-1.123': { given: ['AGENTCLUB_N8N=1.123', 'e2e'], files: ON_OLD_N8N },
	'n8n-1.123-queue': { given: ['AGENTCLUB_N8N=1.123', 'e2e'], files: ['send-and-wait-queue'] },
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

const given = process.argv.slice(2);
const rows = (given.length > 0 ? given : Object.keys(CELLS)).map(chosen).map(run);
console.log('\n| cell | command | when | result |\n|---|---|---|---|');
for (const { name, command, date, result } of rows)
	console.log(`| ${name} | \`${command}\` | ${date} | ${result} |`);
process.exitCode = rows.some(({ hasFailed }) => hasFailed) ? 1 : 0;
