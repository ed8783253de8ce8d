import { runInNewContext } from 'node:vm';

/** A busy machine gives a process a part of a core; beyond this the work is taken for endless. */
const SLOWER_AT_MOST = 20;

/**
 * Tells synchronous work in proportion to its input from work with the square of it: answers what
 * it answers, unless it takes more processor time than so many seconds. A busy machine makes that
 * time no longer.
 */
export function withinProcessorSeconds<T>(seconds: number, work: () => T): T {
	const before = process.cpuUsage();
	const timeout = SLOWER_AT_MOST * 1000 * seconds;
	const result = runInNewContext('work()', { work }, { timeout }) as T;
	const taken = process.cpuUsage(before).user / 1e6;
	if (taken > seconds)
		throw new Error(`It took ${taken} s of processor time, and was to take ${seconds} s at most`);
	return result;
}
