import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** All of it. */
export function collectGarbage(): void {
	collect();
	// The second time waits until what the first has found is freed, which another thread does.
	collect();
}

/** Bytes, garbage included: JavaScript's own, and those outside its heap. */
export function heldNow(): number {
	const { heapUsed, external } = process.memoryUsage();
	return heapUsed + external;
}

/** ms between two looks; a look that collects garbage takes a while itself. */
const LOOK_EVERY = 2;
const COLLECT_EVERY = 20;

/**
 * The most bytes that the process takes, as the operating system counts them, while it does the
 * work, above what it took before.
 */
export async function addedRss(work: () => Promise<unknown>): Promise<number> {
	await settle();
	return await risen(() => process.memoryUsage.rss(), LOOK_EVERY, work);
}

/**
 * The most bytes that the work really holds: what is garbage, and only waits for its collection, is
 * collected before each look.
 */
export async function heldBytes(work: () => Promise<unknown>): Promise<number> {
	await settle();
	const held = () => {
		collectGarbage();
		return heldNow();
	};
	return await risen(held, COLLECT_EVERY, work);
}

/**
 * What the last work has left is gone after a few turns: streams close, then their buffers are
 * found.
 */
async function settle(): Promise<void> {
	for (let turn = 0; turn < 5; turn += 1) {
		collectGarbage();
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}

async function risen(
	measure: () => number,
	every: number,
	work: () => Promise<unknown>,
): Promise<number> {
	const before = measure();
	let most = before;
	const look = () => {
		most = Math.max(most, measure());
	};
	const timer = setInterval(look, every);
	try {
		await work();
		look();
	} finally {
		clearInterval(timer);
	}
	return most - before;
}
