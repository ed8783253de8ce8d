import { dirname, join, relative, resolve, sep } from 'node:path';

const NAMESPACE = 'shared-client';

/**
 * An esbuild plugin that replaces imports of client modules by what
 * `require('../../client.js')['outbound/send']` has, loaded on first use. It remembers which ones
 * were asked for. client/ has no barrel, and needs none for this.
 *
 * @param {string} clientFolder absolute path of client/
 * @returns {{ modules: Set<string>, plugin: (toClient: string) => import('esbuild').Plugin }}
 * `toClient` is the path from the bundle being made to client.js
 */
export function sharedClient(clientFolder) {
	const modules = new Set();
	const plugin = (toClient) => ({
		name: NAMESPACE,
		setup(build) {
			build.onResolve({ filter: /^\.{1,2}\//, namespace: 'file' }, ({ importer, path }) => {
				const name = moduleName(clientFolder, resolve(dirname(importer), path));
				if (name === undefined) return undefined;
				modules.add(name);
				return { path: name, namespace: NAMESPACE };
			});
			build.onResolve({ filter: /client\.js$/, namespace: NAMESPACE }, ({ path }) => ({
				path,
				external: true,
			}));
			build.onLoad({ filter: /.*/, namespace: NAMESPACE }, async ({ path }) => ({
				contents: loadedAtFirstUse(
					toClient,
					path,
					await exportsOf(build.esbuild, join(clientFolder, `${path}.ts`)),
				),
				loader: 'js',
			}));
		},
	});
	return { modules, plugin };
}

/** A node that only describes itself, as for the editor, loads nothing of client/. */
function loadedAtFirstUse(toClient, path, names) {
	const getters = names.map((name) => `get ${name}() { return load().${name}; }`);
	return `
		let loaded;
		const load = () => (loaded ??= require(${JSON.stringify(toClient)})[${JSON.stringify(path)}]);
		module.exports = { __esModule: true, ${getters.join(', ')} };`;
}

/** The names of what a module exports at run time. */
async function exportsOf(esbuild, file) {
	const { metafile } = await esbuild.build({
		entryPoints: [file],
		format: 'esm',
		write: false,
		metafile: true,
		outfile: 'exports.js',
	});
	return Object.values(metafile.outputs)[0].exports;
}

/** The path inside client/, without the ending, or undefined for a file elsewhere. */
function moduleName(clientFolder, file) {
	const path = relative(clientFolder, file).split(sep).join('/');
	return path.startsWith('..') ? undefined : path.replace(/\.(js|ts)$/, '');
}
