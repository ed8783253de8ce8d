import { AgentHarness } from '../support/agent-harness';

const GENERATIONS = ['G1', 'G2', 'G3'] as const;

let h: AgentHarness;
const start = async (generation: (typeof GENERATIONS)[number] = 'G3', speed?: number) => {
	h = await AgentHarness.start({ generation, speed });
};
afterEach(() => h.stop());

describe.each(GENERATIONS)('onCompletion on %s', (generation) => {
	beforeEach(() => start(generation));

	it('moves the read cursor when the execution has ended, and not before', async () => {
		const trigger = h.run({ ends: 'byHand' });
		const said = await h.say('work');
		const execution = await trigger.execution(1);
		await h.settle();
		expect(h.club.cursor(h.agent.id, h.group)).toBeNull();
		expect(h.sent('mark_read')).toEqual([]);
		execution.end();
		await h.unreadBecomes();
		expect(h.club.cursor(h.agent.id, h.group)).toBe(said.createdAt);
		expect(h.sent('mark_read')).toEqual([{ message_ids: [said.id] }]);
	});

	it.each(['failed', 'stopped'] as const)(
		'counts an execution that %s as an end',
		async (outcome) => {
			h.run({ ends: outcome });
			await h.say('work');
			await h.unreadBecomes();
		},
	);

	it('answers in the chat when an execution has failed, and only there and then', async () => {
		h.run({ ends: 'failed', failureReply: 'Something went wrong <at user_id="all">all</at>' });
		await h.say('work', h.direct);
		await h.sentBecomes('send_message', 1);
		await h.unreadBecomes();
		expect(await h.contents(h.direct)).toEqual([
			'work',
			'Something went wrong <at user_id="all">all</at>',
		]);
		expect(h.sent('send_message')[0]?.['mentions']).toEqual(['all']);
	});

	it('never passes a message that is not settled, however many later ones are', async () => {
		const trigger = h.run({ ends: 'byHand', requireMention: true });
		await h.say('skipped before');
		await h.say('held', h.group, [h.agent.id]);
		await h.sayAll(['skipped 1', 'skipped 2']);
		const held = await trigger.execution(1);
		await h.settle();
		expect(h.unread).toEqual(['held', 'skipped 1', 'skipped 2']);
		held.end();
		await h.unreadBecomes();
	});

	it('lets every chat go on by itself', async () => {
		const trigger = h.run({ ends: 'byHand' });
		await h.say('held');
		await h.say('quick', h.direct);
		await trigger.started(2);
		trigger.executions.find(({ text }) => text === 'quick')?.end();
		await h.unreadBecomes('held');
		await h.settle();
		expect(h.club.cursor(h.agent.id, h.group)).toBeNull();
	});

	it('starts the messages of a chat one after the other', async () => {
		const trigger = h.run({ ends: 'byHand' });
		await h.sayAll(['one', 'two', 'three']);
		for (const count of [1, 2, 3]) {
			const execution = await trigger.execution(count);
			await h.settle();
			expect(trigger.texts).toEqual(['one', 'two', 'three'].slice(0, count));
			execution.end();
		}
		await h.unreadBecomes();
	});
});

describe.each(['G1', 'G3'] as const)('onSuccess on %s', (generation) => {
	beforeEach(() => start(generation));

	it('tries a failed message again, and moves the cursor when it has succeeded', async () => {
		const trigger = h.run({ acknowledge: 'onSuccess', ends: 'byHand', retries: 2 });
		await h.say('work');
		(await trigger.execution(1)).end('failed');
		await h.settle();
		expect(h.unread).toEqual(['work']);
		(await trigger.execution(2)).end('failed');
		await h.settle();
		expect(h.unread).toEqual(['work']);
		(await trigger.execution(3)).end('success');
		await h.unreadBecomes();
		expect(trigger.executions.map(({ delivery }) => delivery.attempt)).toEqual([1, 2, 3]);
	});

	it('gives a message up after its last attempt: it is read, its chat is told, and the next one runs', async () => {
		const trigger = h.run({
			acknowledge: 'onSuccess',
			ends: 'failed',
			retries: 1,
			failureReply: 'Sorry',
		});
		await h.say('hopeless');
		await trigger.started(1);
		await h.settle();
		await trigger.started(2);
		await h.unreadBecomes();
		await h.sentBecomes('send_message', 1);
		trigger.ends = 'success';
		await h.say('next');
		expect(await trigger.started(3)).toEqual(['hopeless', 'hopeless', 'next']);
		expect(await h.contents()).toEqual(['hopeless', 'Sorry', 'next']);
	});

	it('keeps the order of the chat while it waits for another attempt, and other chats go on', async () => {
		const trigger = h.run({ acknowledge: 'onSuccess', ends: 'byHand', parallelExecutions: 1 });
		await h.sayAll(['one', 'two']);
		(await trigger.execution(1)).end('failed');
		await h.say('elsewhere', h.direct);
		(await trigger.execution(2)).end();
		trigger.ends = 'success';
		await h.settle();
		expect(await trigger.started(4)).toEqual(['one', 'elsewhere', 'one', 'two']);
		await h.unreadBecomes();
	});
});

describe.each(['G1', 'G3'] as const)('immediately on %s', (generation) => {
	// The mark follows by itself: time passes by hand only.
	beforeEach(() => start(generation, 0));

	it('hands over without waiting, and moves the cursor a moment later', async () => {
		const trigger = h.run({ acknowledge: 'immediately', ends: 'byHand' });
		await h.connected();
		await h.settle(3000);
		await h.sayAll(['one', 'two', 'three']);
		expect(await trigger.started(3)).toEqual(['one', 'two', 'three']);
		await h.settle(1000);
		expect(h.sent('mark_read')).toEqual([]);
		await h.clock.skip(3000);
		await h.unreadBecomes();
	});

	it('hands a message over again for which no execution came about, and marks it only then', async () => {
		const trigger = h.run({ acknowledge: 'immediately', ends: 'notCreated' });
		await h.connected();
		await h.settle(3000);
		await h.say('work');
		await trigger.started(1);
		trigger.ends = 'success';
		expect(h.unread).toEqual(['work']);
		await h.settle();
		expect(trigger.texts).toEqual(['work', 'work']);
		await h.unreadBecomes();
	});
});

describe.each(GENERATIONS)('manually on %s', (generation) => {
	beforeEach(() => start(generation));

	it('leaves everything unread until the user marks it: then that message and the earlier ones of its chat are read', async () => {
		const trigger = h.run({ acknowledge: 'manually' });
		const said = await h.sayAll(['one', 'two', 'three']);
		await h.say('elsewhere', h.direct);
		await trigger.started(4);
		await h.settle();
		expect(h.sent('mark_read')).toEqual([]);
		await h.action().session.markRead([said[1]?.id ?? ''], 10_000);
		expect(h.unread).toEqual(['three', 'elsewhere']);
	});

	it('does not mark a skipped message that has an unmarked one before it', async () => {
		const trigger = h.run({ acknowledge: 'manually', requireMention: true });
		const meant = await h.say('for you', h.group, [h.agent.id]);
		await h.say('for nobody');
		await trigger.started(1);
		await h.settle();
		expect(h.unread).toEqual(['for you', 'for nobody']);
		await h.action().session.markRead([meant.id], 10_000);
		await h.unreadBecomes();
	});

	it('does not run a message again at a reconnect, but brings it after a restart', async () => {
		const trigger = h.run({ acknowledge: 'manually' });
		await h.say('unmarked');
		await trigger.started(1);
		h.club.faults.kill(h.agent.id);
		await h.connected(2);
		await h.settle();
		expect(trigger.texts).toEqual(['unmarked']);
		await h.crash();
		const next = h.run({ acknowledge: 'manually' });
		expect(await next.started(1)).toEqual(['unmarked']);
	});

	it('notices at a reconnect what another process has marked', async () => {
		const trigger = h.run({ acknowledge: 'manually', requireMention: true });
		const meant = await h.say('for you', h.group, [h.agent.id]);
		await trigger.started(1);
		await h.elsewhere((session) => session.markRead([meant.id], 10_000));
		h.club.faults.kill(h.agent.id);
		await h.connected(3);
		await h.say('for nobody');
		await h.unreadBecomes();
		expect(trigger.texts).toEqual(['for you']);
	});
});

describe('the read cursor', () => {
	beforeEach(() => start());

	it('follows in few frames: marks are joined for 250 ms', async () => {
		const texts = Array.from({ length: 300 }, (_, index) => String(index));
		await h.sayAll(texts);
		const begun = h.clock.now();
		const trigger = h.run();
		await trigger.started(300);
		await h.unreadBecomes();
		const frames = h.sent('mark_read');
		expect(frames.length).toBeLessThanOrEqual((h.clock.now() - begun) / 250 + 1);
		expect(frames.flatMap(({ message_ids: ids }) => ids)).toHaveLength(300);
	});

	it('passes what the filters turn away, in its turn', async () => {
		const robot = await h.club.addAgent('robot', 'Robot');
		await h.club.addMember(h.group.id, robot.id);
		const trigger = h.run({
			allowFrom: [h.mia.id, robot.id],
			allowFromKind: ['human'],
			requireMention: true,
		});
		await h.connected();
		await h.club.say(h.tom.id, h.group, { content: 'not allowed', mentions: [h.agent.id] });
		await h.club.say(robot.id, h.group, { content: 'not a human', mentions: [h.agent.id] });
		await h.say('not mentioned');
		await h.say('', h.direct);
		await h.say('everybody', h.group, ['all']);
		await h.say('in person', h.direct);
		expect((await trigger.started(2)).sort()).toEqual(['everybody', 'in person']);
		await h.unreadBecomes();
		expect(trigger.texts).toHaveLength(2);
	});

	it('is not moved by, and nothing starts for, what the agent itself writes', async () => {
		const trigger = h.run();
		const { session } = h.action();
		await session.send(h.text('talking to myself'));
		await h.settle();
		h.club.faults.kill(h.agent.id);
		await h.connected(2);
		await h.settle();
		expect(trigger.texts).toEqual([]);
		expect(h.sent('mark_read')).toEqual([]);
	});

	it('waits for an execution that outlives its lane timeout no longer, and the log says so', async () => {
		const trigger = h.run({ ends: 'byHand', laneTimeout: 60_000 });
		await h.sayAll(['endless', 'next']);
		await trigger.started(1);
		await h.settle(50_000);
		expect(trigger.texts).toEqual(['endless']);
		await h.settle(20_000);
		expect(await trigger.started(2)).toEqual(['endless', 'next']);
		await h.unreadBecomes('next');
		await h.logged(/warn: .*has not ended within 60 s/);
	});

	it('stays where an execution failed because its trigger was closing: the message comes again', async () => {
		const trigger = h.run({ ends: 'byHand' });
		await h.say('interrupted');
		const execution = await trigger.execution(1);
		void h.close(trigger);
		execution.end('failed');
		await h.settle();
		expect(h.unread).toEqual(['interrupted']);
		const next = h.run();
		expect(await next.started(1)).toEqual(['interrupted']);
		await h.unreadBecomes();
	});

	it('has moved before a close is over, where something was due', async () => {
		const trigger = h.run();
		await h.say('finished just now');
		await trigger.started(1);
		await h.settle(0);
		expect(h.unread).toEqual(['finished just now']);
		await h.close(trigger);
		expect(h.unread).toEqual([]);
	});

	it('still moves for an execution that succeeds after its trigger was closed', async () => {
		const trigger = h.run({ ends: 'byHand' });
		await h.say('finished late');
		const execution = await trigger.execution(1);
		void h.close(trigger);
		await h.settle();
		execution.end();
		await h.unreadBecomes();
	});

	it('stays where no execution could be created, and the message is handed over again', async () => {
		const trigger = h.run({ ends: 'notCreated' });
		await h.say('work');
		await trigger.started(1);
		await h.settle(2000);
		expect(h.unread).toEqual(['work']);
		trigger.ends = 'success';
		await h.settle();
		expect(trigger.texts).toEqual(['work', 'work']);
		await h.unreadBecomes();
		expect(trigger.executions.map(({ delivery }) => delivery.attempt)).toEqual([1, 1]);
	});

	it('stays behind after a crash: what was not finished runs again, what was finished does not', async () => {
		const trigger = h.run({ ends: 'byHand' });
		await h.sayAll(['finished', 'unfinished']);
		(await trigger.execution(1)).end();
		await h.unreadBecomes('unfinished');
		await trigger.started(2);
		await h.crash();
		const next = h.run();
		expect(await next.started(1)).toEqual(['unfinished']);
		await h.unreadBecomes();
		expect(next.texts).toEqual(['unfinished']);
	});
});
