/** How figures are taken and told. */

/** Whether the bench runs only to show that it works. */
export const isSmall = process.argv.includes('--small');

/** ms since 1970, with fractions; comparable between the processes of a machine. */
export function wallTime(): number {
	return performance.timeOrigin + performance.now();
}

/** The value below which the share lies, from 0 to 1. @throws where there is none */
export function quantile(values: readonly number[], share: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
	if (value === undefined) throw new Error('there are no values');
	return value;
}

export function median(values: readonly number[]): number {
	return quantile(values, 0.5);
}

/**
 * By which share the medians of a list's two halves (every second value) differ, which nothing but
 * noise explains.
 */
export function noise(values: readonly number[]): number {
	const [even, odd] = [0, 1].map((rest) =>
		median(values.filter((_, at) => values.length === 1 || at % 2 === rest)),
	) as [number, number];
	return Math.max(even / odd, odd / even) - 1;
}

/** "1.23 (1.10 to 1.30)": the median with the least and the greatest, which tell the noise. */
export function spread(values: readonly number[], digits = 2): string {
	const [least, most] = [Math.min(...values), Math.max(...values)];
	return `${median(values).toFixed(digits)} (${least.toFixed(digits)} to ${most.toFixed(digits)})`;
}

export interface Bar {
	readonly atLeast?: number;
	readonly atMost?: number;
}

/**
 * Tells a figure with its bar. A missed bar makes the bench fail, but not a small one, whose
 * figures are worth nothing.
 * @param told how the value is written, with its unit
 */
export function judge(
	what: string,
	value: number,
	{ atLeast, atMost }: Bar,
	told = value.toFixed(2),
): void {
	const isMet =
		value >= (atLeast ?? Number.NEGATIVE_INFINITY) && value <= (atMost ?? Number.POSITIVE_INFINITY);
	const bar = atLeast === undefined ? `at most ${rounded(atMost)}` : `at least ${rounded(atLeast)}`;
	const verdict = isMet ? 'met' : isSmall ? 'not met, and too small to count' : 'MISSED';
	console.log(`${what}: ${told}; bar ${bar}, ${verdict}`);
	if (!isMet && !isSmall) process.exitCode = 1;
}

function rounded(value = Number.NaN): string {
	return String(Number(value.toFixed(3)));
}

export function pauseFor(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}
