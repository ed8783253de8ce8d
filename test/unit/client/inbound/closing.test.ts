import { Closing, OVER } from '../../../../client/inbound/closing';
import { FakeClock } from '../../../support/fake-clock';
import { STANDSTILL, withoutStandstill } from '../../../support/standstill';

const never = new Promise<string>(() => undefined);

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
			const waits: Array<Promise<unknown>> = [];
			withoutStandstill(() => {
				for (let chat = 0; chat < 250_000; chat++) waits.push(closing.unlessOver(never));
			});
			closing.close();
			expect(new Set(await Promise.all(waits))).toEqual(new Set([OVER]));
		},
		STANDSTILL,
	);
});
