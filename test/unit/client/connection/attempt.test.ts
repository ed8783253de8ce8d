import { Attempt, type AttemptEnd } from '../../../../client/connection/attempt';
import { FakeClock, settled } from '../../../support/fake-clock';
import { FakeSockets } from '../../../support/fake-socket';
import { credentialsOf } from '../../../support/sample-credentials';

/** An attempt with a handshake of 15 s; everything that it tells is written down in order. */
const attempting = () => {
	const clock = new FakeClock();
	const sockets = new FakeSockets();
	const told: string[] = [];
	const ends: AttemptEnd[] = [];
	const attempt = new Attempt(
		sockets.open,
		credentialsOf(),
		['websocket', 'polling'],
		clock,
		15_000,
		{
			identified: ({ userId }) => told.push(`identified ${userId}`),
			onFrame: (event) => told.push(event),
			ready: () => told.push('ready'),
		},
	);
	void attempt.ended.then((end) => ends.push(end));
	return { clock, socket: sockets.last, told, ends, attempt };
};

describe('the order of a handshake', () => {
	it('with the batch before the identity, as the older servers do it', () => {
		const { socket, told } = attempting();

		socket.handlers.frame('offline_messages', []);
		socket.authOk();
		socket.handlers.connected();

		expect(told).toEqual(['offline_messages', 'identified u_agent', 'ready']);
	});

	it('with the identity before the batch, as the newest servers do it', () => {
		const { socket, told } = attempting();

		socket.authOk();
		socket.handlers.frame('offline_messages', []);
		socket.handlers.connected();

		expect(told).toEqual(['identified u_agent', 'offline_messages', 'ready']);
	});

	it('with the identity after the barrier is complete only then', () => {
		const { socket, told } = attempting();

		socket.handlers.connected();
		expect(told).toEqual([]);
		socket.authOk();

		expect(told).toEqual(['identified u_agent', 'ready']);
	});

	it('is complete once, even where the server says again who we are', () => {
		const { socket, told } = attempting();
		socket.authOk();
		socket.handlers.connected();

		socket.authOk();

		expect(told.filter((what) => what === 'ready')).toHaveLength(1);
		expect(socket.all('heartbeat')).toHaveLength(1);
	});

	it('passes on a live message that comes before the identity', () => {
		const { socket, told } = attempting();

		socket.handlers.frame('new_message', {});

		expect(told).toEqual(['new_message']);
	});
});

describe('a handshake that hangs', () => {
	it('ends as stalled after its deadline, not 1 ms before', async () => {
		const { clock, ends } = attempting();

		await clock.advance(14_999);
		expect(ends).toEqual([]);
		await clock.advance(1);

		expect(ends).toEqual([
			{ how: 'stalled', detail: 'no answer to the handshake within 15 s', transportFailed: false },
		]);
	});

	it.each([
		[
			'the identity alone',
			(socket: { authOk: () => void }) => {
				socket.authOk();
			},
		],
		[
			'the barrier alone',
			(socket: { handlers: { connected: () => void } }) => {
				socket.handlers.connected();
			},
		],
	])('has come only as far as %s', async (_what, half) => {
		const { clock, ends, socket } = attempting();
		half(socket);

		await clock.advance(15_000);

		expect(ends).toMatchObject([{ how: 'stalled' }]);
	});

	it('has its transport to blame where that never opened', async () => {
		const { clock, ends, socket } = attempting();
		socket.open = false;

		await clock.advance(15_000);

		expect(ends).toMatchObject([{ how: 'stalled', transportFailed: true }]);
	});

	it('gets its time again as long as a big batch keeps coming in', async () => {
		const { clock, ends, socket } = attempting();
		for (let round = 1; round <= 10; round++) {
			socket.bytes = round * 1_000_000;
			await clock.advance(15_000);
		}
		expect(ends).toEqual([]);

		await clock.advance(15_000);

		expect(ends).toMatchObject([{ how: 'stalled' }]);
	});

	it('is not kept alive by the pings of the transport', async () => {
		const { clock, ends, socket } = attempting();
		socket.bytes = 4096;

		await clock.advance(15_000);

		expect(ends).toMatchObject([{ how: 'stalled' }]);
	});

	it('has no deadline any more once it is complete', async () => {
		const { clock, ends, socket } = attempting();
		await socket.accept();
		await socket.all('heartbeat')[0]?.answer();

		await clock.advance(29_999);

		expect(ends).toEqual([]);
	});
});

describe('the end of an attempt', () => {
	it('is a refused token where the server says no', async () => {
		const { socket, ends } = attempting();

		await socket.refuse();

		expect(ends).toEqual([{ how: 'refused', detail: 'Connection rejected by server' }]);
	});

	it('is an unreachable server where it never got ready', async () => {
		const { socket, ends } = attempting();
		socket.authOk();

		await socket.fail('websocket error');

		expect(ends).toEqual([{ how: 'unreachable', detail: 'websocket error' }]);
	});

	it('is a lost connection where it was ready', async () => {
		const { socket, ends } = attempting();
		await socket.accept();

		await socket.fail('transport close');

		expect(ends).toEqual([{ how: 'lost', detail: 'transport close' }]);
	});

	it('is a silent link where a heartbeat stays unanswered', async () => {
		const { clock, socket, ends } = attempting();
		await socket.accept();

		await clock.advance(30_000);

		expect(ends).toEqual([{ how: 'silent', detail: 'no answer to a heartbeat for 30 s' }]);
	});

	it('is an unreachable server where auth_ok cannot be read', async () => {
		const { socket, ends } = attempting();

		socket.authOk({ user_id: null });
		await settled();

		expect(ends).toMatchObject([
			{ how: 'unreachable', detail: expect.stringContaining('auth_ok') as string },
		]);
	});

	it('closes the socket, leaves no timer, and is told once', async () => {
		const { clock, socket, ends, attempt } = attempting();
		await socket.accept();

		attempt.end({ how: 'closed', detail: '' });
		attempt.end({ how: 'renewed', detail: '' });
		await socket.fail('io client disconnect');

		expect(socket.closed).toBe(true);
		expect(clock.pending).toBe(0);
		expect(ends).toEqual([{ how: 'closed', detail: '' }]);
	});

	it('is the end: nothing that the socket still says reaches anybody', async () => {
		const { clock, socket, told, attempt } = attempting();
		attempt.end({ how: 'closed', detail: '' });

		socket.authOk();
		socket.handlers.frame('new_message', {});
		socket.handlers.connected();
		await clock.advance(60_000);

		expect(told).toEqual([]);
		expect(socket.sent).toEqual([]);
	});
});

describe('the heartbeat of a connection', () => {
	it('goes out without a payload, which the server cannot bear, at the interval that it wishes', async () => {
		const { clock, socket } = attempting();
		socket.authOk({ heartbeat_interval: 10 });
		socket.handlers.connected();
		await socket.all('heartbeat')[0]?.answer();

		await clock.advance(10_000);

		expect(socket.sent.map(({ event, payload }) => [event, payload])).toEqual([
			['heartbeat', undefined],
			['heartbeat', undefined],
		]);
	});
});
