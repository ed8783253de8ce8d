// npm test
//     Units, the client, the contract that playground and real servers share, and the guarantees
//     under faults.
// node test/run.mjs package
//     Builds the package and looks at what it consists of.
// node test/run.mjs e2e
//     Builds the package and runs it in a real n8n; AGENTCLUB_N8N=1.123 chooses n8n's line.
// node test/run.mjs browser
//     The same, with a real browser in n8n's editor.
// node test/run.mjs unit client -t "a sentence"
//     Names of jest projects first, then whatever jest takes.
// node test/run.mjs AGENTCLUB_KILLS=20 e2e killed
//     Variables before all else: npm scripts cannot set them the same way on every system.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { availableParallelism, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(fileURLToPath(import.meta.url), '../..');
const require = createRequire(import.meta.url);
const PROJECTS = ['unit', 'client', 'contract', 'faults', 'package', 'e2e', 'browser'];
const IN_N8N = ['e2e', 'browser'];
const BUILT = ['package', ...IN_N8N];

const given = process.argv.slice(2);
while (/^\w+=/.test(given[0] ?? '')) {
	const [name, ...value] = given.shift().split('=');
	process.env[name] = value.join('=');
}
const firstOther = given.findIndex((argument) => !PROJECTS.includes(argument));
const named = firstOther === -1 ? given : given.slice(0, firstOther);
const projects = named.length > 0 ? named : PROJECTS.filter((project) => !BUILT.includes(project));
const others = given.slice(named.length);

/**
 * How many files run at a time. On two cores jest would take one, though most tests wait for
 * sockets. An end-to-end file has an n8n of its own, which takes up to a core and 1.2 GB. A browser
 * takes pictures that another one would disturb.
 */
function workers() {
	if (others.some((argument) => /^(--maxWorkers|-w|--runInBand|-i)/.test(argument))) return [];
	const cores = availableParallelism();
	if (!inN8n) return [`--maxWorkers=${Math.max(2, cores - 1)}`];
	const isRoomy = cores >= 2 && totalmem() >= 6 * 1024 ** 3;
	return isRoomy && !projects.includes('browser') ? ['--maxWorkers=2'] : ['--runInBand'];
}

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
	? [
			'--json',
			`--outputFile=${join(results, `${[...projects, process.env.AGENTCLUB_N8N].filter(Boolean).join('-')}.json`)}`,
		]
	: [];
const inN8n = projects.some((project) => IN_N8N.includes(project));

if (inN8n) run(join(root, 'tools/run-ts.mjs'), ['playground/host/get-n8n.ts']);
if (projects.some((project) => BUILT.includes(project)))
	run(join(root, 'tools/run-ts.mjs'), ['playground/host/build.ts']);
run(require.resolve('jest/bin/jest'), [
	...others,
	...json,
	...workers(),
	'--selectProjects',
	...projects,
]);
