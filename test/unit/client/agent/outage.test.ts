import { OutageWatch } from '../../../../client/agent/outage';
import { FakeClock } from '../../../support/fake-clock';

function watch() {
	const clock = new FakeClock();
	const told: string[] = [];
	const outage = new OutageWatch(clock, ({ code }) => told.push(code));
	return { clock, told, outage };
}

describe('a long outage', () => {
	it('is told once after five minutes, whatever the states in between', async () => {
		const { clock, told, outage } = watch();
		outage.changed('connecting', '');
		await clock.advance(200_000);
		outage.changed('reconnecting', '');
		await clock.advance(99_999);
		expect(told).toEqual([]);
		await clock.advance(1);
		expect(told).toEqual(['OFFLINE']);
		outage.changed('stalled', '');
		await clock.advance(900_000);
		expect(told).toEqual(['OFFLINE']);
	});

	it('is not told when the connection comes back before', async () => {
		const { clock, told, outage } = watch();
		outage.changed('silent', '');
		await clock.advance(299_000);
		outage.changed('connected', '');
		outage.changed('reconnecting', '');
		await clock.advance(299_999);
		expect(told).toEqual([]);
	});

	it('is told anew in the next episode', async () => {
		const { clock, told, outage } = watch();
		outage.changed('reconnecting', '');
		await clock.advance(300_000);
		outage.changed('connected', '');
		outage.changed('reconnecting', '');
		await clock.advance(300_000);
		expect(told).toEqual(['OFFLINE', 'OFFLINE']);
	});
});

describe('a refused token', () => {
	it('is told at once, and once for the episode', async () => {
		const { clock, told, outage } = watch();
		outage.changed('refused', 'the server refuses the token');
		outage.changed('reconnecting', '');
		outage.changed('refused', '');
		await clock.advance(900_000);
		expect(told).toEqual(['TOKEN_REFUSED']);
	});
});
