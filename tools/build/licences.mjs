import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundledPackages } from './bundled-packages.mjs';

const RULE = '-'.repeat(80);

/**
 * Writes `dist/LICENSES.txt`: name, version and licence text of each package of which something was
 * bundled. A package without a text stops the build, because its licence would be broken.
 *
 * @param {{ root: string, dist: string, inputs: string[] }} bundle `inputs` are the bundled files,
 * relative to `root`
 */
export async function writeLicences({ root, dist, inputs }) {
	const packages = await bundledPackages(root, inputs);
	const parts = await Promise.all(packages.map((each) => licenceOf(root, each)));
	const head = 'This package contains parts of the packages below, each under its own licence.';
	await writeFile(join(dist, 'LICENSES.txt'), `${[head, ...parts].join(`\n\n${RULE}\n\n`)}\n`);
}

async function licenceOf(root, { folder, name, version, license }) {
	const files = (await readdir(join(root, folder)))
		.filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
		.sort();
	if (files.length === 0)
		throw new Error(`${name} ${version} is bundled but comes without a licence text.`);
	const texts = await Promise.all(files.map((file) => readFile(join(root, folder, file), 'utf8')));
	return [
		license ? `${name} ${version} (${license})` : `${name} ${version}`,
		...texts.map((text) => text.trim()),
	].join('\n\n');
}
