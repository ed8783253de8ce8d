import { askAgain } from '../../../../client/agent/ask-again';
import { Readiness } from '../../../../client/agent/readiness';
import { AgentClubError } from '../../../../client/errors';
import { FakeClock, settled } from '../../../support/fake-clock';

const away = new AgentClubError('UNREACHABLE', 'ECONNREFUSED', { retriable: true });

/** A server that answers with these, one after the other, and then with "an answer". */
const asking = (...failures: AgentClubError[]) => {
	const clock = new FakeClock();
	const ready = new Readiness(clock);
	const cancelled = new AbortController();
	const fate: { answer?: string; error?: AgentClubError; asked: number } = { asked: 0 };
	const question = () => {
		const failure = failures[fate.asked];
		fate.asked += 1;
		return failure ? Promise.reject(failure) : Promise.resolve('an answer');
	};
	const connection = {
		clock,
		whenReady: (deadline: number, signal?: AbortSignal) => ready.wait(deadline, signal),
	};
	void askAgain(connection, question, cancelled.signal).then(
		(answer) => Object.assign(fate, { answer }),
		(error: unknown) => Object.assign(fate, { error }),
	);
	return { clock, ready, cancelled, fate };
};

describe('asking over HTTP', () => {
	it('asks once, connection or not, where the server answers', async () => {
		const { clock, fate } = asking();
		await settled();

		expect(fate).toEqual({ asked: 1, answer: 'an answer' });
		expect(clock.pending).toBe(0);
	});

	it('waits for the connection while the server is away, and asks again', async () => {
		const { clock, ready, fate } = asking(away);
		await clock.advance(5000);
		expect(fate).toEqual({ asked: 1 });

		ready.open();
		await settled();

		expect(fate).toEqual({ asked: 2, answer: 'an answer' });
	});

	it('asks again a moment later where the connection has not noticed yet that the server is gone', async () => {
		const { clock, ready, fate } = asking(away, away);
		ready.open();
		await clock.advance(1000);
		expect(fate).toEqual({ asked: 2 });

		await clock.advance(1000);

		expect(fate).toEqual({ asked: 3, answer: 'an answer' });
	});

	it('waits 60 s, as a send does, and then says that there was no connection', async () => {
		const { clock, fate } = asking(away);
		await clock.advance(59_999);
		expect(fate).toEqual({ asked: 1 });

		await clock.advance(1);

		expect(fate.error).toMatchObject({ code: 'OFFLINE' });
	});

	it('gives up where the request breaks four times though there is a connection', async () => {
		const { clock, ready, fate } = asking(away, away, away, away);
		ready.open();
		await clock.advance(3000);

		expect(fate).toEqual({ asked: 4, error: away });
	});

	it('ends at once when it is cancelled', async () => {
		const { clock, cancelled, fate } = asking(away);
		await settled();

		cancelled.abort();
		await settled();

		expect(fate.error).toMatchObject({ code: 'CANCELLED' });
		expect(clock.pending).toBe(0);
	});

	it.each([
		['a gateway that does not reach it', 502, 2],
		['the server itself', 500, 1],
	])('with an error of %s (HTTP %d) asks %d times', async (_whose, status, times) => {
		const { clock, ready, fate } = asking(
			new AgentClubError('UNREACHABLE', 'failed', { status, retriable: true }),
		);
		ready.open();
		await clock.advance(1000);

		expect(fate.asked).toBe(times);
	});

	it.each(['TIMEOUT', 'REFUSED', 'TOKEN_REFUSED', 'FILE'] as const)(
		'does not ask again after %s',
		async (code) => {
			const failure = new AgentClubError(code, 'failed', { retriable: true });
			const { fate } = asking(failure);
			await settled();

			expect(fate).toEqual({ asked: 1, error: failure });
		},
	);
});
