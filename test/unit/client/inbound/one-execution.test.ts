import { frame, saidAt } from '../../../support/sample-messages';
import { InboxScene } from '../../../support/inbox-scene';

describe('invariant 4: a message starts one execution for each attempt', () => {
	it('is dropped, without acknowledging, while it is queued or in flight', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started();
		await scene.hears('running', saidAt(1));
		await scene.hears('queued', saidAt(2));
		await scene.hears('running', saidAt(1));
		await scene.hears('queued', saidAt(2));
		await scene.clock.advance(10_000);
		expect(scene.port.marks).toEqual([]);

		await trigger.execution('running').end();
		await trigger.execution('queued').end();
		await scene.clock.advance(10_000);

		expect(trigger.started).toEqual(['running', 'queued']);
		expect(scene.port.marks).toEqual([['running', 'queued']]);
	});

	it('is dropped, and acknowledged again, once it is done', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started();
		await scene.hears('m');
		await trigger.execution('m').end();
		await scene.clock.advance(10_000);

		await scene.hears('m');
		await scene.clock.advance(10_000);

		expect(trigger.started).toEqual(['m']);
		expect(scene.port.marks).toEqual([['m'], ['m']]);
	});

	it('is acknowledged again only as far as nothing earlier is unsettled', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started();
		await scene.hears('m', saidAt(5));
		await trigger.execution('m').end();
		await scene.clock.advance(10_000);
		await scene.hears('earlier', saidAt(1));

		await scene.hears('m', saidAt(5));
		await scene.clock.advance(60_000);

		expect(scene.port.marks).toEqual([['m']]);
	});

	it('is dropped where the live stream and the batch both bring it', async () => {
		const scene = new InboxScene();
		const { trigger } = scene.join();
		await scene.clock.advance(2000);
		scene.inbox.opening();
		await scene.hears('m');
		scene.inbox.offline([frame('m')]);
		scene.inbox.identified(scene.context());
		scene.inbox.ready();
		await scene.clock.advance(0);

		await trigger.execution('m').end();
		await scene.clock.advance(10_000);

		expect(trigger.started).toEqual(['m']);
		expect(scene.port.marks).toEqual([['m']]);
	});

	it('is dropped across a reconnect: queued, running, or done and not confirmed', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started();
		scene.port.answerMarks = () => Promise.reject(new Error('no answer'));
		await scene.hears('done', saidAt(1));
		await trigger.execution('done').end();
		await scene.hears('running', saidAt(2));
		await scene.hears('queued', saidAt(3));

		await scene.reconnect(
			frame('done', saidAt(1)),
			frame('running', saidAt(2)),
			frame('queued', saidAt(3)),
		);
		scene.port.answerMarks = () => Promise.resolve();
		await trigger.execution('running').end();
		await trigger.execution('queued').end();
		await scene.clock.advance(10_000);

		expect(trigger.started).toEqual(['done', 'running', 'queued']);
		expect(new Set(scene.port.marked)).toEqual(new Set(['done', 'running', 'queued']));
	});

	it('is dropped in the next life of its trigger, whatever state it was in', async () => {
		const scene = new InboxScene();
		const { trigger, subscription } = await scene.started();
		await scene.hears('done', saidAt(1));
		await trigger.execution('done').end();
		await scene.hears('running', saidAt(2));
		await scene.hears('queued', saidAt(3));
		subscription.detach(trigger);
		const next = scene.activate(subscription);

		for (const [id, at] of [
			['done', 1],
			['running', 2],
			['queued', 3],
		] as const)
			await scene.hears(id, saidAt(at));
		expect(next.started).toEqual([]);
		await trigger.execution('running').end();

		expect(next.started).toEqual(['queued']);
	});

	it('is dropped while two lives of the same trigger overlap', async () => {
		const scene = new InboxScene();
		const { trigger, subscription } = await scene.started();
		const second = scene.activate(subscription);

		await scene.hears('m');
		subscription.detach(trigger);
		await scene.hears('n', saidAt(1));
		await second.execution('m').end();

		expect([trigger.started, second.started]).toEqual([[], ['m', 'n']]);
	});

	it('is begun again where its preparation fails, however it says so', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started();
		const prepare = jest
			.spyOn(trigger, 'prepare')
			.mockImplementationOnce(() => {
				throw new Error('at once');
			})
			.mockRejectedValueOnce(new Error('later'));
		await scene.hears('m');
		expect(trigger.started).toEqual([]);

		await scene.clock.advance(15_000);

		expect(prepare).toHaveBeenCalledTimes(3);
		expect(trigger.started).toEqual(['m']);
	});

	it('goes to the next life when the old one had not begun it', async () => {
		const scene = new InboxScene();
		const { trigger, subscription } = await scene.started();
		let prepared = (): void => undefined;
		trigger.preparing = new Promise((resolve) => (prepared = resolve));
		await scene.hears('m');
		subscription.detach(trigger);
		prepared();
		const next = scene.activate(subscription);

		await scene.clock.advance(0);

		expect([trigger.started, next.started]).toEqual([[], ['m']]);
	});

	it('is remembered among the last 1,024 after its mark was confirmed', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ acknowledge: 'immediately' });
		for (let number = 0; number < 1025; number++) await scene.hears(`m${number}`, saidAt(number));
		await scene.clock.advance(20_000);
		expect(trigger.started).toHaveLength(1025);

		await scene.hears('m1', saidAt(1));
		expect(trigger.started).toHaveLength(1025);
		await scene.hears('m0', saidAt(0));

		expect(trigger.started.slice(1025)).toEqual(['m0']);
	});

	it('is not left out of the first batch, only to be run from the second', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ backlog: { keep: 'skip', maxAge: 0 } }, frame('old'));

		await scene.reconnect(frame('old'));
		await scene.clock.advance(10_000);

		expect(trigger.started).toEqual([]);
		expect(scene.port.marked).toContain('old');
	});

	it('is not acknowledged again in manually', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ acknowledge: 'manually' });
		await scene.hears('m');
		await trigger.execution('m').end();
		scene.inbox.markedByUser(['m']);

		await scene.hears('m');
		await scene.clock.advance(60_000);

		expect(trigger.started).toEqual(['m']);
		expect(scene.port.marks).toEqual([]);
	});
});
