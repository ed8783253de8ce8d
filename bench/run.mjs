// npm run bench
//   every bench, one after the other
// npm run bench -- file-streams [--small]
//   one of them; --small is quick enough for CI
//
// Each is a program in this folder that prints its figures. It fails where one misses its bar; a
// small one fails only where it does not work. Small ones run two at a time: their figures are
// worth nothing.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const names = readdirSync(here)
	.filter((file) => file.endsWith('.ts'))
	.map((file) => basename(file, '.ts'));

const given = process.argv.slice(2);
const chosen = given.filter((argument) => !argument.startsWith('--'));
const options = given.filter((argument) => argument.startsWith('--'));
const unknown = chosen.find((name) => !names.includes(name));
if (unknown) {
	console.error(`There is no bench "${unknown}"; there are: ${names.join(', ')}`);
	process.exit(2);
}

const isSmall = options.includes('--small');
const waiting = chosen.length > 0 ? chosen : names;
let failed = false;

/** Runs a bench, which prints as it goes; of two at a time each prints when it has ended. */
function run(name) {
	const bench = spawn(
		process.execPath,
		[join(here, '../tools/run-ts.mjs'), `bench/${name}.ts`, ...options],
		{ cwd: join(here, '..'), stdio: isSmall ? 'pipe' : 'inherit' },
	);
	const printed = [];
	for (const stream of [bench.stdout, bench.stderr])
		stream?.on('data', (chunk) => printed.push(chunk));
	if (!isSmall) console.log(`== ${name}`);
	return new Promise((resolve) => {
		bench.once('close', (code) => {
			if (isSmall) process.stdout.write(`== ${name}\n${Buffer.concat(printed)}`);
			failed ||= code !== 0;
			resolve();
		});
	});
}

async function workOff() {
	for (let name = waiting.shift(); name; name = waiting.shift()) await run(name);
}

await Promise.all(Array.from({ length: isSmall ? 2 : 1 }, workOff));
process.exit(failed ? 1 : 0);
