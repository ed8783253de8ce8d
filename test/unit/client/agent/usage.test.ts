import { Usage } from '../../../../client/agent/usage';
import { FakeClock } from '../../../support/fake-clock';

const usage = () => {
	const clock = new FakeClock();
	const state = { hasTriggers: false, closed: 0 };
	const used = new Usage(
		clock,
		() => state.hasTriggers,
		() => (state.closed += 1),
	);
	return { clock, state, used };
};

describe('a session that nobody uses', () => {
	it('is closed 30 s after the last one has left, not 1 ms before', async () => {
		const { clock, state, used } = usage();
		const release = used.lease();
		await clock.advance(60_000);
		release();

		await clock.advance(29_999);
		expect(state.closed).toBe(0);
		await clock.advance(1);

		expect(state.closed).toBe(1);
	});

	it('is kept when somebody comes back in time', async () => {
		const { clock, state, used } = usage();
		used.lease()();
		await clock.advance(29_999);

		used.lease();
		await clock.advance(60_000);

		expect([state.closed, used.isLeased]).toEqual([0, true]);
	});

	it('is kept as long as there are triggers', async () => {
		const { clock, state, used } = usage();
		state.hasTriggers = true;
		used.lease()();
		await clock.advance(60_000);
		expect(state.closed).toBe(0);

		state.hasTriggers = false;
		used.changed();
		await clock.advance(30_000);

		expect(state.closed).toBe(1);
	});

	it('counts a lease that is given back twice once', () => {
		const { used } = usage();
		const release = used.lease();
		used.lease();

		release();
		release();

		expect(used.isLeased).toBe(true);
	});

	it('does not keep the process alive', () => {
		const { clock, used } = usage();
		used.lease()();

		expect(clock.pending).toBe(0);
	});
});
