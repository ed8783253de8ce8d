import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { mersenne } from 'pure-rand/generator/mersenne';

/**
 * Everything that chance decides in a schedule; the same seed decides the same. Seeds that follow
 * each other decide nothing alike: with xoroshiro128+ their first numbers are the same.
 */
export class Random {
	private readonly generator;

	constructor(seed: number) {
		this.generator = mersenne(seed);
	}

	/** At least 0, below 1. */
	fraction(): number {
		return uniformFloat64(this.generator);
	}

	/** Both ends included. */
	int(from: number, to: number): number {
		return uniformInt(this.generator, from, to);
	}

	/** Any moment in between, so that two things hardly ever fall together. */
	between(from: number, to: number): number {
		return from + (to - from) * this.fraction();
	}

	chance(probability: number): boolean {
		return this.fraction() < probability;
	}

	/** @throws Error for an empty list */
	pick<T>(list: readonly T[]): T {
		const chosen = list[this.int(0, list.length - 1)];
		if (chosen === undefined) throw new Error('nothing to pick from');
		return chosen;
	}

	/** One of the keys, each as likely as its weight says. */
	weighted<K extends string>(weights: Readonly<Record<K, number>>): K {
		const entries = Object.entries<number>(weights) as Array<[K, number]>;
		let left = this.fraction() * entries.reduce((sum, [, weight]) => sum + weight, 0);
		for (const [key, weight] of entries) {
			left -= weight;
			if (left < 0) return key;
		}
		throw new Error('no weights');
	}
}
