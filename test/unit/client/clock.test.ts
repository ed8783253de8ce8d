import { EXPIRED, pause, systemClock, withDeadline } from '../../../client/clock';
import { FakeClock, settled } from '../../support/fake-clock';

const over = (promise: Promise<unknown>): (() => boolean) => {
	let done = false;
	void promise.then(() => (done = true));
	return () => done;
};

describe('a pause', () => {
	it('ends after its time, not 1 ms before', async () => {
		const clock = new FakeClock();
		const isOver = over(pause(clock, 5000));

		await clock.advance(4999);
		expect(isOver()).toBe(false);
		await clock.advance(1);
		expect(isOver()).toBe(true);
	});

	it('loses to its signal, and leaves no timer behind', async () => {
		const clock = new FakeClock();
		const cut = new AbortController();
		const isOver = over(pause(clock, 5000, cut.signal));

		cut.abort();
		await settled();

		expect(isOver()).toBe(true);
		expect(clock.pending).toBe(0);
	});

	it('does not begin where the signal has aborted already', async () => {
		const clock = new FakeClock();
		const isOver = over(pause(clock, 5000, AbortSignal.abort()));

		await settled();

		expect(isOver()).toBe(true);
		expect(clock.pending).toBe(0);
	});
});

describe('a deadline', () => {
	it('gives what the promise gives, and leaves no timer behind', async () => {
		const clock = new FakeClock();

		await expect(withDeadline(clock, 1000, Promise.resolve(7))).resolves.toBe(7);
		await expect(withDeadline(clock, 1000, Promise.reject(new Error('no')))).rejects.toThrow('no');
		expect(clock.pending).toBe(0);
	});

	it('says that the time ran out, and minds nothing that comes later', async () => {
		const clock = new FakeClock();
		let fail = (): void => undefined;
		const late = new Promise<number>((_resolve, reject) => {
			fail = () => {
				reject(new Error('much too late'));
			};
		});
		const result = withDeadline(clock, 1000, late);

		await clock.advance(1000);
		await expect(result).resolves.toBe(EXPIRED);
		fail();
		await settled();
	});
});

describe('the clock of the system', () => {
	it('calls back, and forgets a timer that was cancelled', async () => {
		const calls: string[] = [];
		const cancelled = systemClock.after(0, () => calls.push('cancelled'));
		cancelled.cancel();

		await new Promise<void>((resolve) => {
			systemClock.after(1, () => {
				calls.push('kept');
				resolve();
			});
		});

		expect(calls).toEqual(['kept']);
	});

	it('does not fire at once where the time is longer than Node.js can wait', async () => {
		let fired = false;
		const timer = systemClock.after(2 ** 40, () => (fired = true), { background: true });
		await pause(systemClock, 5);

		expect(fired).toBe(false);
		timer.cancel();
	});
});

describe('a timer that is used again', () => {
	it.each([
		['before it has fired', 600],
		['after it has fired', 1600],
	])('has all of its time once more, %s', async (_when, ms) => {
		const clock = new FakeClock();
		const fired: number[] = [];
		const timer = clock.after(1000, () => fired.push(clock.now()));
		await clock.advance(ms);
		fired.length = 0;

		timer.restart();
		await clock.advance(999);
		expect(fired).toEqual([]);
		await clock.advance(1);

		expect(fired).toEqual([ms + 1000]);
	});

	it('fires again on the clock of the system as well', async () => {
		let count = 0;
		await new Promise<void>((resolve) => {
			const timer = systemClock.after(1, () => {
				count += 1;
				if (count === 3) resolve();
				else timer.restart();
			});
		});

		expect(count).toBe(3);
	});
});
