import { AgentHarness } from '../support/agent-harness';
import type { Direction } from '../support/link';

/** Seconds. */
const INTERVAL = 30;
/** ms in which a silence has to be noticed. */
const TWO_INTERVALS = 2 * INTERVAL * 1000;

type Silence = Direction | 'both';
const SILENCES: readonly Silence[] = ['toClient', 'toServer', 'both'];

let h: AgentHarness;
afterEach(() => h.stop());

function silentLines(): string[] {
	return h.log.filter((line) => line.startsWith('warn: The connection to Agent Club went silent'));
}

describe.each(['websocket', 'polling'] as const)('a link by %s', (transport) => {
	describe.each(SILENCES)('that goes silent (%s)', (direction) => {
		beforeEach(async () => {
			h = await AgentHarness.start({ generation: 'G2', linked: true, heartbeatInterval: INTERVAL });
			if (transport === 'polling') h.club.faults.websocketBlocked();
		});

		it('while nothing happens is noticed within two heartbeats, and what was said meanwhile runs once', async () => {
			const trigger = h.run();
			await h.connected();
			await h.settle(1000);
			const release = h.link.silence(direction);
			await h.say('into the silence');
			await h.clock.skip(TWO_INTERVALS);
			expect(silentLines()).toHaveLength(1);
			await h.connected(2);
			await trigger.started(1);
			await h.unreadBecomes();
			release();
			await h.say('afterwards');
			await trigger.started(2);
			await h.settle();
			expect(trigger.texts).toEqual(['into the silence', 'afterwards']);
			expect(h.unread).toEqual([]);
		});

		it('under a mark loses no mark and repeats no execution', async () => {
			const trigger = h.run({ ends: 'byHand' });
			await h.say('work');
			const execution = await trigger.execution(1);
			await h.settle(3000);
			const release = h.link.silence(direction);
			execution.end();
			await h.clock.skip(TWO_INTERVALS);
			await h.connected(2);
			await h.unreadBecomes();
			release();
			await h.settle();
			expect(trigger.texts).toEqual(['work']);
			expect(silentLines()).toHaveLength(1);
		});

		it.each([5, INTERVAL])(
			'under a send gives it one outcome, and never sends twice what may still be under way (heartbeat %i s)',
			async (interval) => {
				await h.stop();
				h = await AgentHarness.start({
					generation: 'G2',
					linked: true,
					heartbeatInterval: interval,
				});
				if (transport === 'polling') h.club.faults.websocketBlocked();
				const { session } = h.action();
				await session.whenReady(10_000);
				await h.settle(1000);
				const release = h.link.silence(direction);
				const sending = session.send(h.text('once')).then(
					() => 'confirmed',
					(error: unknown) => (error as { code: string }).code,
				);
				if (direction === 'toClient') await h.sentBecomes('send_message', 1);
				// Whichever comes first: the heartbeat, or the deadline of the answer.
				await h.clock.skip(Math.min(2 * interval * 1000, 20_000));
				const outcome = await sending;
				expect(outcome).toBe(direction === 'toClient' ? 'confirmed' : 'OUTCOME_UNKNOWN');
				release();
				await h.settle();
				expect(
					(await h.contents()).filter((content) => content === 'once').length,
				).toBeLessThanOrEqual(1);
				await session.send(h.text('goes on'));
				expect((await h.contents()).at(-1)).toBe('goes on');
			},
		);
	});

	it('on which the last words do not arrive is cut after the close, and nothing more is tried', async () => {
		h = await AgentHarness.start({ generation: 'G2', linked: true });
		if (transport === 'polling') h.club.faults.websocketBlocked();
		const trigger = h.run({ ends: 'byHand' });
		await h.say('work');
		const execution = await trigger.execution(1);
		await h.settle(3000);
		h.link.silence('toServer');
		const { opened } = h.link;
		execution.end();
		void h.close(trigger);
		await h.settle(100_000);
		expect(h.club.socketCount(h.agent.id)).toBe(1);
		h.link.break();
		await h.club.waitFor(() => h.club.socketCount(h.agent.id) === 0, 'the server to see it');
		await h.settle();
		expect(h.link.opened).toBe(opened);
		expect(h.unread).toEqual(['work']);
	});

	it.each(SILENCES)(
		'that is silent from the start (%s) is given up after the deadline of the handshake, and then all is well',
		async (direction) => {
			h = await AgentHarness.start({ linked: true, policy: { handshake: 15_000 } });
			if (transport === 'polling') h.club.faults.websocketBlocked();
			await h.say('patience');
			const end = h.link.silenceNew(direction);
			const trigger = h.run();
			await h.link.becomesOpen();
			await h.clock.skip(14_000);
			expect(h.log.filter((line) => line.startsWith('warn'))).toEqual([]);
			end();
			await h.clock.skip(2000);
			await h.logged(/does not complete them/);
			expect(await trigger.started(1)).toEqual(['patience']);
			await h.unreadBecomes();
			await h.settle();
			expect(trigger.texts).toHaveLength(1);
		},
	);
});

describe('a link', () => {
	beforeEach(async () => {
		h = await AgentHarness.start({
			linked: true,
			heartbeatInterval: INTERVAL,
			policy: { handshake: 15_000 },
		});
	});

	it('that goes silent in the middle of a handshake is given up as well', async () => {
		await h.say('patience');
		const end = h.link.editFrames((frame) =>
			frame.startsWith('42["auth_ok"') ? [frame] : frame.startsWith('0') ? [frame] : [],
		);
		const trigger = h.run();
		await h.logged(/does not complete them/);
		expect(trigger.texts).toEqual([]);
		end();
		expect(await trigger.started(1)).toEqual(['patience']);
		await h.unreadBecomes();
	});

	it('that was given up may still bring bytes: they start nothing, and are no second warning', async () => {
		const trigger = h.run();
		await h.connected();
		await h.settle(1000);
		const release = h.link.silence('toClient');
		await h.sayAll(['one', 'two']);
		while (silentLines().length === 0) await h.clock.skip(1000);
		release();
		await h.connected(2);
		expect(await trigger.started(2)).toEqual(['one', 'two']);
		await h.unreadBecomes();
		await h.settle();
		expect(trigger.texts).toHaveLength(2);
		expect(h.log.filter((line) => line.startsWith('warn'))).toHaveLength(1);
	});

	it('whose far end is gone without a word, as after a crash of a router, is noticed too', async () => {
		const trigger = h.run();
		await h.connected();
		await h.settle(1000);
		h.link.forget('server');
		await h.club.waitFor(() => h.club.socketCount(h.agent.id) === 0, 'the server to be told');
		await h.say('meanwhile');
		await h.clock.skip(TWO_INTERVALS);
		expect(silentLines()).toHaveLength(1);
		expect(await trigger.started(1)).toEqual(['meanwhile']);
		await h.unreadBecomes();
	});

	it('that the client has lost but the server still believes in brings nothing twice', async () => {
		const trigger = h.run();
		await h.connected();
		await h.settle(1000);
		h.link.forget('client');
		await h.connected(2);
		expect(h.club.socketCount(h.agent.id)).toBe(2);
		await h.sayAll(['one', 'two']);
		expect(await trigger.started(2)).toEqual(['one', 'two']);
		await expect(h.action().session.send(h.text('an answer'))).resolves.toMatchObject({
			confirmedBy: 'answer',
		});
		await h.unreadBecomes();
		expect(trigger.texts).toHaveLength(2);
	});
});
