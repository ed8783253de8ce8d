// node tools/run-ts.mjs <file.ts> [arguments]
//
// Runs a TypeScript program of this repository on the Node.js at hand. esbuild bundles it into
// .playground/. Packages stay external, so that stack traces keep file names.
import { spawn } from 'node:child_process';
import { renameSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = resolve(fileURLToPath(import.meta.url), '../..');
const [source, ...args] = process.argv.slice(2);
if (!source) {
	console.error('usage: node tools/run-ts.mjs <file.ts> [arguments]');
	process.exit(2);
}
const outfile = join(root, '.playground', `${basename(source, '.ts')}.cjs`);
// Another run of the same program may be about to load it.
const unfinished = `${outfile}.${process.pid}`;
await build({
	entryPoints: [resolve(root, source)],
	outfile: unfinished,
	bundle: true,
	platform: 'node',
	target: 'node20',
	packages: 'external',
	sourcemap: 'inline',
	logLevel: 'warning',
});
renameSync(unfinished, outfile);
const child = spawn(process.execPath, ['--enable-source-maps', outfile, ...args], {
	stdio: 'inherit',
	env: { ...process.env, AGENTCLUB_REPOSITORY: root },
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
