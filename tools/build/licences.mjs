import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const RULE = '-'.repeat(80);

/**
 * Writes `dist/LICENSES.txt`: name, version and licence text of each package of which something was
 * bundled. A package without a text stops the build, for its licence would be broken.
 *
 * @param {{ root: string, dist: string, inputs: string[] }} bundle `inputs` are the bundled files,
 * relative to `root`
 */
export async function writeLicences({ root, dist, inputs }) {
	const folders = new Set(inputs.map(packageFolder).filter(Boolean));
	const parts = await Promise.all(
		[...folders].sort().map((folder) => licenceOf(join(root, folder))),
	);
	const head = 'This package contains parts of the packages below, each under its own licence.';
	await writeFile(join(dist, 'LICENSES.txt'), `${[head, ...parts].join(`\n\n${RULE}\n\n`)}\n`);
}

/** The package of a bundled file: what follows the last `node_modules`, with its scope. */
function packageFolder(input) {
	return /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
}

async function licenceOf(folder) {
	const description = join(folder, 'package.json');
	if (!existsSync(description)) return licenceOf(dirname(folder));
	const { name, version, license } = JSON.parse(await readFile(description, 'utf8'));
	const files = (await readdir(folder))
		.filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
		.sort();
	if (files.length === 0)
		throw new Error(`${name} ${version} is bundled but comes without a licence text.`);
	const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
	return [
		license ? `${name} ${version} (${license})` : `${name} ${version}`,
		...texts.map((text) => text.trim()),
	].join('\n\n');
}
