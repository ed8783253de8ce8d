import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundledPackages } from './build/bundled-packages.mjs';
import { bundlePackage } from './build/bundle.mjs';

export const root = resolve(fileURLToPath(import.meta.url), '../..');

/** The packages that this tree bundles; found by bundling it into a folder that is thrown away. */
export async function whatIsBundled() {
	const dist = await mkdtemp(join(tmpdir(), 'bundled-'));
	try {
		return await bundledPackages(root, await bundlePackage({ root, dist }));
	} finally {
		await rm(dist, { recursive: true, force: true });
	}
}
