import { Backoff } from '../../../../client/connection/backoff';
import { CONNECTION_POLICY } from '../../../../client/connection/policy';

const seconds = (backoff: Backoff, count: number) =>
	Array.from({ length: count }, () => backoff.next() / 1000);

describe('the pauses between attempts', () => {
	it('double up to the cap, and stay there', () => {
		expect(seconds(new Backoff({ first: 1000, cap: 30_000 }, () => 0), 8)).toEqual([
			1, 2, 4, 8, 16, 30, 30, 30,
		]);
	});

	it('get up to 30 % more by chance, after the cap, so that a herd does not come back together', () => {
		const longest = new Backoff({ first: 1000, cap: 30_000 }, () => 1);

		expect(seconds(longest, 7)).toEqual([1.3, 2.6, 5.2, 10.4, 20.8, 39, 39]);
	});

	it('differ from client to client at the cap', () => {
		const delays = Array.from({ length: 20 }, () =>
			new Backoff({ first: 30_000, cap: 30_000 }, CONNECTION_POLICY.chance).next(),
		);

		expect(new Set(delays).size).toBeGreaterThan(1);
		expect(Math.min(...delays)).toBeGreaterThanOrEqual(30_000);
		expect(Math.max(...delays)).toBeLessThanOrEqual(39_000);
	});

	it('begin at the first one again after a reset', () => {
		const backoff = new Backoff({ first: 1000, cap: 30_000 }, () => 0);
		seconds(backoff, 5);

		backoff.reset();

		expect(seconds(backoff, 2)).toEqual([1, 2]);
	});

	it('stay finite after thousands of failures', () => {
		const backoff = new Backoff({ first: 1000, cap: 30_000 }, () => 0);

		expect(seconds(backoff, 5000).at(-1)).toBe(30);
	});
});
