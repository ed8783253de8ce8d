import { DIRECT, frame, inChat, saidAt } from '../../../support/sample-messages';
import { InboxScene } from '../../../support/inbox-scene';

const MODES = ['immediately', 'onCompletion', 'onSuccess', 'manually'] as const;

describe('messages that n8n can create no execution for', () => {
	it.each(['onCompletion', 'onSuccess', 'manually'] as const)(
		'are handed over again in %s after 5 s, 10 s and so on, up to 5 minutes',
		async (acknowledge) => {
			const scene = new InboxScene();
			const { trigger } = await scene.started({ acknowledge });
			trigger.refuse = 'reject';
			await scene.hears('m');
			const pauses = [5, 10, 20, 40, 80, 160, 300, 300].map((seconds) => 1000 * seconds);

			for (const [index, ms] of pauses.entries()) {
				await scene.clock.advance(ms - 1);
				expect(trigger.prepared).toHaveLength(index + 1);
				await scene.clock.advance(1);
				expect(trigger.prepared).toHaveLength(index + 2);
			}
			expect(scene.port.marked).toEqual([]);
		},
	);

	it.each(MODES)('are told in %s once for all of them, and once when it is over', async (mode) => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ acknowledge: mode });
		trigger.refuse = 'reject';
		for (let number = 0; number < 18; number += 1)
			await scene.hears(`m${number}`, inChat({ type: 'group', id: `gc_${number}` }));
		await scene.clock.advance(60_000);
		expect(scene.logger.complaints).toEqual([
			expect.stringContaining('no execution could be created'),
		]);

		trigger.refuse = undefined;
		await scene.clock.advance(60_000);
		for (const { id } of trigger.executions) await trigger.execution(id).end();
		await scene.clock.advance(10_000);

		expect(new Set(trigger.started).size).toBe(18);
		expect(scene.logger.complaints).toHaveLength(1);
		expect(scene.logger.lines.filter((line) => line.includes('takes all messages'))).toEqual([
			'info: n8n takes all messages again',
		]);
	});
});

describe('with "immediately", a message that n8n can create no execution for', () => {
	it('is passed by no younger one of its chat', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ acknowledge: 'immediately' });
		trigger.refuse = 'reject';
		await scene.hears('a', saidAt(1));
		await scene.hears('b', saidAt(2));
		await scene.clock.advance(16_000);
		await scene.hears('c', saidAt(3));
		trigger.refuse = undefined;

		await scene.clock.advance(18_000);
		expect(trigger.started).toEqual([]);
		await scene.clock.advance(1000);
		expect(trigger.started).toEqual(['a', 'b', 'c']);
	});

	it('holds up no other chat', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ acknowledge: 'immediately' });
		trigger.refuse = 'reject';
		await scene.hears('a');
		trigger.refuse = undefined;

		await scene.hears('b', inChat(DIRECT));

		expect(trigger.started).toEqual(['b']);
	});

	it('lets the others go on once it is gone with its chat', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ acknowledge: 'immediately' });
		trigger.refuse = 'reject';
		await scene.hears('a', { ...inChat(DIRECT), ...saidAt(1) });
		trigger.refuse = undefined;
		scene.inbox.dropWaiting(DIRECT, 'has been cleared');
		await scene.hears('b', { ...inChat(DIRECT), ...saidAt(2) });

		await scene.clock.advance(5000);

		expect(trigger.started).toEqual(['b']);
	});
});

describe('invariant 14: whatever the host throws, its lane goes on and its message is dealt with', () => {
	const broken = () => {
		throw new Error('there is no connection');
	};

	it('a failure reply that cannot be sent, in a lane where more waits', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ failureReply: 'Sorry' });
		scene.port.reply = broken;
		await scene.hears('a', saidAt(1));
		await scene.hears('b', saidAt(2));

		await trigger.execution('a').end('failed');
		await scene.clock.advance(10_000);

		expect(trigger.started).toEqual(['a', 'b']);
		expect(scene.port.marked).toEqual(['a']);
	});

	it('what throws when a message is settled: it stays unread, its chat goes on, and it comes again', async () => {
		const scene = new InboxScene();
		const { trigger, subscription } = await scene.started();
		jest.spyOn(subscription, 'settle').mockImplementationOnce(broken);
		await scene.hears('a', saidAt(1));
		await scene.hears('b', saidAt(2));

		await trigger.execution('a').end();
		await trigger.execution('b').end();
		await scene.clock.advance(10_000);
		expect(trigger.started).toEqual(['a', 'b']);
		expect(scene.port.marked).toEqual([]);
		expect(scene.logger.complaints).toEqual([
			expect.stringContaining('Message a could not be handled, and stays unread'),
		]);

		await scene.reconnect(frame('a', saidAt(1)), frame('b', saidAt(2)));
		await trigger.execution('a').end();
		await scene.clock.advance(10_000);

		expect(trigger.started).toEqual(['a', 'b', 'a']);
		expect(scene.port.marked).toEqual(['a', 'b']);
	});
});
