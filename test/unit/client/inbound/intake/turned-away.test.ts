import { AGENT, ALICE, BOB, DIRECT, frame, inChat } from '../../../../support/sample-messages';
import { InboxScene } from '../../../../support/inbox-scene';
import type { SettingsChange } from '../../../../support/scripted-trigger';

const ALICE_ONLY: SettingsChange = {
	filter: { allowFrom: new Set([ALICE]), requireMention: true },
};
const LINE =
	'info: "Allow From" does not let Bob (u_bob) in: what they write does not start the workflow. ' +
	'This is said once for each sender';

/** What the log says of somebody who is not let in. */
async function logOf(change: SettingsChange, ...frames: readonly unknown[]): Promise<string[]> {
	const scene = new InboxScene();
	const { trigger } = await scene.started(change);
	for (const each of frames) await scene.hearsFrame(each);
	expect(trigger.started).toEqual([]);
	return scene.logger.lines.filter((line) => line.includes('let'));
}

const byBob = (id: string, overrides: Readonly<Record<string, unknown>> = {}) =>
	frame(id, { sender_id: BOB, sender_name: 'Bob', ...overrides });

describe('somebody whom a trigger does not let in', () => {
	it('is named in the log once, however much they write', async () => {
		const more = byBob('m3', inChat(DIRECT, { mentions: [] }));
		expect(await logOf(ALICE_ONLY, byBob('m1'), byBob('m2'), more)).toEqual([LINE]);
	});

	it('is not named for what is not meant for the agent', async () => {
		expect(await logOf(ALICE_ONLY, byBob('m1', { mentions: ['u_else'] }))).toEqual([]);
	});

	it('is named for every message where no mention is needed', async () => {
		const open = { filter: { allowFrom: new Set([ALICE]), requireMention: false } };
		expect(await logOf(open, byBob('m1', { mentions: [] }))).toEqual([LINE]);
	});

	it('is named with the field that keeps them out, and cannot write a line of the log', async () => {
		const people = { filter: { allowFromKind: new Set(['human']), requireMention: true } };
		const bot = byBob('m1', { sender_is_agent: 1, sender_name: 'Bob\nerror: all is lost' });
		const [line] = await logOf(people, bot);
		expect(line).toMatch(/^info: "Allow From Kind" does not let Bob.*error: all is lost \(u_bob\)/);
	});

	it('is named among 20 at most, and again in the next life', async () => {
		const scene = new InboxScene();
		const { subscription } = await scene.started(ALICE_ONLY);
		const said = () => scene.logger.lines.filter((line) => line.includes('not let')).length;
		for (let number = 0; number < 30; number += 1)
			await scene.hears(`m${number}`, { sender_id: `u_${number}` });
		expect(said()).toBe(20);
		scene.activate(subscription, ALICE_ONLY);
		await scene.hears('again', { sender_id: 'u_0' });
		expect(said()).toBe(21);
	});

	it('is the agent itself for nobody', async () => {
		expect(await logOf(ALICE_ONLY, frame('own', { sender_id: AGENT }))).toEqual([]);
	});
});
