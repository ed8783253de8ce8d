import { frame, GROUP, saidAt } from '../../../support/sample-messages';
import { InboxScene } from '../../../support/inbox-scene';

describe('immediately', () => {
	const acknowledge = 'immediately';

	it('hands over without waiting, and marks the message 2 s later, not earlier', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ acknowledge });
		await scene.hears('a', saidAt(1));
		await scene.hears('b', saidAt(2));
		expect(trigger.started).toEqual(['a', 'b']);

		await scene.clock.advance(1999);
		expect(scene.port.marked).toEqual([]);
		await scene.clock.advance(251);

		expect(scene.port.marked).toEqual(['a', 'b']);
	});

	it('does not mark a message for which no execution could be created within that moment, and emits it again', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ acknowledge });
		await scene.hears('m');
		await scene.clock.advance(1999);

		await trigger.execution('m').reject();
		await scene.clock.advance(4999);
		expect(trigger.started).toEqual(['m']);
		expect(scene.port.marked).toEqual([]);
		await scene.clock.advance(1);
		expect(trigger.started).toEqual(['m', 'm']);
		await scene.clock.advance(10_000);

		expect(scene.port.marked).toEqual(['m']);
	});

	it('emits again where handing over throws at once', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ acknowledge });
		trigger.refuse = 'throw';
		await scene.hears('m');
		await scene.clock.advance(4000);
		trigger.refuse = undefined;

		await scene.clock.advance(1000);

		expect(trigger.started).toEqual(['m']);
		expect(scene.port.marked).toEqual([]);
	});

	it.each(['stopped', 'shutdown', 'failed', 'success'] as const)(
		'marks a message whose execution ended as %s within that moment',
		async (outcome) => {
			const scene = new InboxScene();
			const { trigger } = await scene.started({ acknowledge });
			await scene.hears('m');
			await trigger.execution('m').end(outcome);
			await scene.clock.advance(60_000);

			expect(trigger.started).toEqual(['m']);
			expect(scene.port.marked).toEqual(['m']);
		},
	);

	it('runs a message although its hand-over is refused later, as by a database that stood still', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ acknowledge });
		await scene.hears('m');
		await scene.clock.advance(10_000);
		expect(scene.port.marked).toEqual(['m']);

		await trigger.execution('m').reject();
		await scene.clock.advance(5000);
		await trigger.execution('m').end();
		await scene.hears('next');

		expect(trigger.started).toEqual(['m', 'm', 'next']);
		expect(scene.port.marked).toEqual(['m']);
	});

	it('runs a message although n8n tells only after "Longest Wait" that it could create no execution', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ acknowledge, laneTimeout: 5000 });
		await scene.hears('m');
		await scene.clock.advance(10_000);

		await trigger.execution('m').reject();
		await scene.clock.advance(5000);

		expect(trigger.started).toEqual(['m', 'm']);
	});

	it('hands over 200 a second at most', async () => {
		const scene = new InboxScene();
		const backlog = Array.from({ length: 450 }, (_nothing, number) =>
			frame(`m${number}`, saidAt(number)),
		);
		const { trigger } = await scene.started({ acknowledge }, ...backlog);
		expect(trigger.started).toHaveLength(200);

		await scene.clock.advance(999);
		expect(trigger.started).toHaveLength(200);
		await scene.clock.advance(1);
		expect(trigger.started).toHaveLength(400);
		await scene.clock.advance(1000);

		expect(trigger.started).toHaveLength(450);
	});

	it('goes on with a next life what a closed one could not hand over', async () => {
		const scene = new InboxScene();
		const { trigger, subscription } = await scene.started({ acknowledge });
		trigger.refuse = 'throw';
		await scene.hears('m');
		subscription.detach(trigger);
		const next = scene.activate(subscription, { acknowledge });

		await scene.clock.advance(0);

		expect(next.started).toEqual(['m']);
	});
});

describe('onCompletion', () => {
	const acknowledge = 'onCompletion';

	it.each(['success', 'failed', 'stopped'] as const)(
		'settles a message whose execution ended as %s',
		async (outcome) => {
			const scene = new InboxScene();
			const { trigger } = await scene.started({ acknowledge });
			await scene.hears('m');

			await trigger.execution('m').end(outcome);
			await scene.clock.advance(10_000);

			expect(scene.port.marked).toEqual(['m']);
			expect(trigger.started).toEqual(['m']);
		},
	);

	it('answers in the chat when the execution failed, where a failure reply is set', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ acknowledge, failureReply: 'Sorry' });
		await scene.hears('m');

		await trigger.execution('m').end('failed');

		expect(scene.port.replies).toEqual([{ chat: GROUP, text: 'Sorry' }]);
		expect(scene.logger.complaints).toEqual([expect.stringContaining('failed for message m')]);
	});

	it.each(['success', 'stopped'] as const)(
		'does not answer when it ended as %s',
		async (outcome) => {
			const scene = new InboxScene();
			const { trigger } = await scene.started({ acknowledge, failureReply: 'Sorry' });
			await scene.hears('m');

			await trigger.execution('m').end(outcome);

			expect(scene.port.replies).toEqual([]);
		},
	);

	it('settles a failed message even where the reply cannot be sent', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ acknowledge, failureReply: 'Sorry' });
		scene.port.reply = () => {
			throw new Error('too many mentions');
		};
		await scene.hears('m');

		await trigger.execution('m').end('failed');
		await scene.clock.advance(10_000);

		expect(scene.port.marked).toEqual(['m']);
	});
});

describe('onSuccess', () => {
	const acknowledge = 'onSuccess';

	it('repeats a failed execution after the delay, with the number of the attempt', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ acknowledge, retryDelay: 5000 });
		await scene.hears('m');
		await trigger.execution('m').end('failed');

		await scene.clock.advance(4999);
		expect(trigger.started).toEqual(['m']);
		await scene.clock.advance(1);

		expect(trigger.executions.map(({ delivery }) => delivery.attempt)).toEqual([1, 2]);
		expect(scene.port.marked).toEqual([]);
	});

	it('gives up after the last attempt: marked read, logged, and answered', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({
			acknowledge,
			retries: 2,
			retryDelay: 1000,
			failureReply: 'Sorry',
		});
		await scene.hears('m');
		for (let attempt = 1; attempt <= 3; attempt += 1) {
			expect(scene.port.replies).toEqual([]);
			await trigger.execution('m').end('failed');
			await scene.clock.advance(1000);
		}
		await scene.clock.advance(10_000);

		expect(trigger.executions).toHaveLength(3);
		expect(scene.port.marked).toEqual(['m']);
		expect(scene.port.replies).toHaveLength(1);
		expect(scene.logger.complaints).toEqual([expect.stringContaining('all of its 3 attempts')]);
	});

	it('does not start again what somebody has stopped by hand', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ acknowledge, failureReply: 'Sorry' });
		await scene.hears('m');

		await trigger.execution('m').end('stopped');
		await scene.clock.advance(60_000);

		expect(trigger.started).toEqual(['m']);
		expect(scene.port.marked).toEqual(['m']);
		expect(scene.port.replies).toEqual([]);
	});

	it('tries once where no retries are wanted', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ acknowledge, retries: 0 });
		await scene.hears('m');

		await trigger.execution('m').end('failed');
		await scene.clock.advance(60_000);

		expect(trigger.started).toEqual(['m']);
		expect(scene.port.marked).toEqual(['m']);
	});

	it('does not count what was never created as an attempt', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ acknowledge, retries: 0 });
		trigger.refuse = 'reject';
		await scene.hears('m');
		await scene.clock.advance(60_000);
		trigger.refuse = undefined;

		await scene.clock.advance(60_000);

		expect(trigger.executions.map(({ delivery }) => delivery.attempt)).toEqual([1]);
	});

	it('gives a message that waits for its retry to the next life, at once', async () => {
		const scene = new InboxScene();
		const { trigger, subscription } = await scene.started({ acknowledge, retryDelay: 60_000 });
		await scene.hears('m');
		await trigger.execution('m').end('failed');
		subscription.detach(trigger);

		const next = scene.activate(subscription, { acknowledge });
		await scene.clock.advance(0);

		expect(next.executions.map(({ delivery }) => delivery.attempt)).toEqual([2]);
	});
});

describe('manually', () => {
	const acknowledge = 'manually';

	it.each(['success', 'failed', 'stopped'] as const)(
		'frees the lane and marks nothing when the execution ended as %s',
		async (outcome) => {
			const scene = new InboxScene();
			const { trigger } = await scene.started({ acknowledge });
			await scene.hears('a', saidAt(1));
			await scene.hears('b', saidAt(2));

			await trigger.execution('a').end(outcome);
			await scene.clock.advance(60_000);

			expect(trigger.started).toEqual(['a', 'b']);
			expect(scene.port.marked).toEqual([]);
		},
	);

	it('frees the lane after the lane timeout', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ acknowledge, laneTimeout: 1000 });
		await scene.hears('a', saidAt(1));
		await scene.hears('b', saidAt(2));

		await scene.clock.advance(1000);

		expect(trigger.started).toEqual(['a', 'b']);
		expect(scene.port.marked).toEqual([]);
	});

	it('marks no skipped message behind an unmarked one', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ acknowledge });
		await scene.hears('a', saidAt(1));
		await trigger.execution('a').end();
		await scene.hears('skipped', saidAt(2, { content: '' }));
		await scene.clock.advance(60_000);

		expect(scene.port.marked).toEqual([]);
	});

	it('goes on marking skipped ones once the workflow has marked the message', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ acknowledge });
		await scene.hears('a', saidAt(1));
		await trigger.execution('a').end();
		await scene.hears('skipped', saidAt(2, { content: '' }));

		scene.inbox.markedByUser(['a']);
		await scene.clock.advance(10_000);

		expect(scene.port.marked).toEqual(['skipped']);
	});

	it('keeps nothing of a message that the workflow marked while it was still running', async () => {
		const scene = new InboxScene();
		const { trigger, subscription } = await scene.started({ acknowledge });
		await scene.hears('a', saidAt(1));
		scene.inbox.markedByUser(['a']);
		await trigger.execution('a').end();
		await scene.hears('skipped', saidAt(2, { content: '' }));
		await scene.clock.advance(10_000);

		expect(scene.port.marked).toEqual(['skipped']);
		expect(subscription.holdings.unmarked()).toEqual([]);
	});

	it('learns at each connect what has been marked elsewhere', async () => {
		const scene = new InboxScene();
		const { trigger, subscription } = await scene.started({ acknowledge });
		await scene.hears('a', saidAt(1));
		await trigger.execution('a').end();
		await scene.hears('b', saidAt(2));
		await trigger.execution('b').end();
		expect(subscription.holdings.unmarked().map(({ id }) => id)).toEqual(['a', 'b']);

		await scene.reconnect(frame('b', saidAt(2)));

		expect(subscription.holdings.unmarked().map(({ id }) => id)).toEqual(['b']);
		expect(trigger.started).toEqual(['a', 'b']);
	});

	it('reconnects above 1,000 unmarked messages, to learn that', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ acknowledge });
		for (let number = 0; number < 1000; number++) {
			expect(scene.port.renewals).toEqual([]);
			await scene.hears(`m${number}`, saidAt(number));
			await trigger.execution(`m${number}`).end();
		}

		expect(scene.port.renewals).toHaveLength(1);
	});
});
