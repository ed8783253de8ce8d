import { AgentHarness } from '../support/agent-harness';

describe.each(['G1', 'G2', 'G3'] as const)('a connection to %s that was lost', (generation) => {
	let h: AgentHarness;
	beforeEach(async () => {
		h = await AgentHarness.start({ generation });
	});
	afterEach(() => h.stop());

	it('comes back after a killed link, and nothing is lost or repeated', async () => {
		const trigger = h.run();
		await h.connected();
		await h.say('before');
		await trigger.started(1);
		await h.unreadBecomes();
		h.club.faults.kill(h.agent.id);
		await h.say('meanwhile');
		await h.connected(2);
		await h.say('after');
		expect(await trigger.started(3)).toEqual(['before', 'meanwhile', 'after']);
		await h.unreadBecomes();
		await h.settle();
		expect(trigger.texts).toHaveLength(3);
	});

	it('comes back when the server was restarted', async () => {
		const trigger = h.run();
		await h.connected();
		await h.club.stop();
		await h.sayAll(['one', 'two'], h.direct);
		await h.logged(/No connection to Agent Club/);
		await h.club.restart();
		expect(await trigger.started(2)).toEqual(['one', 'two']);
		await h.unreadBecomes();
	});

	it('may never have been there: a server that comes up later is found', async () => {
		await h.club.stop();
		const trigger = h.run();
		await h.logged(/No connection to Agent Club/);
		await h.clock.skip(60_000);
		await h.say('good morning');
		await h.club.restart();
		expect(await trigger.started(1)).toEqual(['good morning']);
		expect(h.log.filter((line) => line.includes('No connection to Agent Club'))).toHaveLength(1);
	});

	it('may be lost again and again: everything arrives in order, once', async () => {
		const trigger = h.run();
		const texts: string[] = [];
		for (let round = 1; round <= 6; round += 1) {
			await h.connected(round);
			texts.push(`${round} a`, `${round} b`);
			await h.say(texts.at(-2) ?? '');
			h.club.faults.kill(h.agent.id);
			await h.say(texts.at(-1) ?? '');
		}
		expect(await trigger.started(12)).toEqual(texts);
		await h.unreadBecomes();
		expect(trigger.texts).toEqual(texts);
	});

	it('does not run a message again whose execution is still going on, and marks it on the next connection', async () => {
		const trigger = h.run({ ends: 'byHand' });
		await h.say('long work');
		const execution = await trigger.execution(1);
		h.club.faults.kill(h.agent.id);
		await h.connected(2);
		await h.settle();
		expect(trigger.texts).toEqual(['long work']);
		expect(h.unread).toEqual(['long work']);
		execution.end();
		await h.unreadBecomes();
	});

	it('marks once more what was finished but not marked while it was away', async () => {
		const trigger = h.run({ ends: 'byHand' });
		await h.say('work');
		const execution = await trigger.execution(1);
		await h.club.stop();
		execution.end();
		await h.clock.skip(5000);
		await h.club.restart();
		await h.unreadBecomes();
		expect(trigger.texts).toEqual(['work']);
	});

	it('repeats a mark that the server did not get', async () => {
		h.club.faults.dropBefore('mark_read');
		const trigger = h.run();
		await h.say('work');
		await h.sentBecomes('mark_read', 1);
		expect(h.unread).toEqual(['work']);
		h.club.faults.kill(h.agent.id);
		await h.unreadBecomes();
		await h.settle();
		expect(trigger.texts).toEqual(['work']);
	});

	it('takes a mark whose answer was lost for done, for the next batch does not have the message', async () => {
		h.club.faults.dropAnswer('mark_read');
		const trigger = h.run();
		await h.say('work');
		await h.sentBecomes('mark_read', 1);
		h.club.faults.kill(h.agent.id);
		await h.connected(2);
		await h.settle();
		expect(h.unread).toEqual([]);
		expect(h.sent('mark_read')).toHaveLength(1);
		expect(trigger.texts).toEqual(['work']);
	});
});

describe.each(['G1', 'G2', 'G3'] as const)('a connection to %s that stays', (generation) => {
	let h: AgentHarness;
	beforeEach(async () => {
		h = await AgentHarness.start({ generation });
	});
	afterEach(() => h.stop());

	it.each(['dropBefore', 'dropAnswer'] as const)(
		'repeats a mark that gets no answer (%s)',
		async (fault) => {
			h.club.faults[fault]('mark_read', 2);
			const trigger = h.run();
			await h.say('work');
			for (const count of [1, 2]) {
				await h.sentBecomes('mark_read', count);
				await h.settle(16_000);
			}
			await h.sentBecomes('mark_read', 3);
			await h.unreadBecomes();
			expect(trigger.texts).toEqual(['work']);
			expect(h.club.connectionsEver(h.agent.id)).toBe(1);
		},
	);

	it('runs a message once that the server sends twice', async () => {
		const trigger = h.run();
		await h.connected();
		h.club.faults.duplicate(2);
		await h.sayAll(['one', 'two']);
		await trigger.started(2);
		await h.settle();
		expect(trigger.texts).toEqual(['one', 'two']);
		expect(h.unread).toEqual([]);
	});

	it('loses nothing where the server delivers two messages in the wrong order', async () => {
		const trigger = h.run();
		await h.connected();
		h.club.faults.reorder(2, h.agent.id);
		await h.sayAll(['one', 'two']);
		await trigger.started(2);
		await h.unreadBecomes();
		expect([...trigger.texts].sort()).toEqual(['one', 'two']);
	});
});

describe.each(['G1', 'G2', 'G3'] as const)('a message that %s delivers late', (generation) => {
	let h: AgentHarness;
	beforeEach(async () => {
		// Time passes by hand only: what waits a moment must not come before the late message.
		h = await AgentHarness.start({ generation, speed: 0 });
	});
	afterEach(() => h.stop());

	it('starts the older of two messages first where it arrives while the younger one is still being prepared', async () => {
		h.club.faults.failHttp({ path: /\/members$/, mode: 'hang' });
		const trigger = h.run({ fetches: {} });
		await h.connected();
		await h.settle(3000);
		let late: unknown;
		const end = h.club.faults.mangle(h.agent.id, (event, args) => {
			if (event === 'new_message') late = args[0];
			return event === 'new_message' ? null : args;
		});
		await h.say('first');
		end();
		await h.say('second');
		await h.club.waitFor(
			() => h.club.requests.some(({ path }) => path.endsWith('/members')),
			'the request for the members',
		);
		h.club.injectRaw(h.agent.id, 'new_message', late);
		await h.settle(0);
		expect(trigger.texts).toEqual([]);
		await h.clock.skip(5000);
		expect(await trigger.started(2)).toEqual(['first', 'second']);
		await h.settle();
		await h.unreadBecomes();
	});

	it('marks nothing in a hurry: a message that the server delivers late still comes before the mark', async () => {
		const trigger = h.run();
		await h.connected();
		await h.settle(5000);
		let late: unknown;
		const end = h.club.faults.mangle(h.agent.id, (event, args) => {
			if (event === 'new_message') late = args[0];
			return event === 'new_message' ? null : args;
		});
		await h.say('first');
		end();
		await h.say('second');
		await trigger.started(1);
		await h.clock.skip(1000);
		trigger.ends = 'byHand';
		h.club.injectRaw(h.agent.id, 'new_message', late);
		const execution = await trigger.execution(2);
		await h.settle();
		expect(h.sent('mark_read')).toEqual([]);
		execution.end();
		await h.settle();
		await h.unreadBecomes();
		expect(trigger.texts).toEqual(['second', 'first']);
	});
});
