import { AgentHarness } from '../support/agent-harness';
import { settled } from '../support/fake-clock';

let h: AgentHarness;
afterEach(() => h.stop());

describe('a link that only carries polling', () => {
	it('is known to be broken as soon as a kept connection of it is reset, long before a heartbeat is due', async () => {
		h = await AgentHarness.start({ linked: true, heartbeatInterval: 300 });
		h.club.faults.websocketBlocked();
		const trigger = h.run();
		await h.connected();
		await h.say('so that the next poll takes a kept connection');
		await trigger.started(1);
		await h.unreadBecomes();
		h.link.break('reset');
		await h.connected(2);
		await h.say('after the reset');
		expect(await trigger.started(2)).toHaveLength(2);
	});
});

describe('something in between that accepts websockets and closes them before their first frame', () => {
	it('is noticed at once, and polling gets its chance', async () => {
		h = await AgentHarness.start({ linked: true });
		h.link.editFrames(() => {
			void settled().then(() => { h.link.break('end'); });
			return [];
		});
		await h.say('all the same');
		const trigger = h.run();
		await h.connected();
		expect(await trigger.started(1)).toEqual(['all the same']);
		expect(h.log.filter((line) => line.includes('does not complete'))).toEqual([]);
		expect(h.club.requests.some(({ path }) => path.includes('transport=polling'))).toBe(true);
	});
});
