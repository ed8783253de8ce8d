/**
 * Numbers by chance that a seed brings back: the random moments of a test that failed can be tried
 * again.
 */

const SEEDS = 2 ** 31 - 1;
/** Multiplied by it, the seeds from 1 to 2^31 - 2 form one long cycle (Park and Miller). */
const MULTIPLIER = 48_271;

/** `AGENTCLUB_SEED`, or one by chance. */
export function seedOfThisRun(): number {
	const given = Number(process.env.AGENTCLUB_SEED);
	return Number.isSafeInteger(given) && given > 0
		? given
		: 1 + Math.floor(Math.random() * (SEEDS - 2));
}

/** How often the tests that kill a process do it: `AGENTCLUB_KILLS`, or a few. */
export function killsOfThisRun(few: number): number {
	const given = Number(process.env.AGENTCLUB_KILLS);
	return Number.isSafeInteger(given) && given > 0 ? given : few;
}

export class Chance {
	private state: number;

	constructor(seed: number) {
		this.state = (seed % (SEEDS - 1)) + 1;
	}

	/** A whole number from `least` to `most`, both included. */
	between(least: number, most: number): number {
		this.state = (this.state * MULTIPLIER) % SEEDS;
		return least + Math.floor((this.state / SEEDS) * (most - least + 1));
	}
}
