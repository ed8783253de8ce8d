import { AgentHarness } from '../support/agent-harness';

describe.each(['G1', 'G2', 'G3'] as const)('a handshake with %s', (generation) => {
	let h: AgentHarness;
	beforeEach(async () => {
		h = await AgentHarness.start({ generation, policy: { handshake: 2000 } });
	});
	afterEach(() => h.stop());

	it('delivers a mention from the time before it, although the identity may come after the batch', async () => {
		await h.say('nobody in particular');
		await h.say('you there', h.group, [h.agent.id]);
		const trigger = h.run({ requireMention: true });
		expect(await trigger.started(1)).toEqual(['you there']);
		expect((await trigger.execution(1)).delivery).toEqual({ source: 'backlog', attempt: 1 });
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
		const [row] = h.club.unread(h.agent.id);
		let early: unknown;
		const end = h.club.faults.mangle(h.agent.id, (event, args) => {
			if (event === 'offline_messages') h.club.injectRaw(h.agent.id, 'new_message', (early = (args[0] as unknown[])[0]));
			return args;
		});
		const trigger = h.run();
		await trigger.started(1);
		await h.settle();
		end();
		expect(early).toMatchObject({ id: row?.id });
		expect(trigger.texts).toEqual(['both ways']);
		expect(h.unread).toEqual([]);
	});
});
