// npm run sbom [-- FILE]
//
// Writes the software bill of materials (CycloneDX 1.6) of what the package bundles, to the
// standard output or into a file. npm's own `npm sbom` lists dependencies, of which the package has
// none. It cannot know what was bundled. No time and no serial number, so one commit gives one
// file.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root, whatIsBundled } from './bundled.mjs';

const own = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));
const packages = await whatIsBundled();

const purl = ({ name, version }) => `pkg:npm/${name.replace('@', '%40')}@${version}`;

const component = ({ name, version, license, ...more }) => ({
	type: 'library',
	'bom-ref': purl({ name, version }),
	name,
	version,
	...(license && { licenses: [{ license: { id: license } }] }),
	purl: purl({ name, version }),
	...more,
});

/** npm's checksum of the tarball that was installed. */
function hashes(folder) {
	const { integrity } = lock.packages[folder] ?? {};
	const [, base64] = /^sha512-(.+)$/.exec(integrity ?? '') ?? [];
	if (base64 === undefined) throw new Error(`package-lock.json has no checksum for ${folder}`);
	return [{ alg: 'SHA-512', content: Buffer.from(base64, 'base64').toString('hex') }];
}

const bill = {
	bomFormat: 'CycloneDX',
	specVersion: '1.6',
	version: 1,
	metadata: {
		component: component({
			name: own.name,
			version: own.version,
			license: own.license,
			description: own.description,
		}),
	},
	components: packages.map(({ folder, ...each }) => component({ ...each, hashes: hashes(folder) })),
	dependencies: [{ ref: purl(own), dependsOn: packages.map(purl) }],
};
const text = `${JSON.stringify(bill, null, '\t')}\n`;
const [file] = process.argv.slice(2);
if (file) await writeFile(file, text);
else process.stdout.write(text);
