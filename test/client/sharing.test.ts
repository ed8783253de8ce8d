import type { AgentSession } from '../../client/agent/agent-session';
import type { ChatAddress } from '../../playground/club/club';
import { AgentHarness } from '../support/agent-harness';

describe.each(['G1', 'G3'] as const)('one agent of a process on %s', (generation) => {
	let h: AgentHarness;
	beforeEach(async () => {
		h = await AgentHarness.start({ generation });
	});
	afterEach(() => h.stop());

	it('has one socket for its trigger and its actions', async () => {
		const trigger = h.run();
		await h.say('question');
		await trigger.started(1);
		await Promise.all(
			[h.action(), h.action()].map(({ session }) => session.send(h.text('answer'))),
		);
		expect(h.club.socketCount(h.agent.id)).toBe(1);
		expect(h.club.connectionsEver(h.agent.id)).toBe(1);
	});

	it('has one socket for two triggers', async () => {
		const triggers = [h.run({ place: 'first' }), h.run({ place: 'second' })];
		await h.say('both of you');
		for (const trigger of triggers) await trigger.started(1);
		expect(h.club.connectionsEver(h.agent.id)).toBe(1);
	});

	it('judges and marks nothing on a connection that was opened for sending', async () => {
		await h.say('unread before');
		const { session } = h.action();
		await session.send(h.text('an answer'));
		await h.say('unread after');
		await h.settle();
		expect(h.sent('mark_read')).toEqual([]);
		expect(h.unread).toEqual(['unread before', 'unread after']);
	});

	it('closes a connection that was opened for sending when it is idle, and opens one again when needed', async () => {
		const first = h.action();
		await first.session.send(h.text('one'));
		first.release();
		await h.settle(25_000);
		expect(h.club.socketCount(h.agent.id)).toBe(1);
		await h.settle();
		expect(h.club.socketCount(h.agent.id)).toBe(0);
		await h.action().session.send(h.text('two'));
		expect(await h.contents()).toEqual(['one', 'two']);
		expect(h.club.connectionsEver(h.agent.id)).toBe(2);
	});

	it('keeps a connection that is used again before it is idle for long', async () => {
		const first = h.action();
		await first.session.send(h.text('one'));
		first.release();
		await h.settle(25_000);
		const second = h.action();
		await second.session.send(h.text('two'));
		await h.settle(40_000);
		expect(h.club.socketCount(h.agent.id)).toBe(1);
		expect(h.club.connectionsEver(h.agent.id)).toBe(1);
	});

	it('connects again for its first trigger, for only a connect brings what is unread', async () => {
		const { session } = h.action();
		await h.say('before');
		await session.send(h.text('an answer'));
		await h.say('on the open connection');
		const trigger = h.run();
		expect(await trigger.started(2)).toEqual(['before', 'on the open connection']);
		await h.unreadBecomes();
		expect(h.club.connectionsEver(h.agent.id)).toBe(2);
	});

	it('does not connect again for a first trigger that has missed nothing', async () => {
		const { session } = h.action();
		await session.send(h.text('an answer'));
		const trigger = h.run();
		await h.say('fresh');
		await trigger.started(1);
		expect(h.club.connectionsEver(h.agent.id)).toBe(1);
	});

	it('does not break a send off in order to connect again', async () => {
		const { session } = h.action();
		await h.say('before');
		await session.whenReady(10_000);
		h.club.faults.delay('send_message', 100);
		const sending = session.send(h.text('slow answer'));
		await h.sentBecomes('send_message', 1);
		const trigger = h.run();
		await expect(sending).resolves.toMatchObject({
			confirmedBy: generation === 'G3' ? 'answer' : 'echo',
		});
		expect(await trigger.started(1)).toEqual(['before']);
		expect(await h.contents()).toEqual(['before', 'slow answer']);
	});

	it('opens a second socket for a new token, which judges nothing, until the trigger joins it at its own reconnect', async () => {
		const trigger = h.run();
		await h.connected();
		const token = await h.club.resetToken(h.agent.id);
		const { session } = h.action(h.credentials({ token }));
		await session.send(h.text('with the new token'));
		await h.say('question');
		await trigger.started(1);
		await h.unreadBecomes();
		expect(h.club.socketCount(h.agent.id)).toBe(2);
		trigger.found = h.credentials({ token });
		h.club.faults.kill(h.agent.id);
		await h.say('after the drop');
		expect(await trigger.started(2)).toEqual(['question', 'after the drop']);
		await h.unreadBecomes();
		await h.settle();
		expect(h.club.socketCount(h.agent.id)).toBe(1);
		expect(trigger.texts).toHaveLength(2);
	});
});

describe('a trigger that works', () => {
	let h: AgentHarness;
	beforeEach(async () => {
		h = await AgentHarness.start({ speed: 1 });
	});
	afterEach(() => h.stop());

	it('is shown as typing in the chat it works for, as long as it does', async () => {
		const trigger = h.run({ showTyping: true, ends: 'byHand' });
		await h.say('work', h.direct);
		const execution = await trigger.execution(1);
		await h.settle(5000);
		await h.sentBecomes('typing', 3);
		execution.end();
		await h.settle(2000);
		await h.unreadBecomes();
		const count = h.sent('typing').length;
		await h.settle();
		expect(h.sent('typing')).toHaveLength(count);
		expect(h.sent('typing')[0]).toEqual({ chat_type: 'direct', chat_id: h.direct.id });
	});

	it('is not shown for 5 s after it has answered, and then again', async () => {
		h.run({ showTyping: true, ends: 'byHand' });
		await h.say('work', h.direct);
		await h.sentBecomes('typing', 1);
		await h.action().session.send(h.text('the answer', h.direct));
		const count = h.sent('typing').length;
		await h.settle(3000);
		expect(h.sent('typing')).toHaveLength(count);
		await h.settle(2500);
		expect(h.sent('typing').length).toBeGreaterThan(count);
	});
});

describe('Send Typing', () => {
	let h: AgentHarness;
	beforeEach(async () => {
		h = await AgentHarness.start();
	});
	afterEach(() => h.stop());

	it.each<
		[string, (h: AgentHarness, session: AgentSession, chat: ChatAddress) => Promise<unknown>]
	>([
		[
			'this process, though the server does not bring it back',
			(_h, session, chat) => session.send(h.text('the answer', chat)),
		],
		[
			'another process',
			({ club, agent }, _session, chat) => club.say(agent.id, chat, { content: 'the answer' }),
		],
	])('ends with a message of the agent by %s', async (by, answer) => {
		const { session } = h.action();
		await session.whenReady(10_000);
		// In a chat that is younger than the connection some servers bring no own message.
		const chat = by.startsWith('this') ? await h.club.openDirect(h.tom.id, h.agent.id) : h.group;
		session.inbox.typing.showUntilMessage(chat);
		await h.sentBecomes('typing', 1);
		await answer(h, session, chat);
		await h.settle();
		const count = h.sent('typing').length;
		await h.settle(30_000);
		expect(h.sent('typing')).toHaveLength(count);
	});
});
