import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from './cache-folder';
import { withInstallLock } from './install-lock';
import { installNode, type NodeInstallation } from './install-node';
import { type N8nLine, n8nLine } from './n8n-lines';
import { runNpm } from './npm-command';
import { buildSqlite } from './sqlite-binding';

/** ms between two lines of progress. */
const TELL_EVERY = 15_000;

export interface N8nInstallation {
	/** The Node.js that runs it. */
	readonly node: string;
	/** n8n's program, a script for that Node.js. */
	readonly program: string;
}

type Progress = (line: string) => void;

/**
 * n8n in the cache folder. If it is not there yet, it comes from the npm registry (about 3 GB; some
 * 7 minutes, and 3 more if SQLite has to be compiled). May be called by several processes at once;
 * an installation that was cut off is started again.
 *
 * @param signal stops it; the promise then rejects, and the next call begins again
 * @param progress hears a line now and then while something is being installed, and nothing
 * otherwise
 * @throws Error that says what is missing and how to get it
 */
export async function installN8n(
	progress: Progress = () => undefined,
	signal?: AbortSignal,
): Promise<N8nInstallation> {
	const line = n8nLine();
	const { node, headers } = await installNode(line.node, progress, signal);
	const folder = n8nFolder();
	const installation = { node, program: join(folder, 'node_modules', 'n8n', 'bin', 'n8n') };
	if (await isInstalled(folder, line)) return installation;
	await withInstallLock(
		`${folder}.lock`,
		() => {
			progress('Another process is installing n8n; waiting for it.');
		},
		async () => {
			if (await isInstalled(folder, line)) return;
			await install(line, folder, { node, ...(headers && { headers }) }, progress, signal);
		},
	);
	return installation;
}

/** Where n8n of the chosen line is, or will be. */
export function n8nFolder(): string {
	return cacheFolder(`n8n-${n8nLine().version}`);
}

const stampOf = (folder: string) => join(folder, 'installed');

async function isInstalled(folder: string, { version }: N8nLine): Promise<boolean> {
	return (await readFile(stampOf(folder), 'utf8').catch(() => '')) === version;
}

async function install(
	{ version, overrides }: N8nLine,
	folder: string,
	node: NodeInstallation,
	progress: Progress,
	signal?: AbortSignal,
): Promise<void> {
	const started = join(folder, 'started');
	// npm takes a half-unpacked package for a whole one, so what was cut off is thrown away; its
	// downloads are still in npm's cache.
	if (existsSync(started)) await rm(join(folder, 'node_modules'), { recursive: true, force: true });
	await writeFile(started, '');
	await writeFile(
		join(folder, 'package.json'),
		JSON.stringify({ private: true, dependencies: { n8n: version }, overrides }),
	);
	progress(`Getting n8n ${version} (once; about 3 GB, 5 to 10 minutes) into ${folder}`);
	const stopTelling = tellProgress(folder, progress);
	// Without the flag an optional Kafka client would be compiled, which fails on many machines and
	// is not needed here.
	await runNpm(['install', '--ignore-scripts', '--no-audit', '--no-fund'], {
		folder,
		node: node.node,
		...(signal && { signal }),
	}).finally(stopTelling);
	await rm(started, { force: true });
	await buildSqlite(folder, node, progress, signal);
	await writeFile(stampOf(folder), version);
	progress(`n8n ${version} is installed.`);
}

/**
 * npm says nothing for minutes when nobody watches its terminal; the folder shows that it works.
 */
function tellProgress(folder: string, progress: Progress): () => void {
	const begin = Date.now();
	const timer = setInterval(() => {
		void readdir(join(folder, 'node_modules'))
			.catch(() => [])
			.then((names) => {
				const seconds = Math.round((Date.now() - begin) / 1000);
				progress(`  ... ${seconds} s, ${names.length} folders so far`);
			});
	}, TELL_EVERY);
	return () => {
		clearInterval(timer);
	};
}
