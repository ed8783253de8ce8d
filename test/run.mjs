// npm test                     units, the client, the contract that playground and real servers
// share, and the guarantees under faults node test/run.mjs e2e        builds the package and runs
// it in a real n8n node test/run.mjs browser    the same, with a real browser in n8n's editor
// node test/run.mjs unit client -t "a sentence"      names of jest projects first, then whatever
// jest takes node test/run.mjs AGENTCLUB_KILLS=20 e2e killed    variables before all else: npm
// scripts cannot set them the same way on every system
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(fileURLToPath(import.meta.url), '../..');
const require = createRequire(import.meta.url);
const PROJECTS = ['unit', 'client', 'contract', 'faults', 'e2e', 'browser'];
const IN_N8N = ['e2e', 'browser'];

const given = process.argv.slice(2);
while (/^\w+=/.test(given[0] ?? '')) {
	const [name, ...value] = given.shift().split('=');
	process.env[name] = value.join('=');
}
const firstOther = given.findIndex((argument) => !PROJECTS.includes(argument));
const named = firstOther === -1 ? given : given.slice(0, firstOther);
const projects = named.length > 0 ? named : PROJECTS.filter((project) => !IN_N8N.includes(project));
const others = given.slice(named.length);

/** Runs a program's script with this Node.js and ends with its exit code unless that is 0. */
function run(script, args) {
	const { status } = spawnSync(process.execPath, [script, ...args], {
		cwd: root,
		stdio: 'inherit',
	});
	if (status !== 0) process.exit(status ?? 1);
}

/** CI adds up the counts of all runs from the files in this folder. */
const results = process.env.AGENTCLUB_TEST_RESULTS;
const json = results
	? ['--json', `--outputFile=${join(results, `${projects.join('-')}.json`)}`]
	: [];
// Each end-to-end file has an n8n of its own, which takes a core and half a gigabyte.
const inN8n = projects.some((project) => IN_N8N.includes(project));
const inBand = inN8n ? ['--runInBand'] : [];

if (inN8n) {
	run(join(root, 'tools/run-ts.mjs'), ['playground/host/get-n8n.ts']);
	run(join(root, 'node_modules/gulp/bin/gulp.js'), ['build']);
}
run(require.resolve('jest/bin/jest'), [
	...others,
	...json,
	...inBand,
	'--selectProjects',
	...projects,
]);
