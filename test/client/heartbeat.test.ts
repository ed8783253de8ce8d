import { AgentHarness } from '../support/agent-harness';

/** Seconds. */
const INTERVAL = 30;

describe.each(['G1', 'G2', 'G3'] as const)('the heartbeat to %s', (generation) => {
	let h: AgentHarness;
	beforeEach(async () => {
		h = await AgentHarness.start({ generation, heartbeatInterval: INTERVAL });
	});
	afterEach(() => h.stop());

	it('comes at once and then at each interval, without a payload, and is answered', async () => {
		h.run();
		await h.connected();
		await h.sentBecomes('heartbeat', 1);
		for (const count of [2, 3, 4]) {
			await h.settle(INTERVAL * 1000);
			expect(h.sent('heartbeat')).toHaveLength(count);
		}
		expect(h.sent('heartbeat')).toEqual([undefined, undefined, undefined, undefined]);
		expect(h.club.connectionsEver(h.agent.id)).toBe(1);
	});

	it.each(['toClient', 'toServer', 'both'] as const)(
		'notices within two intervals that the link is silent (%s), and connects again',
		async (direction) => {
			const trigger = h.run();
			await h.connected();
			await h.settle(1000);
			h.club.faults.mute(h.agent.id, direction);
			await h.say('into the silence');
			await h.clock.skip(2 * INTERVAL * 1000);
			expect(
				h.log.filter((line) => line.startsWith('warn: The connection to Agent Club went silent')),
			).toHaveLength(1);
			expect(await trigger.started(1)).toEqual(['into the silence']);
			await h.unreadBecomes();
			expect(h.club.connectionsEver(h.agent.id)).toBe(2);
		},
	);

	it('does not take a server for silent that is only slow', async () => {
		h.club.faults.delay('heartbeat', 30);
		h.run();
		await h.connected();
		for (let beat = 0; beat < 2; beat += 1) {
			await h.clock.skip(INTERVAL * 1000 - 3000);
			await h.sentBecomes('heartbeat', beat + 2);
		}
		expect(h.club.connectionsEver(h.agent.id)).toBe(1);
	});
});

describe.each(['G1', 'G2', 'G3'] as const)(
	'what an agent sends to %s in a full life',
	(generation) => {
		it('is heartbeats, typing, marks by id and messages: never join_chat, never a mark of a whole chat', async () => {
			const h = await AgentHarness.start({ generation });
			await h.sayAll(['one', 'two']);
			const trigger = h.run({ showTyping: true, ends: 'byHand' });
			const { session } = h.action();
			const first = await trigger.execution(1);
			await h.sentBecomes('typing', 1);
			first.end();
			await session.send(h.text('an answer'));
			h.club.faults.kill(h.agent.id);
			trigger.endAll();
			await h.say('three', h.direct);
			await h.unreadBecomes();
			await session.markRead(['unknown'], 10_000);
			const events = new Set(h.club.received(h.agent.id).map(({ event }) => event));
			expect(events).toEqual(new Set(['heartbeat', 'typing', 'mark_read', 'send_message']));
			for (const mark of h.sent('mark_read')) expect(Object.keys(mark)).toEqual(['message_ids']);
			await h.stop();
		});
	},
);
