import type { Clock } from '../../../../client/clock';
import { Closing, OVER } from '../../../../client/inbound/closing';
import { FakeClock } from '../../../support/fake-clock';
import { STANDSTILL, withoutStandstill } from '../../../support/standstill';

const never = new Promise<string>(() => undefined);

/** Whose timers never fire. */
const STOPPED: Clock = {
	wallTime: () => 0,
	now: () => 0,
	after: () => ({ cancel: () => undefined, restart: () => undefined }),
};

describe('the end of a life', () => {
	it('ends what waits for a promise, and lets it have its own outcome before', async () => {
		const closing = new Closing();
		const failing = Promise.reject(new Error('no files'));
		await expect(closing.unlessOver(Promise.resolve('ready'))).resolves.toBe('ready');
		await expect(closing.unlessOver(failing)).rejects.toThrow('no files');

		const waiting = closing.unlessOver(never);
		closing.close();

		await expect(waiting).resolves.toBe(OVER);
		await expect(closing.unlessOver(never)).resolves.toBe(OVER);
	});

	it('ends a pause, which else takes its time', async () => {
		const clock = new FakeClock();
		const closing = new Closing();
		const ended: string[] = [];
		void closing.pause(clock, 1000).then(() => ended.push('short'));
		void closing.pause(clock, 9000).then(() => ended.push('long'));
		await clock.advance(1000);
		expect(ended).toEqual(['short']);

		closing.close();
		await closing.pause(clock, 9000);

		expect(ended).toEqual(['short', 'long']);
		expect(clock.pending).toBe(0);
	});

	it(
		'costs each of 250,000 chats that wait at once the same',
		async () => {
			const closing = new Closing();
			const waits: Array<Promise<void>> = [];
			withoutStandstill(() => {
				for (let chat = 0; chat < 250_000; chat++) waits.push(closing.pause(STOPPED, 1000));
			});
			closing.close();
			await expect(Promise.all(waits)).resolves.toHaveLength(250_000);
		},
		STANDSTILL,
	);
});
