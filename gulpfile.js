// `gulp build` makes dist/, all that the published package holds beside index.js. Its steps are in
// tools/build/.
const { execFile } = require('node:child_process');
const { rm } = require('node:fs/promises');
const { join } = require('node:path');
const { promisify } = require('node:util');
const { dest, parallel, series, src } = require('gulp');

const root = __dirname;
const dist = join(root, 'dist');

const clean = () => rm(dist, { recursive: true, force: true });

/**
 * esbuild only strips types, so the compiler has to judge them: what ships, without tests and
 * playground.
 */
async function compile() {
	const tsc = require.resolve('typescript/bin/tsc');
	const run = promisify(execFile);
	await run(process.execPath, [tsc, '--project', join(root, 'tools/build/tsconfig.json')], {
		cwd: root,
	}).catch((error) => {
		throw new Error(`The sources do not compile:\n${error.stdout || error.message}`);
	});
}

async function bundle() {
	const { bundlePackage } = await import('./tools/build/bundle.mjs');
	const { writeLicences } = await import('./tools/build/licences.mjs');
	await writeLicences({ root, dist, inputs: await bundlePackage({ root, dist }) });
}

/**
 * Icons and codex files (how the editor files a node) lie beside the sources and keep their place.
 */
const assets = () =>
	src(['nodes/**/*.{svg,node.json}', 'credentials/**/*.svg', 'icons/**/*.svg'], {
		base: '.',
		cwd: root,
		encoding: false,
	}).pipe(dest(dist));

async function metadata() {
	const { writeMetadata } = await import('./tools/build/metadata.mjs');
	await writeMetadata({ root, dist });
}

exports.clean = clean;
/** What `build` makes, without the compiler's judgement. */
exports.assemble = series(clean, bundle, assets, metadata);
exports.build = series(parallel(clean, compile), bundle, assets, metadata);
exports.default = exports.build;
