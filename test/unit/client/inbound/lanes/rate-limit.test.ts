import { Closing } from '../../../../../client/inbound/closing';
import { RateLimit } from '../../../../../client/inbound/lanes/rate-limit';
import { FakeClock } from '../../../../support/fake-clock';

const rush = (clock: FakeClock, limit: RateLimit, count: number, closing = new Closing()) => {
	const passed: Array<[turn: number, at: number]> = [];
	for (let turn = 0; turn < count; turn++)
		void limit.pass(closing).then(() => passed.push([turn, clock.now()]));
	return passed;
};

describe('a limit of 3 a second', () => {
	it('lets three through at once, and the others in the following seconds, in their order', async () => {
		const clock = new FakeClock();
		const passed = rush(clock, new RateLimit(clock, 3), 7);

		await clock.advance(5000);

		expect(passed).toEqual([
			[0, 0],
			[1, 0],
			[2, 0],
			[3, 1000],
			[4, 1000],
			[5, 1000],
			[6, 2000],
		]);
	});

	it('lets nobody wait who comes slowly', async () => {
		const clock = new FakeClock();
		const limit = new RateLimit(clock, 3);
		const times: number[] = [];
		for (let turn = 0; turn < 10; turn++) {
			await limit.pass(new Closing());
			times.push(clock.now());
			await clock.advance(400);
		}

		expect(times).toEqual(Array.from({ length: 10 }, (_nothing, turn) => turn * 400));
	});

	it('lets no more than three through in any second, wherever that second begins', async () => {
		const clock = new FakeClock();
		const limit = new RateLimit(clock, 3);
		rush(clock, limit, 1);
		await clock.advance(900);
		const passed = rush(clock, limit, 5);
		await clock.advance(3000);

		expect(passed).toEqual([
			[0, 900],
			[1, 900],
			[2, 1000],
			[3, 1900],
			[4, 1900],
		]);
	});

	it('ends every wait when the life is over', async () => {
		const clock = new FakeClock();
		const closing = new Closing();
		const passed = rush(clock, new RateLimit(clock, 3), 9, closing);
		await clock.advance(0);
		expect(passed).toHaveLength(3);

		closing.close();
		await clock.advance(0);

		expect(passed).toHaveLength(9);
		expect(clock.pending).toBe(0);
	});
});
