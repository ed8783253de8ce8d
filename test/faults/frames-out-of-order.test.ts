import { AgentHarness } from '../support/agent-harness';

interface Row {
	readonly content: string;
}

describe.each(['G1', 'G2', 'G3'] as const)('frames of %s', (generation) => {
	let h: AgentHarness;
	beforeEach(async () => {
		h = await AgentHarness.start({ generation, linked: true });
	});
	afterEach(() => h.stop());

	/**
	 * Everything that could still go wrong has had its chance: each ran once, all is read, and a new
	 * connection brings nothing.
	 */
	async function ranOnce(
		trigger: { readonly texts: string[] },
		texts: readonly string[],
	): Promise<void> {
		await h.unreadBecomes();
		const before = h.club.connectionsEver(h.agent.id);
		h.link.break();
		await h.connected(before + 1);
		await h.settle();
		expect([...trigger.texts].sort()).toEqual([...texts].sort());
		expect(h.unread).toEqual([]);
	}

	it('may all come twice, those of the handshake included', async () => {
		h.link.editFrames((frame) => [frame, frame]);
		await h.sayAll(['backlog 1', 'backlog 2']);
		const trigger = h.run();
		await trigger.started(2);
		await h.sayAll(['live 1', 'live 2']);
		expect(await trigger.started(4)).toEqual(['backlog 1', 'backlog 2', 'live 1', 'live 2']);
		await h.action().session.send(h.text('an answer'));
		expect((await h.contents()).filter((content) => content === 'an answer')).toHaveLength(1);
		expect(h.club.connectionsEver(h.agent.id)).toBe(1);
		await ranOnce(trigger, ['backlog 1', 'backlog 2', 'live 1', 'live 2']);
	});

	it('may bring a whole batch in the wrong order: it runs in the order of the chat', async () => {
		const texts = Array.from({ length: 20 }, (_, index) => String(index));
		await h.sayAll(texts);
		h.club.faults.mangle(h.agent.id, (event, args) =>
			event === 'offline_messages' ? [[...(args[0] as Row[])].reverse()] : args,
		);
		const trigger = h.run();
		expect(await trigger.started(20)).toEqual(texts);
		await ranOnce(trigger, texts);
	});

	it('may bring live messages in the wrong order: those that are here run in the order of the chat, and none is lost', async () => {
		const trigger = h.run({ ends: 'byHand' });
		await h.connected();
		await h.say('running');
		const running = await trigger.execution(1);
		h.club.faults.reorder(5, h.agent.id);
		await h.sayAll(['1', '2', '3', '4', '5']);
		await h.settle();
		trigger.ends = 'success';
		running.end();
		expect(await trigger.started(6)).toEqual(['running', '1', '2', '3', '4', '5']);
		await ranOnce(trigger, ['running', '1', '2', '3', '4', '5']);
	});

	it('may bring a message live and in the batch, and the batch twice, before and after it is settled', async () => {
		const batches: unknown[] = [];
		const end = h.club.faults.mangle(h.agent.id, (event, args) => {
			if (event === 'offline_messages') batches.push(args[0]);
			return args;
		});
		await h.sayAll(['one', 'two']);
		const trigger = h.run({ ends: 'byHand' });
		const first = await trigger.execution(1);
		end();
		const [batch] = batches as Row[][];
		h.club.injectRaw(h.agent.id, 'offline_messages', batch);
		for (const row of batch ?? []) h.club.injectRaw(h.agent.id, 'new_message', row);
		await h.settle();
		expect(trigger.texts).toEqual(['one']);
		trigger.ends = 'success';
		first.end();
		await trigger.started(2);
		await h.unreadBecomes();
		h.club.injectRaw(h.agent.id, 'offline_messages', batch);
		for (const row of batch ?? []) h.club.injectRaw(h.agent.id, 'new_message', row);
		await h.settle();
		expect(trigger.texts).toEqual(['one', 'two']);
		await ranOnce(trigger, ['one', 'two']);
	});

	it('may say twice who we are, the second time much later: nothing begins anew', async () => {
		let identity: unknown;
		h.club.faults.mangle(h.agent.id, (event, args) => {
			if (event === 'auth_ok') identity = args[0];
			return args;
		});
		const trigger = h.run({ ends: 'byHand' });
		await h.sayAll(['one', 'two']);
		const first = await trigger.execution(1);
		h.club.injectRaw(h.agent.id, 'auth_ok', identity);
		await h.settle();
		expect(trigger.texts).toEqual(['one']);
		trigger.ends = 'success';
		first.end();
		expect(await trigger.started(2)).toEqual(['one', 'two']);
		await ranOnce(trigger, ['one', 'two']);
	});

	it('may say who we are only after live messages and the batch', async () => {
		await h.sayAll(['backlog 1', 'backlog 2']);
		const held: unknown[] = [];
		const end = h.club.faults.mangle(h.agent.id, (event, args) => {
			if (event === 'auth_ok') held.push(args[0]);
			return event === 'auth_ok' ? null : args;
		});
		const trigger = h.run();
		await h.club.waitFor(() => held.length === 1, 'the identity to be withheld');
		await h.sayAll(['live 1', 'live 2']);
		await h.settle(5000);
		expect(trigger.texts).toEqual([]);
		end();
		h.club.injectRaw(h.agent.id, 'auth_ok', held[0]);
		expect(await trigger.started(4)).toEqual(['backlog 1', 'backlog 2', 'live 1', 'live 2']);
		await ranOnce(trigger, ['backlog 1', 'backlog 2', 'live 1', 'live 2']);
	});

	it('may be repeated over a reconnect, while the first of them is still being worked on', async () => {
		const trigger = h.run({ ends: 'byHand' });
		await h.connected();
		h.club.faults.duplicate(3);
		await h.sayAll(['one', 'two', 'three']);
		const first = await trigger.execution(1);
		for (const round of [2, 3]) {
			h.link.break(round === 2 ? 'reset' : 'end');
			await h.connected(round);
		}
		trigger.ends = 'success';
		first.end();
		expect(await trigger.started(3)).toEqual(['one', 'two', 'three']);
		await ranOnce(trigger, ['one', 'two', 'three']);
	});
});
