import { readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from './is-alive';

/** ms between two looks at a lock that another process holds; installing takes minutes. */
const LOOK_EVERY = 500;

/**
 * Runs `work` while no other process runs work under the same lock file, which holds the owner's
 * process id. A lock whose owner has died is taken over.
 *
 * @param onWait called once when another process holds the lock
 */
export async function withInstallLock<T>(
	file: string,
	onWait: () => void,
	work: () => Promise<T>,
): Promise<T> {
	let told = false;
	while (!(await takeLock(file))) {
		if (!told) onWait();
		told = true;
		await sleep(LOOK_EVERY);
	}
	try {
		return await work();
	} finally {
		await rm(file, { force: true });
	}
}

async function takeLock(file: string): Promise<boolean> {
	try {
		await writeFile(file, String(process.pid), { flag: 'wx' });
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
	}
	const owner = await readFile(file, 'utf8').catch(() => '');
	// An empty file is one whose owner is writing its id at this moment.
	if (owner === '' || isAlive(Number(owner))) return false;
	await rm(file, { force: true });
	return takeLock(file);
}
