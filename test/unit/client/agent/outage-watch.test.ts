import { OutageWatch } from '../../../../client/agent/outage-watch';
import { FakeClock } from '../../../support/fake-clock';

const watch = () => {
	const clock = new FakeClock();
	const told: string[] = [];
	return { clock, told, outage: new OutageWatch(clock, ({ code }) => told.push(code)) };
};

describe('an outage', () => {
	it('is told after five minutes without a connection, not 1 ms before, and once', async () => {
		const { clock, told, outage } = watch();
		outage.changed('reconnecting', '');
		await clock.advance(100_000);
		outage.changed('stalled', '');
		await clock.advance(199_999);
		expect(told).toEqual([]);

		await clock.advance(1);
		outage.changed('reconnecting', '');
		await clock.advance(600_000);

		expect(told).toEqual(['OFFLINE']);
	});

	it('is told at once where the token is refused, and once', () => {
		const { told, outage } = watch();
		outage.changed('refused', '');
		outage.changed('reconnecting', '');
		outage.changed('refused', '');

		expect(told).toEqual(['TOKEN_REFUSED']);
	});

	it('is told at once where the host blocks the server, with what the log says', () => {
		const { told, outage } = watch();
		outage.changed('reconnecting', '');
		outage.changed('blocked', 'blocked');
		outage.changed('refused', '');

		expect(told).toEqual(['BLOCKED']);
	});

	it('is over with a connection, and may be told again after that', () => {
		const { told, outage } = watch();
		outage.changed('refused', '');
		outage.changed('connected', '');
		outage.changed('refused', '');

		expect(told).toEqual(['TOKEN_REFUSED', 'TOKEN_REFUSED']);
	});

	it('is none where the connection came back in time, or was closed', async () => {
		for (const end of ['connected', 'closed'] as const) {
			const { clock, told, outage } = watch();
			outage.changed('silent', '');
			outage.changed(end, '');
			await clock.advance(600_000);

			expect(told).toEqual([]);
		}
	});
});
