import type { Decision } from '../../../../../client/inbound/inbox-port';
import { settled } from '../../../../support/fake-clock';
import { InboxScene } from '../../../../support/inbox-scene';
import { frame, inChat, OTHER_GROUP, saidAt } from '../../../../support/sample-messages';

/** An inbox with a trigger, and what the test decides about each message. */
async function held() {
	const scene = new InboxScene();
	const joined = await scene.started();
	const decisions = new Map<string, (decision: Decision) => void>();
	scene.port.decide = ({ id }) =>
		new Promise((resolve) => {
			decisions.set(id, resolve);
		});
	const decide = async (id: string, decision: Decision) => {
		const resolve = decisions.get(id);
		if (!resolve) throw new Error(`Nothing was asked about ${id}`);
		decisions.delete(id);
		resolve(decision);
		await settled();
	};
	return { scene, ...joined, decide };
}

it('holds a chat back until it is known what becomes of a message, and no other one', async () => {
	const { scene, trigger, decide } = await held();
	await scene.hears('m1');
	await scene.hears('m2', saidAt(1));
	await scene.hears('other', inChat(OTHER_GROUP, saidAt(2)));
	await decide('other', 'ordinary');
	expect(trigger.started).toEqual(['other']);

	await decide('m1', 'ordinary');
	await decide('m2', 'ordinary');
	await trigger.execution('m1').end();
	expect(trigger.started).toEqual(['other', 'm1', 'm2']);
});

it('marks a message that has answered a question in its turn, and starts nothing for it', async () => {
	const { scene, trigger, decide } = await held();
	await scene.hears('m1');
	await scene.hears('reply', saidAt(1));
	await decide('m1', 'ordinary');
	await decide('reply', 'used up');
	await scene.clock.advance(10_000);
	expect(scene.port.marked).toEqual([]);

	await trigger.execution('m1').end();
	await scene.clock.advance(10_000);
	expect(trigger.started).toEqual(['m1']);
	expect(scene.port.marked).toContain('reply');
});

it('lets no mark pass a message that is being decided about, or is kept', async () => {
	const { scene, trigger, decide } = await held();
	await scene.hears('reply');
	await scene.hears('m2', saidAt(1));
	await scene.clock.advance(10_000);
	await decide('reply', 'kept');
	await decide('m2', 'ordinary');
	await trigger.execution('m2').end();
	await scene.clock.advance(10_000);
	expect(scene.port.marked).toEqual([]);
});

it('asks anew about what a new connection brings again', async () => {
	const { scene, trigger, decide } = await held();
	await scene.hears('m1');
	await scene.reconnect(frame('m1'));
	await decide('m1', 'ordinary');
	expect(trigger.started).toEqual(['m1']);
	await trigger.execution('m1').end();
	await scene.clock.advance(10_000);
	expect(scene.port.marked).toEqual(['m1']);
});

it.each(['lane', 'done'])(
	'asks nothing more about what has begun as an ordinary message: %s',
	async (state) => {
		const { scene, trigger, decide } = await held();
		scene.port.answerMarks = () => new Promise(() => undefined);
		await scene.hears('m1');
		await decide('m1', 'ordinary');
		if (state === 'done') await trigger.execution('m1').end();
		await scene.reconnect(frame('m1'));
		await expect(decide('m1', 'used up')).rejects.toThrow('Nothing was asked');
		expect(trigger.started).toEqual(['m1']);
	},
);

it('keeps the order where a new connection brings what runs before what is decided about', async () => {
	const { scene, trigger, decide } = await held();
	await scene.hears('m1');
	await decide('m1', 'ordinary');
	await scene.reconnect(frame('m1'), frame('m2', saidAt(1)));
	await decide('m2', 'ordinary');
	expect(trigger.started).toEqual(['m1']);
	await trigger.execution('m1').end();
	await trigger.execution('m2').end();
	await scene.clock.advance(10_000);
	expect(scene.port.marked).toEqual(['m1', 'm2']);
});

it('leaves out the first batch also where it was decided about later', async () => {
	const scene = new InboxScene();
	let answer: (decision: Decision) => void = () => undefined;
	scene.port.decide = () =>
		new Promise((resolve) => {
			answer = resolve;
		});
	const { trigger } = await scene.started({ backlog: { keep: 'skip', maxAge: 0 } }, frame('old'));
	answer('ordinary');
	await scene.clock.advance(10_000);
	expect(trigger.started).toEqual([]);
	expect(scene.port.marked).toEqual(['old']);
});
