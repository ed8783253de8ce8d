import type { Lane } from '../../../../client/inbound/lanes/lane';
import { frame, GROUP, inChat, OTHER_GROUP, saidAt } from '../../../support/sample-messages';
import { InboxScene } from '../../../support/inbox-scene';
import { warningsDuring } from '../../../support/node-warnings';

const chat = (number: number) => inChat({ type: 'group', id: `gc_${number}` });

describe('invariant 2: order', () => {
	it('works a chat off one message at a time, in the order in which they were said', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started(
			{},
			frame('b', saidAt(2)),
			frame('c', saidAt(3)),
			frame('a', saidAt(1)),
		);
		expect(trigger.started).toEqual(['a']);

		await trigger.execution('a').end();
		await trigger.execution('b').end();

		expect(trigger.started).toEqual(['a', 'b', 'c']);
	});

	it('lets an older message go first that comes while a younger one is being prepared', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started();
		let prepared = (): void => undefined;
		trigger.preparing = new Promise((resolve) => (prepared = resolve));
		await scene.hears('younger', saidAt(2));
		await scene.hears('older', saidAt(1));

		prepared();
		await scene.clock.advance(0);
		expect(trigger.started).toEqual(['older']);
		await trigger.execution('older').end();

		expect(trigger.started).toEqual(['older', 'younger']);
	});

	it('waits for no preparation of a life that is over', async () => {
		const scene = new InboxScene();
		const { trigger, subscription } = await scene.started();
		trigger.preparing = new Promise(() => undefined);
		await scene.hears('first', saidAt(1));
		await scene.hears('second', saidAt(2));

		subscription.detach(trigger);
		const next = scene.activate(subscription);
		await scene.clock.advance(0);
		await next.execution('first').end();

		expect([trigger.started, next.started]).toEqual([[], ['first', 'second']]);
	});

	it('keeps the order while a message is repeated', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ acknowledge: 'onSuccess' });
		await scene.hears('a', saidAt(1));
		await scene.hears('b', saidAt(2));

		await trigger.execution('a').end('failed');
		await scene.clock.advance(5000);
		await trigger.execution('a').end();

		expect(trigger.started).toEqual(['a', 'a', 'b']);
	});

	it('goes on after the lane timeout with an execution that outlived it, and says so', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ laneTimeout: 60_000, acknowledge: 'onSuccess' });
		await scene.hears('hangs', saidAt(1));
		await scene.hears('next', saidAt(2));

		await scene.clock.advance(59_999);
		expect(trigger.started).toEqual(['hangs']);
		await scene.clock.advance(1);
		expect(trigger.started).toEqual(['hangs', 'next']);
		expect(scene.logger.complaints).toEqual([expect.stringContaining('60 s')]);
		await trigger.execution('hangs').end();
		await trigger.execution('next').end();
		await scene.clock.advance(60_000);

		expect(trigger.started).toEqual(['hangs', 'next']);
		expect(scene.port.marked).toEqual(['hangs', 'next']);
	});

	it('holds in immediately too, where nothing waits for the executions', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started(
			{ acknowledge: 'immediately' },
			...[5, 3, 4, 1, 2].map((n) => frame(`m${n}`, saidAt(n))),
		);

		expect(trigger.started).toEqual(['m1', 'm2', 'm3', 'm4', 'm5']);
	});
});

describe('invariant 3: chats do not wait for one another', () => {
	it('works chats off side by side, up to the limit of parallel executions', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ parallelExecutions: 2 });
		for (let number = 1; number <= 4; number++) await scene.hears(`m${number}`, chat(number));
		expect(trigger.started).toEqual(['m1', 'm2']);

		await trigger.execution('m2').end();

		expect(trigger.started).toEqual(['m1', 'm2', 'm3']);
	});

	it('has no limit where none is wanted', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ parallelExecutions: Number.POSITIVE_INFINITY });
		for (let number = 0; number < 500; number++) await scene.hears(`m${number}`, chat(number));

		expect(trigger.started).toHaveLength(500);
	});

	it('makes Node.js warn of no leak, however many chats wait for the end of the trigger', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ parallelExecutions: Number.POSITIVE_INFINITY });
		trigger.preparing = new Promise(() => undefined);

		const warnings = await warningsDuring(async () => {
			for (let number = 0; number < 12; number++) await scene.hears(`m${number}`, chat(number));
		});

		expect(trigger.prepared).toHaveLength(12);
		expect(warnings).toEqual([]);
	});

	it('gives the place of a chat that waits for a retry to others', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({
			parallelExecutions: 1,
			acknowledge: 'onSuccess',
			retryDelay: 60_000,
		});
		await scene.hears('fails', chat(1));
		await scene.hears('other', chat(2));

		await trigger.execution('fails').end('failed');

		expect(trigger.started).toEqual(['fails', 'other']);
	});

	it('gives the place of a chat whose execution could not be created to others', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ parallelExecutions: 1 });
		trigger.refuse = 'reject';
		await scene.hears('refused', chat(1));
		trigger.refuse = undefined;

		await scene.hears('other', chat(2));

		expect(trigger.started).toEqual(['other']);
	});

	it('is not stopped by a chat that fails or hangs', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started();
		await scene.hears('hangs', chat(1));
		await scene.hears('fails', chat(2));
		await trigger.execution('fails').end('failed');
		await scene.hears('works', chat(3));
		await trigger.execution('works').end();
		await scene.clock.advance(10_000);

		expect(scene.port.marked).toEqual(expect.arrayContaining(['fails', 'works']));
	});

	it('is not stopped by a message that cannot be prepared: it is handed over again, and other chats go on', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started();
		trigger.preparing = Promise.reject(new Error('a bug'));
		await scene.hears('odd', chat(1));
		trigger.preparing = Promise.resolve();
		await scene.hears('good', chat(2));
		expect(trigger.started).toEqual(['good']);

		await scene.clock.advance(5000);

		expect(trigger.started).toEqual(['good', 'odd']);
	});

	it('lets the executions of a limit that has shrunk end', async () => {
		const scene = new InboxScene();
		const { trigger, subscription } = await scene.started({ parallelExecutions: 3 });
		for (let number = 1; number <= 3; number++) await scene.hears(`m${number}`, chat(number));
		subscription.detach(trigger);
		const next = scene.activate(subscription, { parallelExecutions: 1 });
		await scene.hears('m4', chat(4));
		await trigger.execution('m1').end();
		await trigger.execution('m2').end();
		expect(next.started).toEqual([]);

		await trigger.execution('m3').end();

		expect(next.started).toEqual(['m4']);
	});
});

describe('invariant 12: memory is linear in what is unread', () => {
	it('keeps no timer and no mark of what has been handled, and a bounded number of lanes, which hold nothing', async () => {
		const scene = new InboxScene();
		const { trigger, subscription } = await scene.started();
		for (let number = 0; number < 2500; number++) {
			await scene.hears(`m${number}`, chat(number));
			await trigger.execution(`m${number}`).end();
		}
		await scene.clock.advance(10_000);

		expect(scene.port.marked).toHaveLength(2500);
		expect(scene.clock.pending).toBe(0);
		const {
			holdings,
			work: { worker, collector },
		} = subscription as unknown as {
			holdings: { known: Map<string, { state: string }> };
			work: { worker: { lanes: Map<string, Lane> }; collector: { windows: Map<string, unknown> } };
		};
		// What has been marked is remembered for a while, at most so many.
		expect(holdings.known.size).toBe(1024);
		expect(new Set([...holdings.known.values()].map(({ state }) => state))).toEqual(
			new Set(['recent']),
		);
		expect(worker.lanes.size).toBeLessThanOrEqual(1001);
		expect(
			[...worker.lanes.values()].filter((lane) => lane.active || lane.drain().length > 0),
		).toEqual([]);
		expect(collector.windows.size).toBe(0);
	});

	it('takes a backlog of ten thousand messages of one chat in order', async () => {
		const scene = new InboxScene();
		const ids = Array.from({ length: 10_000 }, (_nothing, number) => `m${number}`);
		await scene.started(
			{ filter: { allowFrom: new Set() } },
			...ids.map((id, number) => frame(id, saidAt(number))),
		);
		await scene.clock.advance(10_000);

		expect(scene.port.marked).toEqual(ids);
		expect(Math.max(...scene.port.marks.map((each) => each.length))).toBeLessThanOrEqual(500);
	});
});

describe('a chat', () => {
	it('is told by its type and its id: bare ids do not say which they are', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started();
		await scene.hears('in the group', inChat({ type: 'group', id: '1f' }));
		await scene.hears('in the direct chat', inChat({ type: 'direct', id: '1f' }));

		expect(trigger.started).toEqual(['in the group', 'in the direct chat']);
		expect(GROUP.id).not.toBe(OTHER_GROUP.id);
	});
});
