import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';

/**
 * An esbuild plugin that leaves `require('./undici-client')` in client/ a require, of the file that it is given for it.
 *
 * @param {Record<string, string>} files by module, its folder included, beside the bundle
 * @returns {import('esbuild').Plugin}
 */
export function loadedLater(files) {
	const byName = new Map(Object.entries(files).map(([name, file]) => [basename(name), file]));
	return {
		name: 'loaded-later',
		setup(build) {
			build.onResolve({ filter: /^\.\// }, ({ kind, path }) => {
				const file = kind === 'require-call' ? byName.get(basename(path)) : undefined;
				return file === undefined ? undefined : { path: `./${file}`, external: true };
			});
		},
	};
}

/**
 * An esbuild plugin that takes the builds of socket.io's packages without debugging, and a `debug` that does nothing where there is no such
 * build: with DEBUG in its environment, n8n would print tokens, and it is much code.
 *
 * @returns {import('esbuild').Plugin}
 */
export function withoutDebugging() {
	return {
		name: 'without-debugging',
		setup(build) {
			build.onLoad({ filter: /[/\\]esm-debug[/\\]/ }, async ({ path }) => ({ contents: await readFile(path.replace(/([/\\])esm-debug([/\\])/, '$1esm$2'), 'utf8') }));
			build.onResolve({ filter: /^debug$/ }, () => ({ path: 'debug', namespace: 'no-debug' }));
			build.onLoad({ filter: /.*/, namespace: 'no-debug' }, () => ({ contents: 'module.exports = () => () => undefined;' }));
		},
	};
}
