// npm run test:matrix [-- CELL ...]
// Runs what CI's time does not allow: each suite on each server and each line of n8n, one after the
// other, and prints a table for docs/compatibility.md. Without names it runs all cells.
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(fileURLToPath(import.meta.url), '../..');

/** What `node test/run.mjs` is given for each cell. */
const CELLS = {
	'servers-on-sqlite': ['contract'],
	'servers-on-databases': ['AGENTCLUB_SERVERS=databases', 'contract'],
	'n8n-2.41': ['AGENTCLUB_N8N=2.41', 'e2e'],
	'n8n-1.123': ['AGENTCLUB_N8N=1.123', 'e2e'],
};

const given = process.argv.slice(2);
const unknown = given.find((name) => !(name in CELLS));
if (unknown) {
	console.error(`There is no cell "${unknown}"; there are: ${Object.keys(CELLS).join(', ')}`);
	process.exit(2);
}

const rows = [];
for (const name of given.length > 0 ? given : Object.keys(CELLS)) {
	const began = Date.now();
	// A suite that skips itself here proves nothing.
	const { status } = spawnSync(process.execPath, [join(root, 'test/run.mjs'), ...CELLS[name]], {
		cwd: root,
		stdio: 'inherit',
		env: { ...process.env, CI: 'true' },
	});
	const minutes = ((Date.now() - began) / 60_000).toFixed(0);
	const date = new Date(began).toISOString().slice(0, 10);
	rows.push({ name, date, minutes, passed: status === 0 });
}

console.log('\n| cell | command | when | result |\n|---|---|---|---|');
for (const { name, date, minutes, passed } of rows) {
	const command = `node test/run.mjs ${CELLS[name].join(' ')}`;
	const result = `${passed ? 'passed' : 'FAILED'}, ${minutes} min`;
	console.log(`| ${name} | \`${command}\` | ${date} | ${result} |`);
}
process.exitCode = rows.every(({ passed }) => passed) ? 0 : 1;
