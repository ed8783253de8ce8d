import { AgentHarness } from '../support/agent-harness';

describe('a chat that is deleted or cleared on G3', () => {
	let h: AgentHarness;
	beforeEach(async () => {
		h = await AgentHarness.start({ generation: 'G3' });
	});
	afterEach(() => h.stop());

	it.each([
		['deleted', () => h.club.deleteChat(h.mia.id, h.direct)],
		['cleared', () => h.club.clearChat(h.mia.id, h.direct)],
	])('and %s drops what waits there, and goes on elsewhere', async (what, change) => {
		const trigger = h.run({ ends: 'byHand' });
		await h.connected();
		await h.sayAll(['running', 'waits', 'waits too'], h.direct);
		const running = await trigger.execution(1);
		await h.settle(0);

		await change();
		await h.logged(new RegExp(`has been ${what}: messages that waited there are dropped \\(2\\)`));
		trigger.ends = 'success';
		running.end();
		await h.say('elsewhere');

		expect(await trigger.started(2)).toEqual(['running', 'elsewhere']);
		await h.unreadBecomes();
	});

	it('drops what waits there too if it is a group that is dissolved', async () => {
		const trigger = h.run({ ends: 'byHand' });
		await h.connected();
		await h.sayAll(['running', 'waits', 'waits too']);
		const running = await trigger.execution(1);
		await h.settle(0);

		await h.club.deleteChat(h.mia.id, h.group);
		await h.logged(/has been deleted: messages that waited there are dropped \(2\)/);
		trigger.ends = 'success';
		running.end();
		await h.say('elsewhere', h.direct);

		expect(await trigger.started(2)).toEqual(['running', 'elsewhere']);
		await h.unreadBecomes();
	});
});
