import { AgentHarness } from '../support/agent-harness';

const GENERATIONS = ['G1', 'G2', 'G3'] as const;

/** The requests with which new sockets knock, whether they are let in or not. */
function knocks({ club }: AgentHarness): number {
	return club.requests.filter(({ path }) => path.includes('/socket.io/') && !path.includes('sid='))
		.length;
}

describe.each(GENERATIONS)('the handshake with a server of %s', (generation) => {
	let h: AgentHarness;
	beforeEach(async () => {
		h = await AgentHarness.start({ generation });
	});
	afterEach(() => h.stop());

	it('delivers a mention from the time before it, whichever of batch and identity comes first', async () => {
		await h.say('nobody in particular');
		await h.say('you there', h.group, [h.agent.id]);
		const trigger = h.run({ requireMention: true });
		expect(await trigger.started(1)).toEqual(['you there']);
		expect((await trigger.execution(1)).delivery).toEqual({ source: 'backlog', attempt: 1 });
	});

	it('judges nothing before it knows who it is, however late that is', async () => {
		await h.say('you there', h.group, [h.agent.id]);
		let identity: unknown;
		const end = h.club.faults.mangle(h.agent.id, (event, args) => {
			if (event === 'auth_ok') identity = args[0];
			return event === 'auth_ok' ? null : args;
		});
		const trigger = h.run({ requireMention: true });
		await h.club.waitFor(() => identity !== undefined, 'the identity to be withheld');
		await h.settle(20_000);
		expect(trigger.texts).toEqual([]);
		h.club.injectRaw(h.agent.id, 'auth_ok', identity);
		expect(await trigger.started(1)).toEqual(['you there']);
		await h.unreadBecomes();
		end();
		expect(h.club.connectionsEver(h.agent.id)).toBe(1);
	});

	it('marks what came with it read, so that the next start does not bring it again', async () => {
		await h.sayAll(['one', 'two']);
		expect(await h.run().started(2)).toEqual(['one', 'two']);
		await h.unreadBecomes();
		await h.crash();
		const next = h.run();
		await h.connected(2);
		await h.settle();
		expect(next.texts).toEqual([]);
	});

	it('delivers a message once that came live before the identity and again in the batch', async () => {
		await h.say('both ways');
		const early: unknown[] = [];
		const end = h.club.faults.mangle(h.agent.id, (event, args) => {
			if (event === 'offline_messages') early.push(...(args[0] as unknown[]));
			if (event === 'offline_messages') h.club.injectRaw(h.agent.id, 'new_message', early[0]);
			return args;
		});
		const trigger = h.run();
		await trigger.started(1);
		await h.settle();
		end();
		expect(early).toHaveLength(1);
		expect(trigger.texts).toEqual(['both ways']);
		expect(h.unread).toEqual([]);
	});

	it('is repeated while the server refuses the token, without a restart', async () => {
		await h.say('patience');
		h.club.faults.refuseTokens();
		const trigger = h.run();
		await h.logged(/refuses the agent token/);
		await h.settle(400_000);
		h.club.faults.refuseTokens(false);
		await h.clock.skip(400_000);
		expect(await trigger.started(1)).toEqual(['patience']);
		// Once for the change, not for each attempt; on a slow machine a handshake in between may hang,
		// which is a change.
		const changes = h.log.filter((line) => /^(warn|error): .*Agent Club/.test(line));
		expect(changes.some((line) => line.includes('refuses the agent token'))).toBe(true);
		expect(changes.filter((line, index) => line === changes[index - 1])).toEqual([]);
	});

	it('picks up an edited credential after the token was reset, without a restart', async () => {
		const trigger = h.run();
		await h.connected();
		const token = await h.club.resetToken(h.agent.id);
		await h.say('over the socket that lives on');
		await trigger.started(1);
		h.club.faults.kill(h.agent.id);
		await h.logged(/refuses the agent token/);
		await h.say('while nobody gets in');
		trigger.found = h.credentials({ token });
		expect(await trigger.started(2)).toEqual([
			'over the socket that lives on',
			'while nobody gets in',
		]);
		await h.unreadBecomes();
		expect(h.club.socketCount(h.agent.id)).toBe(1);
	});
});

describe('a handshake', () => {
	let h: AgentHarness;
	const start = async (options: Parameters<typeof AgentHarness.start>[0]) => {
		h = await AgentHarness.start(options);
	};
	afterEach(() => h.stop());

	it('that hangs is given up and tried again, and the log says which of the troubles it is', async () => {
		await start({ policy: { handshake: 3000 } });
		await h.say('still here');
		const end = h.club.faults.hangHandshake();
		const trigger = h.run();
		await h.logged(/does not complete them/);
		end();
		expect(await trigger.started(1)).toEqual(['still here']);
		await h.logged(/Connected/);
	});

	it('that is refused is repeated at a slow pace', async () => {
		await start({ policy: { refusedFirst: 60_000, refusedCap: 60_000 } });
		h.club.faults.refuseTokens();
		h.run();
		await h.logged(/refuses the agent token/);
		const first = knocks(h);
		await h.settle(50_000);
		expect(knocks(h)).toBe(first);
		await h.settle(30_000);
		expect(knocks(h)).toBe(first + 1);
	});

	it('tells those who wait for it that the token is refused', async () => {
		await start({});
		h.club.faults.refuseTokens();
		const { session } = h.action();
		await expect(session.whenReady(60_000)).rejects.toMatchObject({ code: 'TOKEN_REFUSED' });
	});

	it('whose token is good again follows as soon as a send waits for it, long before the pause is over', async () => {
		await start({});
		const mend = h.club.faults.refuseTokens();
		const { session } = h.action();
		await expect(session.send(h.text('too early'))).rejects.toMatchObject({
			code: 'TOKEN_REFUSED',
		});
		await h.settle(50_000);
		mend();

		await session.send(h.text('now'));

		expect(await h.contents()).toEqual(['now']);
	});

	it.each(GENERATIONS)('with a batch larger than 4 MiB succeeds on %s', async (generation) => {
		await start({ generation });
		const texts = Array.from({ length: 12 }, (_, index) => `${index} ${'x'.repeat(400_000)}`);
		await h.sayAll(texts);
		expect(await h.run().started(12)).toEqual(texts);
		await h.unreadBecomes();
	});

	it('with a batch of 20,000 messages delivers each of them once, in order, and marks them all in frames of 500 ids at most', async () => {
		await start({});
		const texts = Array.from({ length: 20_000 }, (_, index) => String(index));
		const said = await h.sayAll(texts);
		const trigger = h.run();
		await trigger.started(20_000, 25_000);
		const last = said.at(-1)?.createdAt ?? 0;
		await h.club.waitFor(() => h.club.cursor(h.agent.id, h.group) === last, 'the last mark');
		expect(trigger.texts).toEqual(texts);
		const sizes = h.sent('mark_read').map(({ message_ids: ids }) => (ids as unknown[]).length);
		expect(Math.max(...sizes)).toBeLessThanOrEqual(500);
		expect(sizes.length).toBeLessThanOrEqual(80);
	});
});
