import type { Observer } from '../../../../client/inbound/intake/observers';
import type { Message } from '../../../../client/protocol/message';
import {
	frame,
	GROUP,
	inChat,
	message,
	OTHER_GROUP,
	saidAt,
} from '../../../support/sample-messages';
import { InboxScene } from '../../../support/inbox-scene';

const only = (chat: { id: string }) => ({ filter: { chats: new Set([chat.id]) } });

/** An agent with two triggers, connected. */
const two = async (first = {}, second = {}) => {
	const scene = new InboxScene();
	const a = scene.join(first, 'a:n:trigger');
	const b = scene.join(second, 'b:n:trigger');
	await scene.connect();
	await scene.clock.advance(2000);
	return { scene, a, b };
};

describe('several triggers of one agent', () => {
	it('get each message of a shared chat, which is read when the last of them has settled it', async () => {
		const { scene, a, b } = await two();
		await scene.hears('m');
		expect([a.trigger.started, b.trigger.started]).toEqual([['m'], ['m']]);
		await a.trigger.execution('m').end();
		await scene.clock.advance(10_000);
		expect(scene.port.marked).toEqual([]);

		await b.trigger.execution('m').end();
		await scene.clock.advance(250);

		expect(scene.port.marked).toEqual(['m']);
	});

	it('do not wait for one another', async () => {
		const { scene, a, b } = await two();
		await scene.hears('m', saidAt(1));
		await scene.hears('n', saidAt(2));

		await b.trigger.execution('m').end();

		expect([a.trigger.started, b.trigger.started]).toEqual([['m'], ['m', 'n']]);
	});

	it('have filters of their own: what one skips, the other may still work on', async () => {
		const { scene, a, b } = await two({ filter: { allowFrom: new Set() } });
		await scene.hears('m');
		await scene.clock.advance(10_000);
		expect([a.trigger.started, b.trigger.started, scene.port.marked]).toEqual([[], ['m'], []]);

		await b.trigger.execution('m').end();
		await scene.clock.advance(250);

		expect(scene.port.marked).toEqual(['m']);
	});

	it('have chats of their own', async () => {
		const { scene, a, b } = await two(only(GROUP), only(OTHER_GROUP));
		await scene.hears('m');
		await scene.hears('n', inChat(OTHER_GROUP));
		await a.trigger.execution('m').end();
		await b.trigger.execution('n').end();
		await scene.clock.advance(10_000);

		expect([a.trigger.started, b.trigger.started]).toEqual([['m'], ['n']]);
		expect(new Set(scene.port.marked)).toEqual(new Set(['m', 'n']));
	});

	it('hold a message back from being read where one of them marks by hand', async () => {
		const { scene, a, b } = await two({ acknowledge: 'manually' });
		await scene.hears('m');
		await a.trigger.execution('m').end();
		await b.trigger.execution('m').end();
		await scene.clock.advance(10_000);
		expect(scene.port.marked).toEqual([]);

		scene.inbox.markedByUser(['m']);
		await scene.hears('n', saidAt(1, { content: '' }));
		await scene.clock.advance(10_000);

		expect(scene.port.marked).toEqual(['n']);
	});
});

describe('a trigger that joins later', () => {
	it('gets what is not settled yet, and what comes from then on', async () => {
		const scene = new InboxScene();
		const first = await scene.started();
		await scene.hears('done', saidAt(1));
		await first.trigger.execution('done').end();
		await scene.clock.advance(10_000);
		await scene.hears('running', saidAt(2));

		const late = scene.join({}, 'late:n:trigger');
		await scene.hears('new', saidAt(3));
		await late.trigger.execution('running').end();

		expect(late.trigger.started).toEqual(['running', 'new']);
	});

	it('gets what another one has finished and nobody has marked as yet, before what comes after it, by a new connection', async () => {
		const scene = new InboxScene();
		const first = await scene.started();
		await scene.hears('done', saidAt(1));
		await first.trigger.execution('done').end();
		await scene.hears('running', saidAt(2));

		const late = scene.join({}, 'late:n:trigger');
		expect(late.trigger.started).toEqual([]);
		await scene.clock.advance(0);
		expect(scene.port.renewals).toHaveLength(1);
		await scene.reconnect(frame('done', saidAt(1)), frame('running', saidAt(2)));
		await scene.clock.advance(10_000);
		await late.trigger.execution('done').end();

		expect(late.trigger.started).toEqual(['done', 'running']);
		expect(first.trigger.started).toEqual(['done', 'running']);
	});

	it('holds those messages back from being read until it has settled them too', async () => {
		const scene = new InboxScene();
		const first = await scene.started();
		await scene.hears('m');
		const late = scene.join({}, 'late:n:trigger');
		await scene.clock.advance(0);
		await first.trigger.execution('m').end();
		await scene.clock.advance(10_000);
		expect(scene.port.marked).toEqual([]);

		await late.trigger.execution('m').end();
		await scene.clock.advance(250);

		expect(scene.port.marked).toEqual(['m']);
	});

	it('lets the connection be renewed where something in its chats was passed over, for only that brings it', async () => {
		const scene = new InboxScene();
		await scene.started(only(GROUP));
		await scene.hears('missed', inChat(OTHER_GROUP));

		const late = scene.join(only(OTHER_GROUP), 'late:n:trigger');
		await scene.clock.advance(0);
		expect(scene.port.renewals).toHaveLength(1);
		await scene.reconnect(frame('missed', inChat(OTHER_GROUP)));
		await scene.clock.advance(10_000);

		expect(late.trigger.started).toEqual(['missed']);
	});

	it('does not renew it where nothing of its own was passed over', async () => {
		const scene = new InboxScene();
		await scene.started(only(GROUP));
		await scene.hears('missed', inChat(OTHER_GROUP));

		scene.join(only({ id: 'gc_3' }), 'late:n:trigger');

		expect(scene.port.renewals).toEqual([]);
	});

	it('on a connection that was opened for sending gets what was unread by a new one', async () => {
		const scene = new InboxScene();
		await scene.connect(frame('unread'));
		const { trigger } = scene.join();
		await scene.clock.advance(0);
		expect(scene.port.renewals).toHaveLength(1);

		await scene.reconnect(frame('unread'));
		await scene.clock.advance(10_000);
		await trigger.execution('unread').end();
		await scene.clock.advance(10_000);

		expect(scene.port.marked).toEqual(['unread']);
	});

	it('starts nothing before what was passed over in its chat has come with the new connection', async () => {
		const scene = new InboxScene();
		await scene.connect(frame('unread', saidAt(1)));
		const { trigger } = scene.join();
		await scene.clock.advance(2000);
		await scene.hears('new', saidAt(2));
		await scene.clock.advance(60_000);
		expect(trigger.started).toEqual([]);
		expect(scene.port.marked).toEqual([]);

		await scene.reconnect(frame('unread', saidAt(1)), frame('new', saidAt(2)));
		await trigger.execution('unread').end();

		expect(trigger.started).toEqual(['unread', 'new']);
	});
});

describe('the place of a closed trigger', () => {
	it('keeps what arrives meanwhile for its next life', async () => {
		const scene = new InboxScene();
		const { trigger, subscription } = await scene.started();
		await scene.hears('running', saidAt(1));
		subscription.detach(trigger);
		await scene.hears('meanwhile', saidAt(2));
		await trigger.execution('running').end('failed');
		await scene.clock.advance(10_000);
		expect(scene.port.marked).toEqual([]);

		const next = scene.activate(subscription);
		await scene.clock.advance(0);
		await next.execution('running').end();

		expect(next.started).toEqual(['running', 'meanwhile']);
	});

	it('that is released leaves all that unread, and does not let a later mark hide it', async () => {
		const scene = new InboxScene();
		const { trigger, subscription } = await scene.started();
		await scene.hears('running', saidAt(1));
		await scene.hears('waiting', saidAt(2));
		subscription.detach(trigger);
		subscription.release();
		expect(scene.port.gone).toBe(0);

		await trigger.execution('running').end('failed');
		expect(scene.port.gone).toBe(1);
		await scene.hears('later', saidAt(3));
		await scene.clock.advance(60_000);

		expect(scene.port.marked).toEqual([]);
		expect(scene.clock.pending).toBe(0);
	});

	it('that is released still marks what succeeds afterwards, and only then is over', async () => {
		const scene = new InboxScene();
		const { trigger, subscription } = await scene.started();
		await scene.hears('running');
		subscription.detach(trigger);
		subscription.release();

		await trigger.execution('running').end('success');
		await scene.clock.advance(10_000);

		expect(scene.port.marked).toEqual(['running']);
		expect(subscription.isOver).toBe(true);
	});

	it('that is released leaves what waited to be marked by hand unread', async () => {
		const scene = new InboxScene();
		const { trigger, subscription } = await scene.started({ acknowledge: 'manually' });
		await scene.hears('m');
		await trigger.execution('m').end();
		subscription.detach(trigger);

		subscription.release();
		await scene.clock.advance(10_000);

		expect(scene.port.marked).toEqual([]);
		expect(scene.port.gone).toBe(1);
	});

	it('leaves a message to another trigger that has it too', async () => {
		const { scene, a, b } = await two();
		await scene.hears('m');
		a.subscription.detach(a.trigger);
		await a.trigger.execution('m').end('failed');
		a.subscription.release();

		await b.trigger.execution('m').end();
		await scene.clock.advance(10_000);

		expect(scene.port.marked).toEqual(['m']);
	});

	it('cannot be given up by a life that was superseded', async () => {
		const scene = new InboxScene();
		const { trigger, subscription } = await scene.started();
		const next = scene.activate(subscription);

		expect(subscription.detach(trigger)).toBe(false);
		await scene.hears('m');

		expect(next.started).toEqual(['m']);
	});
});

describe('a test run in the editor', () => {
	/** Takes the first message that it sees. */
	class Taker implements Observer {
		taken: Message | undefined;

		see(seen: Message): boolean {
			if (this.taken) return false;
			this.taken = seen;
			return true;
		}
	}

	const observed = async (...backlog: unknown[]) => {
		const scene = new InboxScene();
		const observer = new Taker();
		await scene.connect(...backlog);
		scene.inbox.observe(observer);
		return { scene, observer };
	};

	it('takes one live message, and marks it read where no trigger is active and nothing older is unread', async () => {
		const { scene, observer } = await observed();
		await scene.hears('m');
		scene.inbox.settleObserved(message('m'));
		await scene.clock.advance(10_000);

		expect(observer.taken?.id).toBe('m');
		expect(scene.port.marked).toEqual(['m']);
	});

	it('does not hide an older unread message by it', async () => {
		const { scene, observer } = await observed(frame('unread', saidAt(1)));
		await scene.hears('m', saidAt(2));
		scene.inbox.settleObserved(message('m'));
		await scene.clock.advance(10_000);

		expect(observer.taken?.id).toBe('m');
		expect(scene.port.marked).toEqual([]);
	});

	describe.each<[string, (scene: InboxScene, batch: unknown[], end: () => void) => Promise<void>]>([
		[
			'after its connection was closed and opened again',
			async (scene, batch, end) => {
				await scene.reconnect(...batch);
				end();
			},
		],
		[
			'while there is no connection',
			async (scene, batch, end) => {
				scene.inbox.lost();
				end();
				await scene.connect(...batch);
			},
		],
		[
			'while the next connection is being opened',
			async (scene, batch, end) => {
				scene.inbox.lost();
				scene.inbox.opening();
				end();
				await scene.connect(...batch);
			},
		],
	])('that ends %s', (_when, reconnectAndEnd) => {
		const batch = [frame('older', saidAt(1)), frame('m', saidAt(2))];

		it('hides no older message that was there before its own', async () => {
			const { scene } = await observed(frame('older', saidAt(1)));
			await scene.hears('m', saidAt(2));

			await reconnectAndEnd(scene, batch, () => {
				scene.inbox.settleObserved(message('m'));
			});
			await scene.clock.advance(10_000);

			expect(scene.port.marked).toEqual([]);
		});

		it('hides no older message that the next connection is the first to bring', async () => {
			const { scene } = await observed();
			await scene.hears('m', saidAt(2));

			await reconnectAndEnd(scene, batch, () => {
				scene.inbox.settleObserved(message('m'));
			});
			await scene.clock.advance(10_000);

			expect(scene.port.marked).toEqual([]);
		});
	});

	it('does not look at the backlog', async () => {
		const { observer } = await observed(frame('old'));

		expect(observer.taken).toBeUndefined();
	});

	it('leaves no trace where a trigger is active, which works on the message as well', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started();
		const observer = new Taker();
		scene.inbox.observe(observer);

		await scene.hears('m');
		scene.inbox.settleObserved(message('m'));
		await scene.clock.advance(10_000);
		expect([observer.taken?.id, trigger.started, scene.port.marked]).toEqual(['m', ['m'], []]);
		await trigger.execution('m').end();
		await scene.clock.advance(10_000);

		expect(scene.port.marked).toEqual(['m']);
	});

	it('leaves a message unread that it could not work on', async () => {
		const { scene } = await observed();
		await scene.hears('m', saidAt(1));
		scene.inbox.giveBackObserved(message('m'));
		const { trigger } = scene.join();
		await scene.clock.advance(2000);

		await scene.hears('later', saidAt(2));
		await scene.clock.advance(10_000);
		expect(scene.port.marked).toEqual([]);
		await scene.clock.advance(0);
		expect(scene.port.renewals).toHaveLength(1);

		await scene.reconnect(frame('m', saidAt(1)), frame('later', saidAt(2)));

		expect(trigger.started).toEqual(['m']);
	});

	it('sees nothing any more once it has stopped', async () => {
		const scene = new InboxScene();
		await scene.connect();
		const observer = new Taker();
		const stop = scene.inbox.observe(observer);

		stop();
		await scene.hears('m');

		expect(observer.taken).toBeUndefined();
	});
});
