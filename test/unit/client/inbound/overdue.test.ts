import { GROUP, saidAt } from '../../../support/sample-messages';
import { InboxScene } from '../../../support/inbox-scene';
import type { SettingsChange } from '../../../support/scripted-trigger';

const DAY = 86_400_000;

/** A message whose execution has outlived its chat's wait of 60 s. */
const overdue = async (change: SettingsChange) => {
	const scene = new InboxScene();
	const joined = await scene.started({ laneTimeout: 60_000, failureReply: 'Sorry', ...change });
	await scene.hears('m', saidAt(1));
	await scene.clock.advance(60_000);
	return { scene, ...joined };
};

describe("an execution that outlives its chat's wait, in onCompletion", () => {
	const acknowledge = 'onCompletion';

	it.each(['failed', 'shutdown'] as const)(
		'counts as read then, and is still told where it ends as %s later',
		async (outcome) => {
			const { scene, trigger } = await overdue({ acknowledge });
			await scene.clock.advance(10_000);
			expect(scene.port.marked).toEqual(['m']);
			expect(scene.port.replies).toEqual([]);

			await trigger.execution('m').end(outcome);

			expect(scene.port.replies).toEqual([{ chat: GROUP, text: 'Sorry' }]);
			expect(scene.logger.complaints).toHaveLength(2);
			expect(scene.logger.complaints[1]).toContain('message m');
			expect(trigger.started).toEqual(['m']);
		},
	);

	it('is told too where its promise is broken later', async () => {
		const { scene, trigger } = await overdue({ acknowledge });

		await trigger.execution('m').reject();

		expect(scene.port.replies).toHaveLength(1);
	});

	it.each(['success', 'stopped'] as const)(
		'has nothing to tell where it ends as %s later',
		async (outcome) => {
			const { scene, trigger } = await overdue({ acknowledge });

			await trigger.execution('m').end(outcome);

			expect(scene.port.replies).toEqual([]);
			expect(scene.logger.complaints).toHaveLength(1);
		},
	);
});

describe("an execution that outlives its chat's wait, in onSuccess", () => {
	const acknowledge = 'onSuccess';

	it('lets the chat go on, and leaves its message unread until it succeeds', async () => {
		const { scene, trigger } = await overdue({ acknowledge });
		await scene.hears('next', saidAt(2));
		await trigger.execution('next').end();
		await scene.clock.advance(3_600_000);
		expect(trigger.started).toEqual(['m', 'next']);
		expect(scene.port.marked).toEqual([]);

		await trigger.execution('m').end();
		await scene.clock.advance(10_000);

		expect(scene.port.marked).toEqual(['m', 'next']);
	});

	it('is tried again where it fails, before what waits in its chat', async () => {
		const { scene, trigger } = await overdue({ acknowledge, retryDelay: 5000 });
		await scene.hears('next', saidAt(2));
		await scene.hears('waits', saidAt(3));
		await trigger.execution('m').end('failed');
		await scene.clock.advance(5000);
		await trigger.execution('next').end();

		expect(trigger.started).toEqual(['m', 'next', 'm']);
		expect(trigger.execution('m').delivery.attempt).toBe(2);
	});

	it('is given up after its last attempt, and told', async () => {
		const { scene, trigger } = await overdue({ acknowledge, retries: 0 });

		await trigger.execution('m').end('failed');
		await scene.clock.advance(10_000);

		expect(scene.port.marked).toEqual(['m']);
		expect(scene.port.replies).toEqual([{ chat: GROUP, text: 'Sorry' }]);
	});

	it('goes to the next life where it fails because its trigger has been closed', async () => {
		const { scene, trigger, subscription } = await overdue({ acknowledge });
		subscription.detach(trigger);
		const next = scene.activate(subscription, { acknowledge });

		await trigger.execution('m').end('failed');

		expect(next.executions.map(({ id, delivery }) => [id, delivery.attempt])).toEqual([['m', 1]]);
	});

	it('counts as read after 24 hours, not 1 ms earlier, with a line in the log', async () => {
		const { scene, trigger } = await overdue({ acknowledge });
		await scene.clock.advance(DAY - 1);
		expect(scene.port.marked).toEqual([]);

		await scene.clock.advance(251);

		expect(scene.port.marked).toEqual(['m']);
		expect(scene.logger.complaints[1]).toContain('24 hours');
		expect(trigger.started).toEqual(['m']);
	});
});
