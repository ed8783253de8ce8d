import { InboxScene } from '../../../../support/inbox-scene';
import {
	ALICE,
	BOB,
	DIRECT,
	frame,
	GROUP,
	inChat,
	saidAt,
} from '../../../../support/sample-messages';

const COLLECT = { collect: { pause: 5000, most: 20_000 } };
const UNMENTIONED = { mentions: [] };

/** What was handed over so far: the ids of the messages in each. */
const bundles = (trigger: {
	bundles: ReadonlyArray<{ messages: ReadonlyArray<{ id: string }> }>;
}) => trigger.bundles.map(({ messages }) => messages.map(({ id }) => id));

describe('collecting what one sender writes in one go', () => {
	it('waits for the pause, and hands one item over', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started(COLLECT);
		await scene.hears('a', saidAt(0));
		await scene.clock.advance(4900);
		await scene.hears('b', saidAt(4.9));
		await scene.clock.advance(4900);
		expect(trigger.started).toEqual([]);
		await scene.clock.advance(200);
		expect(bundles(trigger)).toEqual([['a', 'b']]);
	});

	it('marks all of it when its execution has ended, and nothing before', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started(COLLECT);
		await scene.hears('a', saidAt(0));
		await scene.hears('b', saidAt(1));
		await scene.clock.advance(10_000);
		expect(scene.port.marked).toEqual([]);
		await trigger.execution('a').end();
		await scene.clock.advance(3000);
		expect(scene.port.marked).toEqual(['a', 'b']);
	});

	it('takes further messages with a mention or without, as long as their sender goes on', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ ...COLLECT, filter: { requireMention: true } });
		await scene.hears('not mentioned yet', saidAt(0, UNMENTIONED));
		await scene.hears('a', saidAt(1));
		await scene.hears('b', saidAt(2, UNMENTIONED));
		await scene.clock.advance(5100);
		await scene.hears('too late', saidAt(8, UNMENTIONED));
		await scene.clock.advance(10_000);
		expect(bundles(trigger)).toEqual([['a', 'b']]);
	});

	it('keeps senders and chats apart, and the order of what begins first', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started(COLLECT);
		await scene.hears('a1', saidAt(0));
		await scene.hears('b1', { ...saidAt(1), sender_id: BOB });
		await scene.hears('a2', saidAt(2));
		await scene.hears('d1', { ...saidAt(2), ...inChat(DIRECT) });
		await scene.clock.advance(5100);
		expect(bundles(trigger)).toEqual([['a1', 'a2'], ['d1']]);
		await trigger.execution('a1').end();
		expect(bundles(trigger)).toEqual([['a1', 'a2'], ['d1'], ['b1']]);
	});

	it('goes on while the sender is typing, but not for ever', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started(COLLECT);
		await scene.hears('a', saidAt(0));
		for (let second = 0; second < 19; second += 1) {
			scene.inbox.sawTyping(GROUP, BOB);
			if (second < 10) scene.inbox.sawTyping(GROUP, ALICE);
			await scene.clock.advance(1000);
			// Typed for the last time at 9 s, and 5 s later it is over.
			expect(trigger.started).toEqual(second < 13 ? [] : ['a']);
		}
	});

	it('ends at the limit whatever comes', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started(COLLECT);
		for (let second = 0; second < 30; second += 1) {
			await scene.hears(`m${second}`, saidAt(second));
			await scene.clock.advance(1000);
		}
		const [first] = bundles(trigger);
		expect(first).toEqual(Array.from({ length: 20 }, (_, second) => `m${second}`));
	});

	it("cuts a batch by the server's times", async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started(
			COLLECT,
			frame('a', saidAt(0)),
			frame('b', saidAt(3)),
			frame('c', saidAt(60)),
			frame('d', saidAt(61)),
		);
		await scene.clock.advance(6000);
		await trigger.execution('a').end();
		expect(bundles(trigger)).toEqual([
			['a', 'b'],
			['c', 'd'],
		]);
	});

	it('leaves an unfinished row unread when the trigger is closed for good', async () => {
		const scene = new InboxScene();
		const { trigger, subscription } = await scene.started(COLLECT);
		await scene.hears('a', saidAt(0));
		subscription.detach(trigger);
		subscription.release();
		await scene.clock.advance(30_000);
		expect(trigger.started).toEqual([]);
		expect(scene.port.marked).toEqual([]);
		expect(subscription.isOver).toBe(true);
	});
});
