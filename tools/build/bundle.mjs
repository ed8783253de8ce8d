import { readFile } from 'node:fs/promises';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import { build } from 'esbuild';
import { loadedLater, onlyWhatSocketsNeed, withoutDebugging } from './lighter.mjs';
import { sharedClient } from './shared-client.mjs';

/**
 * What all bundles have in common. The oldest Node.js that the package supports decides about
 * syntax.
 */
const COMMON = {
	bundle: true,
	platform: 'node',
	format: 'cjs',
	target: 'node20',
	external: ['n8n-workflow'],
	// The names of modules stand in the bundle, relative to the repository. A linked `node_modules`
	// must not show where it really lies: the same commit gives the same bytes everywhere.
	preserveSymlinks: true,
	metafile: true,
	logLevel: 'warning',
	legalComments: 'none',
};

/**
 * Names stay as they are, for stack traces. Shortening them and giving each function its own name
 * back would take longer to load (`npm run bench -- package`).
 */
const SMALL = { minifyWhitespace: true, minifySyntax: true };

/** What client/ loads only when it needs it, each a file of its own next to client.js. */
const LATER = { 'http/undici-client': 'http.js', 'http/first-bytes': 'first-bytes.js' };

/**
 * Bundles every file that package.json names under `n8n`, each with its own helpers.
 * `dist/client.js` gets all of client/ that they use, with the packages it needs. One file for all
 * of them, so that what client/ keeps in a module exists once.
 *
 * @returns {Promise<string[]>} the files that went in, relative to `root`
 */
export async function bundlePackage({ root, dist }) {
	const { n8n } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
	const client = sharedClient(join(root, 'client'));
	const inputs = new Set();
	for (const target of [...n8n.nodes, ...n8n.credentials]) {
		addInputs(inputs, await bundleEntry({ root, dist, target, client }));
	}
	for (const [name, file] of Object.entries(LATER))
		addInputs(inputs, await bundleLater({ root, dist, name, file, client }));
	if (client.modules.size > 0)
		addInputs(inputs, await bundleClient({ root, dist, modules: client.modules }));
	return [...inputs].sort();
}

/**
 * Not minified beyond white space: class names are what n8n looks for, and stack traces stay
 * readable.
 */
function bundleEntry({ root, dist, target, client }) {
	const path = relative('dist', target);
	const toClient = posix.join(relative(dirname(path), '.').split(sep).join('/'), 'client.js');
	return build({
		...COMMON,
		absWorkingDir: root,
		entryPoints: [join(root, path.replace(/\.js$/, '.ts'))],
		outfile: join(dist, path),
		minifyWhitespace: true,
		plugins: [client.plugin(toClient)],
	});
}

function bundleLater({ root, dist, name, file, client }) {
	return build({
		...COMMON,
		...SMALL,
		absWorkingDir: root,
		entryPoints: [join(root, 'client', `${name}.ts`)],
		outfile: join(dist, file),
		plugins: [withoutDebugging(), client.plugin('./client.js')],
	});
}

function bundleClient({ root, dist, modules }) {
	const names = [...modules].sort();
	const contents = names
		.map((name) => `export * as ${JSON.stringify(name)} from ${JSON.stringify(`./${name}`)};`)
		.join('\n');
	return build({
		...COMMON,
		absWorkingDir: root,
		stdin: { contents, resolveDir: resolve(root, 'client'), sourcefile: 'client.js' },
		...SMALL,
		outfile: join(dist, 'client.js'),
		plugins: [withoutDebugging(), onlyWhatSocketsNeed(), loadedLater(LATER)],
	});
}

function addInputs(inputs, { metafile }) {
	for (const input of Object.keys(metafile.inputs)) inputs.add(input);
}
