import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { n8nFolder } from '../../playground/host/install-n8n';

const MODULES = join(n8nFolder(), 'node_modules');

/** Whether the interface of n8n's library for nodes has this name, before n8n is started. */
export function n8nOffers(name: string): boolean {
	const types = join(MODULES, 'n8n-workflow/dist/cjs/interfaces.d.ts');
	return readFileSync(types, 'utf8').includes(name);
}

/** Whether n8n has a setting that this environment variable sets. */
export function n8nReads(variable: string): boolean {
	const folders = ['@n8n/config/dist/configs', 'n8n/dist/modules/community-packages'];
	return folders.some((folder) =>
		readdirSync(join(MODULES, folder))
			.filter((file) => file.endsWith('.config.js'))
			.some((file) => readFileSync(join(MODULES, folder, file), 'utf8').includes(`'${variable}'`)),
	);
}

/** `it`, or a skipped case whose name says why this n8n has no place for it. */
export function itWhere(isThere: boolean, why: string): typeof it.skip {
	if (isThere) return it;
	const skipped = (name: string, ...rest: [jest.ProvidesCallback?, number?]) => {
		it.skip(`${name} (skipped: ${why})`, ...rest);
	};
	return Object.assign(skipped, it.skip);
}

/** For cases that two files have; the others stand in their files. */
export const itIfToldOfFailedStarts = itWhere(
	n8nOffers('deduplicationKey'),
	'this n8n does not tell a trigger that it could create no execution',
);

/** Whether somebody can review the tools of an AI Agent. */
export const HAS_REVIEWS = n8nOffers('HitlResponse');
export const itIfReviewed = itWhere(HAS_REVIEWS, 'this n8n lets nobody review tools');
