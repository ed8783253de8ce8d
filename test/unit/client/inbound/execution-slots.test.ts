import { inChat } from '../../../support/sample-messages';
import { InboxScene } from '../../../support/inbox-scene';

const chat = (number: number) => inChat({ type: 'group', id: `gc_${number}` });
const DAY = 24 * 3_600_000;

/** A process in which n8n runs so many executions at the same time. */
function limitedTo(slots: number): InboxScene {
	const scene = new InboxScene();
	scene.n8nSlots.resize(slots);
	return scene;
}

describe("n8n's limit of executions at the same time", () => {
	it.each(['immediately', 'onCompletion', 'onSuccess', 'manually'] as const)(
		'holds back what n8n has no place for, unread, with %s',
		async (acknowledge) => {
			const scene = limitedTo(1);
			const { trigger } = await scene.started({ acknowledge });
			for (let number = 1; number <= 3; number++) await scene.hears(`m${number}`, chat(number));
			await scene.clock.advance(60_000);
			expect(trigger.started).toEqual(['m1']);
			expect(scene.port.marked).not.toContain('m2');

			await trigger.execution('m1').end();
			expect(trigger.started).toEqual(['m1', 'm2']);
			await trigger.execution('m2').end();
			expect(trigger.started).toEqual(['m1', 'm2', 'm3']);
		},
	);

	it('counts the executions of all triggers of the process together', async () => {
		const scene = limitedTo(2);
		const first = scene.join({}, 'first').trigger;
		const second = scene.join({}, 'second').trigger;
		await scene.connect();
		await scene.clock.advance(2000);
		await scene.hears('m1', chat(1));
		await scene.hears('m2', chat(2));
		expect([first.started, second.started]).toEqual([['m1'], ['m1']]);

		await first.execution('m1').end();

		expect([...first.started, ...second.started].sort()).toEqual(['m1', 'm1', 'm2']);
	});

	it('gives nobody the place of an execution that its chat no longer waits for, until it ends', async () => {
		const scene = limitedTo(1);
		const { trigger } = await scene.started({ laneTimeout: 60_000 });
		await scene.hears('long', chat(1));
		await scene.hears('other', chat(2));
		await scene.clock.advance(120_000);
		expect(trigger.started).toEqual(['long']);

		await trigger.execution('long').end();

		expect(trigger.started).toEqual(['long', 'other']);
	});

	it('leaves unread what waits for a place beyond the longest wait, and runs it once then', async () => {
		const scene = limitedTo(1);
		const { trigger } = await scene.started({ laneTimeout: 60_000 });
		await scene.hears('long', chat(1));
		await scene.hears('other', chat(2));
		await scene.clock.advance(600_000);
		expect(trigger.started).toEqual(['long']);
		expect(scene.port.marked).not.toContain('other');

		await trigger.execution('long').end();
		expect(scene.port.marked).not.toContain('other');
		await trigger.execution('other').end();
		await scene.clock.advance(10_000);

		expect(trigger.started).toEqual(['long', 'other']);
		expect(scene.port.marked).toContain('other');
	});

	it('takes the place back after 24 hours from an execution whose end n8n never tells', async () => {
		const scene = limitedTo(1);
		const { trigger } = await scene.started();
		await scene.hears('lost', chat(1));
		await scene.hears('other', chat(2));

		await scene.clock.advance(DAY);

		expect(trigger.started).toEqual(['lost', 'other']);
	});

	it('frees the place of a message that could not be handed over, that fails, or whose trigger is closed', async () => {
		const scene = limitedTo(1);
		const { trigger, subscription } = await scene.started({ acknowledge: 'onSuccess' });
		trigger.refuse = 'throw';
		await scene.hears('thrown', chat(1));
		trigger.refuse = 'reject';
		await scene.hears('rejected', chat(2));
		trigger.refuse = undefined;
		await scene.hears('fails', chat(3));
		await trigger.execution('fails').end('failed');
		trigger.preparing = new Promise(() => undefined);
		await scene.hears('prepared for ever', chat(4));
		subscription.detach(trigger);
		await scene.clock.advance(0);

		const next = scene.activate(subscription, { acknowledge: 'onSuccess' });
		await scene.clock.advance(0);

		expect(next.started).toHaveLength(1);
	});

	it('starts nothing in a place that comes free after the trigger was closed, and leaves it to others', async () => {
		const scene = limitedTo(1);
		const closed = scene.join({}, 'closed');
		const open = scene.join({ filter: { chats: new Set(['gc_2']) } }, 'open').trigger;
		await scene.connect();
		await scene.clock.advance(2000);
		await scene.hears('m1', chat(1));
		await scene.hears('m2', chat(2));
		closed.subscription.detach(closed.trigger);

		await closed.trigger.execution('m1').end();

		expect([closed.trigger.started, open.started]).toEqual([['m1'], ['m2']]);
	});
});
