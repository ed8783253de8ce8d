import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * The packages of which something was bundled.
 *
 * @param {string} root the repository
 * @param {string[]} inputs the bundled files, relative to `root`
 * @returns {Promise<Array<{ folder: string, name: string, version: string, license?: string }>>} in
 * the order of their folders, which are relative to `root`
 */
export async function bundledPackages(root, inputs) {
	const folders = new Set(inputs.map(packageFolder).filter(Boolean));
	return Promise.all([...folders].sort().map((folder) => describe(root, folder)));
}

/** What follows the last `node_modules` of a path, with its scope. */
function packageFolder(input) {
	return /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
}

async function describe(root, folder) {
	const description = join(root, folder, 'package.json');
	if (!existsSync(description)) return describe(root, dirname(folder));
	const { name, version, license } = JSON.parse(await readFile(description, 'utf8'));
	return { folder, name, version, license };
}
