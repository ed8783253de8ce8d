import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { NodeInstallation } from './install-node';
import { runNpm } from './npm-command';

const HOW_TO: Partial<Record<NodeJS.Platform, string>> = {
	linux:
		'Debian and Ubuntu: sudo apt-get install -y g++ make python3. Fedora: sudo dnf install ' +
		'gcc-c++ make python3. Alpine: apk add g++ make python3.',
	darwin: 'Run: xcode-select --install',
	win32: 'Install "Desktop development with C++" of the Visual Studio Build Tools, and Python 3.',
};

/**
 * Makes n8n's SQLite binding: npm downloads a compiled one where it can, and compiles it otherwise
 * (2 to 3 minutes). Does nothing where one is there and loads.
 *
 * @throws Error that names the missing tools when it can neither be downloaded nor compiled
 */
export async function buildSqlite(
	folder: string,
	node: NodeInstallation,
	progress: (line: string) => void,
	signal?: AbortSignal,
): Promise<void> {
	if (await loads(folder, node)) return;
	await takeFromNeighbour(folder);
	if (await loads(folder, node)) return;
	progress("Making n8n's SQLite binding (once; up to 3 minutes).");
	const env: Record<string, string> =
		node.headers === undefined ? {} : { npm_config_nodedir: node.headers };
	try {
		await runNpm(['rebuild', 'sqlite3', '--ignore-scripts=false', '--foreground-scripts'], {
			folder,
			node: node.node,
			env,
			...(signal && { signal }),
		});
	} catch (error) {
		if (signal?.aborted) throw error;
		throw new Error(`${(error as Error).message}\n\n${advice()}`, { cause: error });
	}
	if (!(await loads(folder, node))) throw new Error(advice());
}

/**
 * Another line of n8n in the cache may have the same release of the binding compiled already. It is
 * made for Node-API, so it runs on each version of Node.js.
 */
async function takeFromNeighbour(folder: string): Promise<void> {
	const binding = (place: string) => join(place, 'node_modules', 'sqlite3');
	const compiled = (place: string) => join(binding(place), 'build', 'Release', 'node_sqlite3.node');
	const release = (place: string) =>
		readFile(join(binding(place), 'package.json'), 'utf8').then(
			(text) => (JSON.parse(text) as { version: string }).version,
			() => undefined,
		);
	const own = await release(folder);
	for (const name of await readdir(dirname(folder))) {
		const other = join(dirname(folder), name);
		if (other === folder || !existsSync(compiled(other)) || (await release(other)) !== own)
			continue;
		await mkdir(dirname(compiled(folder)), { recursive: true });
		await copyFile(compiled(other), compiled(folder));
		return;
	}
}

async function loads(folder: string, { node }: NodeInstallation): Promise<boolean> {
	const run = promisify(execFile);
	return run(node, ['--eval', "require('sqlite3')"], { cwd: folder }).then(
		() => true,
		() => false,
	);
}

function advice(): string {
	const tools = process.platform === 'win32' ? [] : ['c++', 'make', 'python3'];
	const missing = tools.filter(
		(tool) => spawnSync(tool, ['--version'], { stdio: 'ignore' }).error !== undefined,
	);
	const what =
		missing.length > 0
			? `, and ${missing.join(', ')} ${missing.length > 1 ? 'are' : 'is'} missing for compiling it`
			: '';
	return (
		`n8n's SQLite binding could neither be downloaded nor compiled${what}. ` +
		`${HOW_TO[process.platform] ?? ''} Then run the same command again.`
	);
}
