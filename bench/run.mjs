// npm run bench
//   every bench, one after the other
// npm run bench -- file-streams [--small]
//   one of them; --small is quick enough for CI
//
// Each is a program in this folder that prints its figures. It fails where one misses its bar; a
// small one fails only where it does not work.
import { spawnSync } from 'node:child_process';
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

let failed = false;
for (const name of chosen.length > 0 ? chosen : names) {
	console.log(`== ${name}`);
	const { status } = spawnSync(
		process.execPath,
		[join(here, '../tools/run-ts.mjs'), `bench/${name}.ts`, ...options],
		{ cwd: join(here, '..'), stdio: 'inherit' },
	);
	failed ||= status !== 0;
}
process.exit(failed ? 1 : 0);
