import { Connection } from '../../../../client/connection/connection';
import type { AgentCredentials } from '../../../../client/connection/credentials';
import { CONNECTION_POLICY } from '../../../../client/connection/policy';
import { FakeClock, settled } from '../../../support/fake-clock';
import { FakeSockets } from '../../../support/fake-socket';
import { ScriptedEgress } from '../../../support/scripted-egress';
import { credentialsOf } from '../../../support/sample-credentials';

/** A connection; `told` has what its listener hears, `states` the changes of state. */
const connecting = () => {
	const clock = new FakeClock();
	const sockets = new FakeSockets();
	const told: string[] = [];
	const states: string[] = [];
	const details: string[] = [];
	const scene = {
		clock,
		sockets,
		told,
		states,
		details,
		credentials: (): Promise<AgentCredentials | undefined> => Promise.resolve(credentialsOf()),
		open: sockets.open,
		isAwaited: false,
		onState: undefined as ((state: string) => void) | undefined,
	};
	const connection = new Connection({
		clock,
		policy: { ...CONNECTION_POLICY, chance: () => 0 },
		openSocket: (...args) => scene.open(...args),
		credentials: () => scene.credentials(),
		isAwaited: () => scene.isAwaited,
		onFrame: (event) => told.push(event),
		listener: {
			opening: () => told.push('opening'),
			identified: () => told.push('identified'),
			ready: () => told.push('ready'),
			turnedAway: () => told.push('turned away'),
			lost: () => told.push('lost'),
			stateChanged: (state, detail) => {
				states.push(state);
				details.push(detail);
				scene.onState?.(state);
			},
		},
	});
	return Object.assign(scene, { connection });
};

const started = async () => {
	const scene = connecting();
	scene.connection.start();
	await settled();
	return scene;
};

const connected = async () => {
	const scene = await started();
	await scene.sockets.last.accept();
	return scene;
};

describe('a connection', () => {
	it('tells of its beginning, the identity, what comes in, and that it is ready', async () => {
		const { told, states, connection } = await connected();

		expect(told).toEqual(['opening', 'identified', 'ready']);
		expect(states).toEqual(['connecting', 'connected']);
		expect(connection.detail).toBe('http://club.test:5555');
	});

	it('starts once', async () => {
		const { connection, sockets } = await started();

		connection.start();
		await settled();

		expect(sockets.count).toBe(1);
	});

	it('sends on its socket only while it is ready', async () => {
		const { connection, sockets } = await started();
		await expect(connection.request('mark_read', {}, 1000)).rejects.toMatchObject({
			code: 'UNREACHABLE',
			message: 'There is no connection to http://club.test:5555',
		});
		connection.cast('typing', {});
		expect(sockets.last.sent).toEqual([]);

		await sockets.last.accept();
		const answer = connection.request('mark_read', { message_ids: ['m'] }, 1000);
		await sockets.last.all('mark_read')[0]?.answer('yes');

		await expect(answer).resolves.toEqual(['yes']);
	});
});

describe('invariant 6: a trigger never dies', () => {
	it('tries again for ever where the server cannot be reached, with growing pauses', async () => {
		const { clock, sockets, states } = await started();
		const pauses: number[] = [];
		for (let round = 0; round < 40; round++) {
			const before = clock.now();
			const count = sockets.count;
			await sockets.last.fail('xhr poll error');
			while (sockets.count === count) await clock.advance(500);
			pauses.push((clock.now() - before) / 1000);
		}

		expect(pauses.slice(0, 8)).toEqual([1, 2, 4, 8, 16, 30, 30, 30]);
		expect(pauses.at(-1)).toBe(30);
		expect(states).toEqual(['connecting', 'reconnecting']);
	});

	it('leaves nothing behind for an attempt or a pause: no signal is made of one that lasts as long as the connection', async () => {
		const any = jest.spyOn(AbortSignal, 'any');
		const { clock, sockets } = await started();
		for (let round = 0; round < 5; round++) {
			await sockets.last.fail('xhr poll error');
			await clock.advance(60_000);
			await sockets.last.refuse();
			await clock.advance(600_000);
		}

		expect(any).not.toHaveBeenCalled();
		any.mockRestore();
	});

	it('tries again within 5 s as long as somebody waits for it, also where the pause had begun before', async () => {
		const scene = await started();
		const { clock, sockets } = scene;
		for (const pause of [1, 2, 4, 8, 16]) {
			await sockets.last.fail('xhr poll error');
			await clock.advance(pause * 1000);
		}
		await sockets.last.fail('xhr poll error');
		await clock.advance(7000);
		const { count } = sockets;
		scene.isAwaited = true;

		await clock.advance(2999);
		expect(sockets.count).toBe(count);
		await clock.advance(1);
		expect(sockets.count).toBe(count + 1);
		await sockets.last.fail('xhr poll error');
		await clock.advance(5000);
		expect(sockets.count).toBe(count + 2);
		scene.isAwaited = false;
		await sockets.last.fail('xhr poll error');
		await clock.advance(29_999);
		expect(sockets.count).toBe(count + 2);
	});

	it('does not try a millisecond too early', async () => {
		const { clock, sockets } = await started();
		await sockets.last.fail('websocket error');

		await clock.advance(999);
		expect(sockets.count).toBe(1);
		await clock.advance(1);
		expect(sockets.count).toBe(2);
	});

	it('reads the credential afresh before each attempt', async () => {
		const scene = await started();
		scene.credentials = () => Promise.resolve(credentialsOf('new_token'));

		await scene.sockets.last.fail('websocket error');
		await scene.clock.advance(1000);

		expect(scene.sockets.sockets.map(({ credentials }) => credentials.token)).toEqual([
			'sk_agt_secret',
			'new_token',
		]);
	});

	it('reads a credential that could not be read again within 5 s where somebody waits', async () => {
		const scene = connecting();
		scene.credentials = () => Promise.reject(new Error('database is busy'));
		scene.connection.start();
		await scene.clock.advance(60_000);
		scene.isAwaited = true;
		scene.credentials = () => Promise.resolve(credentialsOf());
		await scene.clock.advance(5000);

		expect(scene.sockets.count).toBe(1);
	});

	it('keeps trying while the credential cannot be read, and says so once', async () => {
		const scene = connecting();
		let readable = false;
		scene.credentials = () =>
			readable
				? Promise.resolve(credentialsOf())
				: Promise.reject(new Error('the database is locked'));
		scene.connection.start();
		await scene.clock.advance(120_000);
		expect(scene.states).toEqual(['connecting', 'reconnecting']);
		expect(scene.details.at(-1)).toContain('the database is locked');

		readable = true;
		while (scene.sockets.count === 0) await scene.clock.advance(1000);
		await scene.sockets.last.accept();

		expect(scene.states).toEqual(['connecting', 'reconnecting', 'connected']);
	});

	it('outlives a socket that cannot even be opened', async () => {
		const scene = connecting();
		scene.open = () => {
			throw new Error('Invalid URL');
		};
		scene.connection.start();
		await settled();
		expect(scene.states).toEqual(['connecting', 'reconnecting']);
		expect(scene.details.at(-1)).toContain('Invalid URL');

		scene.open = scene.sockets.open;
		await scene.clock.advance(1000);
		await scene.sockets.last.accept();

		expect(scene.states.at(-1)).toBe('connected');
	});

	it('has three different states for a refused token, a handshake that hangs, and a link that went silent', async () => {
		const { clock, sockets, states } = await started();
		await sockets.last.refuse();
		await clock.advance(15_000);
		await clock.advance(15_000);
		await clock.advance(2000);
		await sockets.last.accept();
		await clock.advance(30_000);

		expect(states).toEqual(['connecting', 'refused', 'stalled', 'connected', 'silent']);
	});

	it('tells each state once, however often the same thing happens', async () => {
		const { clock, sockets, states } = await started();
		for (let round = 1; round <= 5; round++) {
			await sockets.last.refuse();
			while (sockets.count === round) await clock.advance(1000);
		}

		expect(states).toEqual(['connecting', 'refused']);
	});

	it('begins with short pauses again only after a connection that has lasted 10 s', async () => {
		const { clock, sockets } = await started();
		const pauseAfterALifeOf = async (ms: number) => {
			await sockets.last.accept();
			await clock.advance(ms);
			const before = clock.now();
			const count = sockets.count;
			await sockets.last.fail('transport close');
			while (sockets.count === count) await clock.advance(500);
			return clock.now() - before;
		};

		expect(await pauseAfterALifeOf(9999)).toBe(1000);
		expect(await pauseAfterALifeOf(9999)).toBe(2000);
		expect(await pauseAfterALifeOf(10_000)).toBe(1000);
	});

	it('does not take a slow handshake for a connection that has lasted', async () => {
		const { clock, sockets } = await started();
		const pauses: number[] = [];
		for (let round = 0; round < 3; round++) {
			await clock.advance(14_000);
			await sockets.last.accept();
			const before = clock.now();
			const count = sockets.count;
			await sockets.last.fail('transport close');
			while (sockets.count === count) await clock.advance(500);
			pauses.push(clock.now() - before);
		}

		expect(pauses).toEqual([1000, 2000, 4000]);
	});
});

describe('a token that the server refuses', () => {
	it('is shown again slowly: after 15 s, then after twice as long each time, up to 5 minutes', async () => {
		const { clock, sockets } = await started();
		const pauses: number[] = [];
		for (let round = 0; round < 7; round++) {
			const before = clock.now();
			const count = sockets.count;
			await sockets.last.refuse();
			while (sockets.count === count) await clock.advance(1000);
			pauses.push((clock.now() - before) / 1000);
		}

		expect(pauses).toEqual([15, 30, 60, 120, 240, 300, 300]);
	});

	it('that somebody replaces meanwhile is tried within 5 s', async () => {
		const scene = await started();
		for (let round = 0; round < 6; round++) {
			const opened = scene.sockets.count;
			await scene.sockets.last.refuse();
			while (scene.sockets.count === opened) await scene.clock.advance(1000);
		}
		await scene.sockets.last.refuse();
		const count = scene.sockets.count;
		await scene.clock.advance(100_000);
		expect(scene.sockets.count).toBe(count);

		scene.credentials = () => Promise.resolve(credentialsOf('mended'));
		await scene.clock.advance(5000);

		expect(scene.sockets.count).toBe(count + 1);
		expect(scene.sockets.last.credentials.token).toBe('mended');
	});

	/** Refused so often that the pause before the next attempt is 5 minutes, 100 s of them over. */
	const longRefused = async () => {
		const scene = await started();
		for (let round = 0; round < 6; round++) {
			await scene.sockets.last.refuse();
			await scene.clock.advance(300_000);
		}
		await scene.sockets.last.refuse();
		await scene.clock.advance(100_000);
		return { ...scene, count: scene.sockets.count, wait: () => (scene.isAwaited = true) };
	};

	it('is tried at once when somebody begins to wait for the connection, for it may be good again', async () => {
		const { wait, connection, sockets, count } = await longRefused();
		wait();
		connection.awaited();
		await settled();
		expect(sockets.count).toBe(count + 1);

		await sockets.last.accept();
		expect(connection.state).toBe('connected');
	});

	it('is tried at once when the connection is renewed', async () => {
		const { connection, sockets, count } = await longRefused();
		connection.renew('the credential was edited');
		await settled();

		expect(sockets.count).toBe(count + 1);
	});

	it('is tried once a second at most, however many wait one after the other', async () => {
		const { wait, connection, sockets, clock, count } = await longRefused();
		wait();
		connection.awaited();
		await settled();
		await sockets.last.refuse();
		connection.awaited();
		await clock.advance(999);
		expect(sockets.count).toBe(count + 1);

		await clock.advance(1);
		expect(sockets.count).toBe(count + 2);
	});

	it('is told after each attempt, though its state is told once', async () => {
		const { clock, sockets, told, states } = await started();
		await sockets.last.refuse();
		await clock.advance(15_000);
		await sockets.last.refuse();

		expect(told.filter((each) => each === 'turned away')).toHaveLength(2);
		expect(states).toEqual(['connecting', 'refused']);
	});

	it('has short pauses again after a connection has come about', async () => {
		const { clock, sockets } = await started();
		await sockets.last.refuse();
		await clock.advance(15_000);
		await sockets.last.accept();
		await sockets.last.fail('transport close');
		await clock.advance(1000);

		await sockets.last.refuse();
		const count = sockets.count;
		await clock.advance(15_000);

		expect(sockets.count).toBe(count + 1);
	});
});

describe('a handshake that hangs', () => {
	it('gets twice the time at each attempt, up to 5 minutes', async () => {
		const { clock, sockets } = await started();
		const deadlines: number[] = [];
		for (let round = 0; round < 7; round++) {
			const before = clock.now();
			const socket = sockets.last;
			while (!socket.closed) await clock.advance(1000);
			deadlines.push((clock.now() - before) / 1000);
			while (sockets.last === socket) await clock.advance(1000);
		}

		expect(deadlines).toEqual([15, 30, 60, 120, 240, 300, 300]);
	});

	it('gets 15 s again once a connection has come about', async () => {
		const { clock, sockets } = await started();
		await clock.advance(15_000);
		await clock.advance(1000);
		await sockets.last.accept();
		await sockets.last.fail('transport close');
		await clock.advance(2000);
		expect(sockets.count).toBe(3);

		await clock.advance(15_000);

		expect(sockets.last.closed).toBe(true);
	});

	it('makes the other transport come first where the first one never opened', async () => {
		const { clock, sockets } = await started();
		sockets.last.open = false;

		await clock.advance(16_000);

		expect(sockets.sockets.map(({ transports }) => transports)).toEqual([
			['websocket', 'polling'],
			['polling', 'websocket'],
		]);
	});

	it('keeps the transport that opened', async () => {
		const { clock, sockets } = await started();

		await clock.advance(16_000);

		expect(sockets.last.transports).toEqual(['websocket', 'polling']);
	});
});

describe('renewing a connection', () => {
	it('drops the socket and connects again at once', async () => {
		const { connection, sockets, told, states } = await connected();
		const [first] = sockets.sockets;

		connection.renew('a trigger has joined');
		await settled();

		expect(first?.closed).toBe(true);
		expect(sockets.count).toBe(2);
		await sockets.last.accept();
		expect(told).toEqual([
			'opening',
			'identified',
			'ready',
			'lost',
			'opening',
			'identified',
			'ready',
		]);
		expect(states).toEqual(['connecting', 'connected', 'renewing', 'connected']);
	});

	it('ends the pause before the next attempt', async () => {
		const { connection, sockets } = await started();
		await sockets.last.fail('websocket error');
		expect(sockets.count).toBe(1);

		connection.renew('the agent has a new token');
		await settled();

		expect(sockets.count).toBe(2);
	});
});

describe('invariant 11: every wait has a deadline and loses to close, which', () => {
	it('ends it at once and for good, whatever it was doing', async () => {
		for (const stage of ['connecting', 'connected', 'pausing', 'refused'] as const) {
			const { connection, sockets, clock, states } = await started();
			if (stage === 'connected') await sockets.last.accept();
			if (stage === 'pausing') await sockets.last.fail('websocket error');
			if (stage === 'refused') await sockets.last.refuse();

			connection.close();
			await settled();

			expect([stage, clock.pending, sockets.last.closed, states.at(-1)]).toEqual([
				stage,
				0,
				true,
				'closed',
			]);
			await clock.advance(600_000);
			expect(sockets.count).toBe(1);
		}
	});

	it('wins over a pause that begins with the news that makes somebody close it', async () => {
		const scene = await started();
		scene.onState = (state) => {
			if (state === 'reconnecting') scene.connection.close();
		};

		await scene.sockets.last.fail('websocket error');

		expect([scene.clock.pending, scene.sockets.count, scene.states.at(-1)]).toEqual([
			0,
			1,
			'closed',
		]);
	});

	it('may be asked for twice, and is told once', async () => {
		const { connection, states } = await connected();

		connection.close();
		connection.close();
		await settled();

		expect(states.filter((state) => state === 'closed')).toHaveLength(1);
	});

	it('wins over a credential that is being read', async () => {
		const scene = connecting();
		let give = (): void => undefined;
		scene.credentials = () =>
			new Promise((resolve) => {
				give = () => {
					resolve(credentialsOf());
				};
			});
		scene.connection.start();

		scene.connection.close();
		give();
		await settled();

		expect(scene.sockets.count).toBe(0);
	});

	it('tells that a ready connection is lost', async () => {
		const { connection, told } = await connected();

		connection.close();
		await settled();

		expect(told.at(-1)).toBe('lost');
	});

	it('follows where there are no credentials any more', async () => {
		const scene = await started();
		scene.credentials = () => Promise.resolve(undefined);

		await scene.sockets.last.fail('transport close');
		await scene.clock.advance(1000);

		expect(scene.states.at(-1)).toBe('closed');
		expect(scene.sockets.count).toBe(1);
	});
});

describe('the rules of the host about where to connect', () => {
	const ruled = (scene: ReturnType<typeof connecting>) => {
		const egress = new ScriptedEgress();
		scene.credentials = () => Promise.resolve({ ...credentialsOf(), egress });
		scene.connection.start();
		return egress;
	};

	it('are asked before each attempt, and nothing is opened where they say no', async () => {
		const scene = connecting();
		const egress = ruled(scene);
		egress.forbidden.add('127.0.0.1');
		await settled();

		expect(scene.states).toEqual(['connecting', 'blocked']);
		expect(scene.details.at(-1)).toBe(
			'The host blocks club.test. Allow it in the settings of the host.',
		);
		await scene.clock.advance(CONNECTION_POLICY.refusedFirst - 1);
		egress.forbidden.clear();
		expect(scene.sockets.count).toBe(0);
		await scene.clock.advance(1);
		expect(scene.sockets.count).toBe(1);
	});

	it('are not waited for longer than a handshake', async () => {
		const scene = connecting();
		ruled(scene).answer = new Promise(() => undefined);
		await settled();
		await scene.clock.advance(CONNECTION_POLICY.handshake - 1);
		expect(scene.states).toEqual(['connecting']);

		await scene.clock.advance(1);

		expect(scene.states).toEqual(['connecting', 'reconnecting']);
		expect(scene.details.at(-1)).toContain('within 15 s');
	});

	it('lose to close', async () => {
		const scene = connecting();
		const egress = ruled(scene);
		let answer = (): void => undefined;
		egress.answer = new Promise((resolve) => {
			answer = resolve;
		});
		await settled();

		scene.connection.close();
		answer();
		await settled();

		expect(scene.states).toEqual(['connecting', 'closed']);
		expect(scene.sockets.count).toBe(0);
	});

	it('that cannot be asked, for the name leads nowhere, are asked again soon', async () => {
		const scene = connecting();
		const egress = ruled(scene);
		egress.answer = Promise.reject(new Error('getaddrinfo ENOTFOUND club.test'));
		await settled();
		expect(scene.details.at(-1)).toContain('ENOTFOUND');

		egress.answer = Promise.resolve();
		await scene.clock.advance(CONNECTION_POLICY.retryFirst);

		expect(scene.sockets.count).toBe(1);
	});
});
