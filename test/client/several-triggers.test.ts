import type { ChatAddress } from '../../playground/club/club';
import { AgentHarness } from '../support/agent-harness';

describe.each(['G1', 'G3'] as const)('several triggers of one agent on %s', (generation) => {
	let h: AgentHarness;
	let other: ChatAddress;
	beforeEach(async () => {
		h = await AgentHarness.start({ generation });
		other = await h.club.addGroup('Cellar', [h.mia.id, h.agent.id]);
	});
	afterEach(() => h.stop());

	it('that listen to different chats each get theirs, once, from a backlog and live; what nobody listens to stays unread', async () => {
		await h.say('kitchen 1');
		await h.say('cellar 1', other);
		await h.say('private 1', h.direct);
		const kitchen = h.run({ place: 'kitchen', chats: [h.group.id] });
		const cellar = h.run({ place: 'cellar', chats: [other.id] });
		await Promise.all([kitchen.started(1), cellar.started(1)]);
		await h.say('kitchen 2');
		await h.say('cellar 2', other);
		await h.say('private 2', h.direct);
		expect(await kitchen.started(2)).toEqual(['kitchen 1', 'kitchen 2']);
		expect(await cellar.started(2)).toEqual(['cellar 1', 'cellar 2']);
		await h.unreadBecomes('private 1', 'private 2');
		await h.settle();
		expect([kitchen.texts.length, cellar.texts.length]).toEqual([2, 2]);
		expect(h.club.cursor(h.agent.id, h.direct)).toBeNull();
	});

	it('that listen to the same chat each get every message once, and the cursor waits for the slower one', async () => {
		await h.say('from the backlog');
		const quick = h.run({ place: 'quick' });
		const slow = h.run({ place: 'slow', ends: 'byHand' });
		await quick.started(1);
		const first = await slow.execution(1);
		await h.say('live');
		await quick.started(2);
		await h.settle();
		expect(h.unread).toEqual(['from the backlog', 'live']);
		first.end();
		await h.unreadBecomes('live');
		(await slow.execution(2)).end();
		await h.unreadBecomes();
		expect(quick.texts).toEqual(['from the backlog', 'live']);
		expect(slow.texts).toEqual(['from the backlog', 'live']);
	});

	it('get again what the slow one had not finished when the process died, and only that', async () => {
		const quick = h.run({ place: 'quick', chats: [other.id] });
		const slow = h.run({ place: 'slow', chats: [h.group.id], ends: 'byHand' });
		await h.say('unfinished');
		await h.say('finished', other);
		await Promise.all([quick.started(1), slow.started(1)]);
		await h.unreadBecomes('unfinished');
		await h.crash();
		const quickAgain = h.run({ place: 'quick', chats: [other.id] });
		const slowAgain = h.run({ place: 'slow', chats: [h.group.id] });
		expect(await slowAgain.started(1)).toEqual(['unfinished']);
		await h.unreadBecomes();
		await h.settle();
		expect(quickAgain.texts).toEqual([]);
	});

	it('each judge for themselves: one skips what the other works on', async () => {
		const everything = h.run({ place: 'everything', ends: 'byHand' });
		const mentions = h.run({ place: 'mentions', requireMention: true });
		await h.say('for nobody');
		await h.say('for you', h.group, [h.agent.id]);
		await everything.started(1);
		expect(await mentions.started(1)).toEqual(['for you']);
		await h.settle();
		expect(h.unread).toEqual(['for nobody', 'for you']);
		everything.endAll();
		await h.unreadBecomes();
		expect(everything.texts).toEqual(['for nobody', 'for you']);
	});

	it('get what is not settled yet when they join late', async () => {
		const first = h.run({ place: 'first', ends: 'byHand' });
		await h.say('still running');
		await first.started(1);
		await h.settle();
		const late = h.run({ place: 'late' });
		expect(await late.started(1)).toEqual(['still running']);
		first.endAll();
		await h.unreadBecomes();
		expect(h.club.connectionsEver(h.agent.id)).toBe(1);
	});

	it('may fail or hang without a consequence for the others', async () => {
		const broken = h.run({ place: 'broken', acknowledge: 'onSuccess', ends: 'notCreated' });
		const hanging = h.run({ place: 'hanging', ends: 'byHand' });
		const sound = h.run({ place: 'sound' });
		await h.sayAll(['one', 'two', 'three']);
		expect(await sound.started(3)).toEqual(['one', 'two', 'three']);
		await broken.started(1);
		await hanging.started(1);
		await h.settle();
		expect(h.unread).toEqual(['one', 'two', 'three']);
	});
});

describe.each(['G1', 'G3'] as const)('a trigger that is published again on %s', (generation) => {
	let h: AgentHarness;
	beforeEach(async () => {
		h = await AgentHarness.start({ generation });
	});
	afterEach(() => h.stop());

	it('misses nothing and repeats nothing while messages keep coming', async () => {
		const texts: string[] = [];
		const lives = [h.run()];
		await h.connected();
		await h.settle(3000);
		for (let round = 0; round < 5; round += 1) {
			for (const part of ['running', 'closed', 'running again']) {
				texts.push(`${round} ${part}`);
				if (part === 'closed') for (const life of lives) void h.close(life);
				if (part === 'running again') lives.push(h.run());
				await h.say(texts.at(-1) ?? '');
				await h.settle(100);
			}
		}
		await h.unreadBecomes();
		expect(lives.map((life) => life.executions.length)).toEqual([1, 3, 3, 3, 3, 2]);
		const started = lives.flatMap((life) => life.executions);
		expect(started.map(({ text }) => text)).toEqual(texts);
		expect(h.club.connectionsEver(h.agent.id)).toBe(1);
	});

	it('gets what came within 30 s of its end on the same connection', async () => {
		const old = h.run();
		await h.connected();
		void h.close(old);
		await h.say('meanwhile');
		await h.settle(25_000);
		expect(h.unread).toEqual(['meanwhile']);
		const next = h.run();
		expect(await next.started(1)).toEqual(['meanwhile']);
		await h.unreadBecomes();
		expect(h.club.connectionsEver(h.agent.id)).toBe(1);
		expect(old.texts).toEqual([]);
	});

	it('leaves an execution of its former life alone: that one settles its message, which is not run again', async () => {
		const old = h.run({ ends: 'byHand' });
		await h.sayAll(['running', 'waiting']);
		const running = await old.execution(1);
		void h.close(old);
		const next = h.run();
		await h.settle();
		expect(h.unread).toEqual(['running', 'waiting']);
		running.end();
		expect(await next.started(1)).toEqual(['waiting']);
		await h.unreadBecomes();
		expect(old.texts).toEqual(['running']);
		expect(next.texts).toEqual(['waiting']);
	});

	it('may overlap with its former life', async () => {
		const old = h.run({ ends: 'byHand' });
		await h.say('one');
		await old.started(1);
		const next = h.run();
		await h.say('two');
		old.endAll();
		void h.close(old);
		expect(await next.started(1)).toEqual(['two']);
		await h.unreadBecomes();
		expect(old.texts).toEqual(['one']);
	});

	it('judges what waited by its new filters', async () => {
		const old = h.run({ ends: 'byHand' });
		await h.sayAll(['running', 'not for me any more']);
		await old.started(1);
		void h.close(old);
		const next = h.run({ requireMention: true });
		old.endAll();
		await h.unreadBecomes();
		expect(next.texts).toEqual([]);
	});
});

describe.each(['G1', 'G3'] as const)('the place of a trigger closed on %s', (generation) => {
	let h: AgentHarness;
	beforeEach(async () => {
		h = await AgentHarness.start({ generation });
	});
	afterEach(() => h.stop());

	it('is given up after 30 s: the log says so, its messages stay unread, and the next life gets them', async () => {
		const old = h.run();
		await h.connected();
		void h.close(old);
		await h.say('held');
		await h.settle(31_000);
		await h.logged(/info: The trigger has been closed for 30 s/);
		await h.say('too late');
		await h.settle();
		expect(h.sent('mark_read')).toEqual([]);
		expect(h.unread).toEqual(['held', 'too late']);
		const next = h.run();
		expect(await next.started(2)).toEqual(['held', 'too late']);
		await h.unreadBecomes();
		expect(old.texts).toEqual([]);
	});

	it('does not keep a connection open for ever', async () => {
		const trigger = h.run();
		await h.connected();
		void h.close(trigger);
		await h.settle(62_000);
		expect(h.club.socketCount(h.agent.id)).toBe(0);
		expect(h.log.at(-1)).toMatch(/connection to Agent Club is closed/);
	});

	it('does not bind the others: their chats go on, and what was given back stays unread before it', async () => {
		const gone = h.run({ place: 'gone', chats: [h.group.id], ends: 'byHand' });
		const stays = h.run({ place: 'stays', chats: [h.direct.id] });
		await h.say('never finished');
		await gone.started(1);
		void h.close(gone);
		await h.settle(31_000);
		gone.endAll('failed');
		await h.say('still here', h.direct);
		await stays.started(1);
		await h.unreadBecomes('never finished');
	});
});
