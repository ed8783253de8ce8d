import { InboxScene } from '../../../support/inbox-scene';
import { frame } from '../../../support/sample-messages';

const MINUTE = 60_000;

/** A message that was written so many minutes before the test began. */
const ago = (scene: InboxScene, id: string, minutes: number) =>
	frame(id, { created_at: scene.clock.wallTime() / 1000 - 60 * minutes });

describe('the first batch after a start', () => {
	it('is worked on whole by default', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({}, ago(scene, 'old', 10_000), ago(scene, 'new', 1));
		expect(trigger.started).toEqual(['old']);
		await trigger.execution('old').end();
		expect(trigger.started).toEqual(['old', 'new']);
	});

	it('leaves out what is older than the age, and marks it read in its turn', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started(
			{ backlog: { keep: 'recent', maxAge: 30 * MINUTE } },
			ago(scene, 'old', 31),
			ago(scene, 'recent', 29),
		);
		expect(trigger.started).toEqual(['recent']);
		await scene.clock.advance(5000);
		expect(scene.port.marked).toEqual(['old']);
	});

	it('is left out whole when told so, but not what arrives live', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started(
			{ backlog: { keep: 'skip', maxAge: 0 } },
			ago(scene, 'a', 1),
			ago(scene, 'b', 0),
		);
		await scene.hears('live', { created_at: scene.clock.wallTime() / 1000 });
		expect(trigger.started).toEqual(['live']);
	});

	it('is left out whole also where the connection breaks before all of it is decided', async () => {
		const scene = new InboxScene();
		const old = ago(scene, 'old', 1);
		scene.port.decide = () => new Promise(() => undefined);
		const { trigger } = await scene.started({ backlog: { keep: 'skip', maxAge: 0 } }, old);
		await scene.hears('live', { created_at: scene.clock.wallTime() / 1000 });
		scene.port.decide = () => 'ordinary';
		await scene.reconnect(old, frame('live', { created_at: scene.clock.wallTime() / 1000 }));
		expect(trigger.started).toEqual(['live']);
	});

	it('is the only one that is left out whole: after an outage everything is worked on', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ backlog: { keep: 'skip', maxAge: 0 } });
		await scene.reconnect(ago(scene, 'missed', 100));
		expect(trigger.started).toEqual(['missed']);
	});
});

describe('the batch after an outage', () => {
	const recent = { backlog: { keep: 'recent', maxAge: 30 * MINUTE } } as const;

	it('leaves out what is older than the age, too, and marks it read in its turn', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started(recent);
		await scene.reconnect(ago(scene, 'old', 31), ago(scene, 'recent', 29));
		expect(trigger.started).toEqual(['recent']);
		await scene.clock.advance(5000);
		expect(scene.port.marked).toEqual(['old']);
	});

	it('leaves out nothing that had come live before, and no live message, however old its time says it is', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started(recent);
		const first = ago(scene, 'first', 31);
		const waits = ago(scene, 'waits', 30.5);
		await scene.hearsFrame(first);
		await scene.hearsFrame(waits);

		await scene.reconnect(first, waits);
		await trigger.execution('first').end();

		expect(trigger.started).toEqual(['first', 'waits']);
	});
});
