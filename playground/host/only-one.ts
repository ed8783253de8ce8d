import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isAlive } from './is-alive';

/**
 * Notes that this process uses a folder, so that no second one does: two n8n on one database would
 * spoil it.
 *
 * @param file holds the process id
 * @returns a function that gives the folder free
 * @throws Error when another living process uses it
 */
export async function claim(file: string): Promise<() => Promise<void>> {
	const owner = Number(await readFile(file, 'utf8').catch(() => '0'));
	if (owner > 0 && isAlive(owner))
		throw new Error(`The playground of this checkout is already running (process ${owner}).`);
	await mkdir(dirname(file), { recursive: true });
	await writeFile(file, String(process.pid));
	return () => rm(file, { force: true });
}
