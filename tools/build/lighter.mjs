import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * An esbuild plugin that leaves `require('./undici-client')` in client/ a require, of the file that
 * it is given for it.
 *
 * @param {Record<string, string>} files by module, its folder included, next to the bundle
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
 * An esbuild plugin that takes the builds of socket.io's packages without debugging. If there is no
 * such build, it takes a `debug` that does nothing. With DEBUG in its environment, n8n would print
 * tokens; and it is much code.
 *
 * @returns {import('esbuild').Plugin}
 */
export function withoutDebugging() {
	return {
		name: 'without-debugging',
		setup(build) {
			build.onLoad({ filter: /[/\\]esm-debug[/\\]/ }, async ({ path }) => ({
				contents: await readFile(path.replace(/([/\\])esm-debug([/\\])/, '$1esm$2'), 'utf8'),
			}));
			build.onResolve({ filter: /^debug$/ }, () => ({ path: 'debug', namespace: 'no-debug' }));
			build.onLoad({ filter: /.*/, namespace: 'no-debug' }, () => ({
				contents: 'module.exports = () => () => undefined;',
			}));
		},
	};
}

/**
 * An esbuild plugin that leaves out what socket.io-client's packages bring along: the server of
 * `ws`, and the request of polling, which client/connection/poll-request.ts makes instead.
 *
 * @returns {import('esbuild').Plugin}
 */
export function onlyWhatSocketsNeed() {
	const namespace = 'only-what-sockets-need';
	const stubs = {
		ws: "module.exports = { WebSocket: require('ws/lib/websocket.js') };",
		'xmlhttprequest-ssl': 'module.exports = {};',
	};
	return {
		name: namespace,
		setup(build) {
			build.onResolve(
				{ filter: /^(ws|xmlhttprequest-ssl)$/, namespace: 'file' },
				({ path, resolveDir }) => ({ path, namespace, pluginData: { resolveDir } }),
			);
			build.onResolve({ filter: /^ws[/]lib[/]/, namespace }, async ({ path, resolveDir }) => {
				const { path: entry } = await build.resolve('ws', {
					resolveDir,
					kind: 'require-call',
					namespace,
				});
				return { path: join(dirname(entry), path.replace(/^ws[/]/, '')) };
			});
			build.onLoad({ filter: /.*/, namespace }, ({ path, pluginData: { resolveDir } }) => ({
				contents: stubs[path],
				resolveDir,
			}));
		},
	};
}
