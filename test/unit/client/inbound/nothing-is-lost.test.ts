import { decodeIdentity } from '../../../../client/protocol/frames';
import { decodeMessage } from '../../../../client/protocol/message';
import { settled } from '../../../support/fake-clock';
import { frame, GROUP, inChat, OTHER_GROUP, saidAt } from '../../../support/sample-messages';
import { InboxScene } from '../../../support/inbox-scene';

describe('invariant 1: nothing is lost', () => {
	it('marks nothing read while an earlier message of the chat is still running', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started();
		await scene.hears('a', saidAt(1));
		await scene.hears('skipped', saidAt(2, { content: '' }));
		await scene.clock.advance(60_000);
		expect(scene.port.marked).toEqual([]);

		await trigger.execution('a').end();
		await scene.clock.advance(250);

		expect(scene.port.marked).toEqual(['a', 'skipped']);
	});

	it('does not let another chat wait for that', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started();
		await scene.hears('slow');
		await scene.hears('quick', inChat(OTHER_GROUP));

		await trigger.execution('quick').end();
		await scene.clock.advance(10_000);

		expect(scene.port.marked).toEqual(['quick']);
	});

	it('waits 2 s for messages that the server delivers in the wrong order, so that a mark swallows none of them', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started();
		await scene.hears('later', saidAt(2));
		await trigger.execution('later').end();
		await scene.clock.advance(1700);

		await scene.hears('earlier', saidAt(1));
		await scene.clock.advance(60_000);
		expect(scene.port.marked).toEqual([]);
		await trigger.execution('earlier').end();
		await scene.clock.advance(250);

		expect(scene.port.marked).toEqual(['earlier', 'later']);
	});

	it('leaves a message unread whose execution was never created, and hands it over again', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started();
		trigger.refuse = 'throw';
		await scene.hears('m');
		await scene.clock.advance(4999);
		expect(trigger.started).toEqual([]);
		trigger.refuse = undefined;
		await scene.clock.advance(1);

		expect(trigger.started).toEqual(['m']);
		expect(scene.port.marked).toEqual([]);
	});

	it('leaves a message unread whose execution failed because the trigger was closing', async () => {
		const scene = new InboxScene();
		const { trigger, subscription } = await scene.started();
		await scene.hears('m');

		subscription.detach(trigger);
		await trigger.execution('m').end('failed');
		await scene.clock.advance(60_000);

		expect(scene.port.marked).toEqual([]);
	});

	it('still marks a message whose execution succeeds after the trigger was closed', async () => {
		const scene = new InboxScene();
		const { trigger, subscription } = await scene.started();
		await scene.hears('m');

		subscription.detach(trigger);
		await trigger.execution('m').end('success');
		await scene.clock.advance(10_000);

		expect(scene.port.marked).toEqual(['m']);
	});

	it('repeats a mark that the server did not answer', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started();
		scene.port.answerMarks = () => Promise.reject(new Error('no answer'));
		await scene.hears('m');
		await trigger.execution('m').end();
		await scene.clock.advance(2300);
		scene.port.answerMarks = () => Promise.resolve();

		await scene.clock.advance(60_000);

		expect(scene.port.marked.length).toBeGreaterThan(1);
		expect(new Set(scene.port.marked)).toEqual(new Set(['m']));
		expect(scene.clock.pending).toBe(0);
	});

	it('leaves what is said in a chat that no trigger listens to unread', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started(
			{ filter: { chats: new Set([GROUP.id]) } },
			frame('elsewhere', inChat(OTHER_GROUP)),
		);
		await scene.hears('also elsewhere', inChat(OTHER_GROUP));
		await scene.hears('here');
		await trigger.execution('here').end();
		await scene.clock.advance(10_000);

		expect(trigger.started).toEqual(['here']);
		expect(scene.port.marked).toEqual(['here']);
	});

	it('leaves a waiting message unread when the next life no longer listens to its chat', async () => {
		const scene = new InboxScene();
		const { trigger, subscription } = await scene.started();
		await scene.hears('running');
		await scene.hears('waiting', saidAt(1));
		subscription.detach(trigger);
		const next = scene.activate(subscription, { filter: { chats: new Set([OTHER_GROUP.id]) } });

		await trigger.execution('running').end();
		await scene.clock.advance(60_000);

		expect(next.started).toEqual([]);
		expect(scene.port.marked).not.toContain('waiting');
	});

	it("skips, and marks, a waiting message that the next life's filters turn away", async () => {
		const scene = new InboxScene();
		const { trigger, subscription } = await scene.started();
		await scene.hears('running');
		await scene.hears('waiting', saidAt(1));
		subscription.detach(trigger);
		const next = scene.activate(subscription, { filter: { allowFrom: new Set(['u_bob']) } });

		await trigger.execution('running').end();
		await scene.clock.advance(10_000);

		expect(next.started).toEqual([]);
		expect(scene.port.marked).toEqual(['running', 'waiting']);
	});
});

describe('what the user marks', () => {
	it('passes what is not settled, which then is not marked a second time', async () => {
		const scene = new InboxScene();
		const { trigger, subscription } = await scene.started();
		await scene.hears('a', saidAt(1));
		await scene.hears('b', saidAt(2));

		scene.inbox.markedByUser(['b']);
		await trigger.execution('a').end();
		await trigger.execution('b').end();
		await scene.clock.advance(60_000);

		expect(trigger.started).toEqual(['a', 'b']);
		expect(scene.port.marked).toEqual([]);
		expect(['a', 'b'].map((id) => subscription.holdings.get(id)?.state)).toEqual([
			'recent',
			'recent',
		]);
	});

	it('does not hold back what comes after it', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started();
		await scene.hears('a', saidAt(1));
		scene.inbox.markedByUser(['a']);
		await scene.hears('b', saidAt(2));

		await trigger.execution('a').end();
		await trigger.execution('b').end();
		await scene.clock.advance(10_000);

		expect(scene.port.marked).toEqual(['b']);
	});

	it('that nobody here knows is ignored', async () => {
		const scene = new InboxScene();
		await scene.started();

		expect(() => {
			scene.inbox.markedByUser(['unknown']);
		}).not.toThrow();
	});
});

describe('what a review found', () => {
	it('marks nothing while another message of the same time is still running', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started();
		await scene.hears('first', { created_at: 1_700_000_100 });
		await scene.hears('second', { created_at: 1_700_000_100 });
		await trigger.execution('first').end();
		await scene.clock.advance(10_000);
		expect(scene.port.marked).toEqual([]);
		await trigger.execution('second').end();
		await scene.clock.advance(10_000);
		expect(scene.port.marked).toEqual(['first', 'second']);
	});

	it('leaves nothing of a reconnect out for a trigger that joined a connection opened for sending', async () => {
		const scene = new InboxScene();
		await scene.connect();
		const { trigger } = scene.join({ backlog: { keep: 'skip', maxAge: 0 } });
		await scene.clock.advance(5000);
		await scene.reconnect(frame('missed'));
		await scene.clock.advance(5000);
		expect(trigger.started).toEqual(['missed']);
	});

	it('lets the marks go on when a trigger in "manually" is published in another mode', async () => {
		const scene = new InboxScene();
		const { trigger, subscription } = await scene.started({ acknowledge: 'manually' });
		await scene.hears('unmarked');
		await trigger.execution('unmarked').end();
		subscription.detach(trigger);
		scene.activate(subscription, { acknowledge: 'onCompletion' });
		await scene.clock.advance(10_000);
		expect(scene.port.marked).toEqual(['unmarked']);
	});

	it('survives flags and intervals that cannot be read as numbers', () => {
		const hostile = { toString: 1, valueOf: 1 };
		expect(decodeMessage(frame('hostile', { sender_is_agent: hostile }))).toMatchObject({
			sender: { kind: 'human' },
		});
		expect(
			decodeIdentity({ user_id: 'u', is_agent: hostile, heartbeat_interval: hostile }),
		).toMatchObject({ heartbeatInterval: 30_000 });
	});
});

it('is given to a trigger in order where it joins while older messages may still be answers', async () => {
	const scene = new InboxScene();
	const { trigger } = await scene.started();
	await scene.hears('first', saidAt(1));
	await scene.hears('second', saidAt(2));
	await trigger.execution('first').end();
	const { subscription } = scene.join({}, 'other:node:trigger');
	let decide: (decision: 'ordinary') => void = () => undefined;
	scene.port.decide = () => new Promise((resolve) => (decide = resolve));
	const missed = frame('missed', saidAt(0));
	await scene.reconnect(missed, frame('first', saidAt(1)), frame('second', saidAt(2)));

	const other = scene.activate(subscription);
	await scene.clock.advance(2000);
	expect(other.started).toEqual([]);
	decide('ordinary');
	await settled();
	for (const id of ['missed', 'first', 'second']) await other.execution(id).end();

	expect(other.started).toEqual(['missed', 'first', 'second']);
});
