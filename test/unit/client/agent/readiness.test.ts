import { Readiness } from '../../../../client/agent/readiness';
import { AgentClubError } from '../../../../client/errors';
import { FakeClock, settled } from '../../../support/fake-clock';

const readiness = () => {
	const clock = new FakeClock();
	const ready = new Readiness(clock);
	const wait = (deadline = 5000, signal?: AbortSignal) => {
		const fate: { ready?: true; error?: AgentClubError } = {};
		void ready.wait(deadline, signal).then(
			() => Object.assign(fate, { ready: true }),
			(error: unknown) => Object.assign(fate, { error }),
		);
		return fate;
	};
	return { clock, ready, wait };
};

describe('waiting for the connection', () => {
	it('ends as soon as it is there', async () => {
		const { clock, ready, wait } = readiness();
		const fate = wait();
		await settled();
		expect(fate).toEqual({});

		ready.open();
		await settled();

		expect(fate).toEqual({ ready: true });
		expect(clock.pending).toBe(0);
	});

	it('does not begin where it is there already', async () => {
		const { ready, wait } = readiness();
		ready.open();
		const fate = wait(-1);
		await settled();

		expect(fate).toEqual({ ready: true });
	});

	it.each([0, 1, 499])(
		'names no time where it was as good as none (%i ms), as behind other sends',
		async (deadline) => {
			const { clock, ready, wait } = readiness();
			ready.describe('the server is down');
			const fate = wait(deadline);
			await clock.advance(deadline);
			expect((fate.error as Error).message).toBe(
				'There is no connection to Agent Club: the server is down',
			);
		},
	);

	it('ends at its deadline, not 1 ms before, and says in which state the connection is', async () => {
		const { clock, ready, wait } = readiness();
		const fate = wait(5000);
		ready.describe('the server is down');
		await clock.advance(4999);
		expect(fate).toEqual({});

		await clock.advance(1);

		expect(fate.error).toMatchObject({
			code: 'OFFLINE',
			retriable: true,
			message: expect.stringContaining('5 s: the server is down') as string,
		});
	});

	it('loses to its signal', async () => {
		const { clock, wait } = readiness();
		const cancelled = new AbortController();
		const fate = wait(5000, cancelled.signal);
		await settled();

		cancelled.abort();
		await settled();

		expect(fate.error?.code).toBe('CANCELLED');
		expect(clock.pending).toBe(0);
	});

	it('does not begin where the signal has aborted', async () => {
		const { ready, wait } = readiness();
		ready.open();
		const fate = wait(5000, AbortSignal.abort());
		await settled();

		expect(fate.error?.code).toBe('CANCELLED');
	});

	it('fails at once when the token is refused; who comes later waits for the next attempt', async () => {
		const { clock, ready, wait } = readiness();
		const refused = new AgentClubError('TOKEN_REFUSED', 'No');
		const first = wait();
		ready.fail(refused);
		const [second, third] = [wait(), wait(3000)];
		await settled();
		expect([first, second, third]).toEqual([{ error: refused }, {}, {}]);

		await clock.advance(3000);
		expect(third).toEqual({ error: refused });
		ready.open();
		await settled();

		expect(second).toEqual({ ready: true });
	});

	it('fails at once, for those who wait and those who come, once it is closed', async () => {
		const { ready, wait } = readiness();
		const closed = new AgentClubError('CANCELLED', 'Closed');
		const fates = [wait()];
		ready.close(closed);
		fates.push(wait());
		await settled();

		expect(fates).toEqual([{ error: closed }, { error: closed }]);
	});

	it('begins anew when the connection is lost', async () => {
		const { ready, wait } = readiness();
		ready.open();
		ready.shut();
		const fate = wait();
		await settled();

		expect(fate).toEqual({});
	});
});
