import { InboxScene } from '../../../support/inbox-scene';
import { DIRECT, GROUP, inChat, saidAt } from '../../../support/sample-messages';

const inDirect = (second: number) => ({ ...inChat(DIRECT), ...saidAt(second) });
const droppedLines = (scene: InboxScene) =>
	scene.logger.lines.filter((line) => JSON.stringify(line).includes('dropped'));

describe('a chat that is deleted or cleared', () => {
	it('drops what waits there, with one log line, and lets go on what runs and what other chats have', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started();
		for (const second of [1, 2, 3]) await scene.hears(`d${second}`, inDirect(second));
		await scene.hears('g1', { ...inChat(GROUP), ...saidAt(1) });
		await scene.hears('g2', { ...inChat(GROUP), ...saidAt(2) });

		scene.inbox.dropWaiting(DIRECT, 'has been deleted');
		await trigger.execution('d1').end();
		await trigger.execution('g1').end();
		await trigger.execution('g2').end();

		expect(trigger.started).toEqual(['d1', 'g1', 'g2']);
		expect(droppedLines(scene)).toEqual([
			'info: Chat dc_1 has been deleted: messages that waited there are dropped (2); what runs goes on',
		]);
	});

	it('says nothing where nothing waits', async () => {
		const scene = new InboxScene();
		await scene.started();
		await scene.hears('d1', inDirect(1));

		scene.inbox.dropWaiting(DIRECT, 'has been cleared');
		scene.inbox.dropWaiting(GROUP, 'has been cleared');

		expect(droppedLines(scene)).toEqual([]);
	});

	it('works on what is written there afterwards', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started();
		await scene.hears('d1', inDirect(1));
		await scene.hears('d2', inDirect(2));

		scene.inbox.dropWaiting(DIRECT, 'has been cleared');
		await scene.hears('d3', inDirect(3));
		await trigger.execution('d1').end();

		expect(trigger.started).toEqual(['d1', 'd3']);
	});

	it('drops what is being decided there, and what waits behind it', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started();
		let decided: (decision: 'ordinary') => void = () => undefined;
		scene.port.decide = () => new Promise((resolve) => (decided = resolve));
		await scene.hears('d1', inDirect(1));
		await scene.hears('d2', inDirect(2));

		scene.inbox.dropWaiting(DIRECT, 'has been deleted');
		scene.port.decide = () => 'ordinary';
		decided('ordinary');
		await scene.hears('d3', inDirect(3));

		expect(trigger.started).toEqual(['d3']);
	});

	it('drops what still collects further messages', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ collect: { pause: 5000, most: 30_000 } });
		await scene.hears('d1', inDirect(1));

		scene.inbox.dropWaiting(DIRECT, 'has been deleted');
		await scene.clock.advance(30_000);

		expect(trigger.started).toEqual([]);
	});

	it('starts no message that is being prepared, and no further attempt of one that failed', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ acknowledge: 'onSuccess' });
		await scene.hears('fails', inDirect(1));
		await trigger.execution('fails').end('failed');
		let prepared = (): void => undefined;
		trigger.preparing = new Promise((resolve) => (prepared = resolve));
		await scene.hears('g1', { ...inChat(GROUP), ...saidAt(1) });

		scene.inbox.dropWaiting(DIRECT, 'has been deleted');
		scene.inbox.dropWaiting(GROUP, 'has been cleared');
		prepared();
		await scene.clock.advance(60_000);

		expect(trigger.started).toEqual(['fails']);
	});

	it('gives no further attempt to what its chat no longer waits for, and marks it read', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ acknowledge: 'onSuccess', laneTimeout: 1000 });
		await scene.hears('overdue', inDirect(1));
		await scene.clock.advance(1000);

		scene.inbox.dropWaiting(DIRECT, 'has been deleted');
		await trigger.execution('overdue').end('failed');
		await scene.clock.advance(60_000);

		expect(trigger.started).toEqual(['overdue']);
		expect(scene.port.marked).toEqual(['overdue']);
	});

	it('hands over nothing again that n8n refuses afterwards', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ acknowledge: 'immediately' });
		await scene.hears('refused', inDirect(1));

		scene.inbox.dropWaiting(DIRECT, 'has been deleted');
		await trigger.execution('refused').reject();
		await scene.clock.advance(60_000);

		expect(trigger.started).toEqual(['refused']);
		expect(scene.port.marked).toEqual(['refused']);
	});

	it('has another attempt of what was written there since', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ acknowledge: 'onSuccess', laneTimeout: 1000 });
		scene.inbox.dropWaiting(DIRECT, 'has been cleared');
		await scene.hears('new', inDirect(1));
		await scene.clock.advance(1000);
		await trigger.execution('new').end('failed');
		await scene.clock.advance(5000);

		expect(trigger.started).toEqual(['new', 'new']);
	});

	it.each(['immediately', 'onCompletion'] as const)(
		'hands over no message again that no execution was created for, with %s',
		async (acknowledge) => {
			const scene = new InboxScene();
			const { trigger } = await scene.started({ acknowledge });
			await scene.hears('d1', inDirect(1));
			await trigger.execution('d1').reject();

			scene.inbox.dropWaiting(DIRECT, 'has been deleted');
			await scene.clock.advance(60_000);

			expect(trigger.started).toEqual(['d1']);
		},
	);
});
