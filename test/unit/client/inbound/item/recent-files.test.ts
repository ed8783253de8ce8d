import type { Bundle } from '../../../../../client/inbound/item/bundle';
import { decodeMessage } from '../../../../../client/protocol/message';
import { InboxScene } from '../../../../support/inbox-scene';
import { STANDSTILL, withoutStandstill } from '../../../../support/standstill';
import {
	AGENT,
	BOB,
	frame,
	GROUP,
	message,
	saidAt,
	START,
} from '../../../../support/sample-messages';

const MINUTES_5 = { recentFiles: 300_000, filter: { requireMention: true } };

/** A file as the server's page sends it: a message of its own, without words or mentions. */
const file = (second: number, overrides: Readonly<Record<string, unknown>> = {}) =>
	saidAt(second, {
		content: '',
		content_type: 'image',
		file_url: `/media/uploads/${second}`,
		file_name: `${second}.png`,
		mentions: [],
		...overrides,
	});

const files = ({ earlierFiles }: Bundle) => earlierFiles.map(({ id }) => id);

describe('files posted shortly before a mention', () => {
	it("come along with it: its sender's, in the time, once", async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started(MINUTES_5);
		await scene.hears('too old', file(0));
		await scene.hears('one', file(200));
		await scene.hears("Bob's", file(210, { sender_id: BOB }));
		await scene.hears('two', file(220));
		await scene.hears('what is this?', saidAt(400));
		await trigger.execution('what is this?').end();
		await scene.hears('and this?', saidAt(410));
		expect(trigger.bundles.map(files)).toEqual([['one', 'two'], []]);
	});

	it(
		'are watched in time that grows with their number only',
		async () => {
			const scene = new InboxScene();
			const { trigger } = await scene.started(MINUTES_5);
			const posted = Array.from({ length: 60_000 }, (_, index) =>
				decodeMessage(frame(`file ${index}`, file(index / 1000))),
			);
			withoutStandstill(() => {
				for (const each of posted) scene.inbox.live(each);
			});
			await scene.hears('what are these?', saidAt(100));
			expect(trigger.bundles.map((bundle) => files(bundle).length)).toEqual([60_000]);
		},
		STANDSTILL,
	);

	it('are marked read in their turn all the same', async () => {
		const scene = new InboxScene();
		await scene.started(MINUTES_5);
		await scene.hears('one', file(0));
		await scene.clock.advance(3000);
		expect(scene.port.marked).toEqual(['one']);
	});

	it('come along once only where a reconnect brings them again', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started(MINUTES_5);
		await scene.hears('one', file(0));
		await scene.hears('look', saidAt(1));
		await scene.reconnect(frame('one', file(0)), frame('look', saidAt(1)));
		await scene.hears('look again', saidAt(2));
		await trigger.execution('look').end();
		expect(trigger.bundles.map(files)).toEqual([['one'], []]);
	});

	it("come along where the server's clock is set back before", async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started(MINUTES_5);
		await scene.hears('before', saidAt(3600));
		await trigger.execution('before').end();
		await scene.hears('one', file(0));
		await scene.hears('two', file(1));
		await scene.hears('look', saidAt(2));
		expect(trigger.bundles.map(files)).toEqual([[], ['one', 'two']]);
	});

	it('stay away once they are cleared with their chat', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started(MINUTES_5);
		await scene.hears('gone', file(0));
		scene.inbox.dropWaiting(GROUP, 'has been cleared');
		await scene.hears('new', file(1));
		await scene.hears('look', saidAt(2));
		expect(trigger.bundles.map(files)).toEqual([['new']]);
	});

	it('are the same ones in a further attempt', async () => {
		const scene = new InboxScene();
		const { trigger } = await scene.started({ ...MINUTES_5, acknowledge: 'onSuccess' });
		await scene.hears('one', file(0));
		await scene.hears('look', saidAt(1));
		await trigger.execution('look').end('failed');
		await scene.clock.advance(6000);
		expect(trigger.bundles.map(files)).toEqual([['one'], ['one']]);
	});

	it.each([
		['where the option is off', { ...MINUTES_5, recentFiles: 0 }, ['look']],
		[
			'where no mention is needed, for then they are items of their own',
			{ ...MINUTES_5, filter: { requireMention: false } },
			['one', 'look'],
		],
	])('stay away %s', async (_where, settings, items) => {
		const scene = new InboxScene();
		const { trigger } = await scene.started(settings);
		await scene.hears('one', file(0));
		await scene.hears('look', saidAt(1));
		for (const id of items) await trigger.execution(id).end();
		expect(trigger.bundles.map(({ messages }) => messages.map(({ id }) => id))).toEqual(
			items.map((id) => [id]),
		);
		expect(trigger.bundles.map(files)).toEqual(items.map(() => []));
	});

	describe('before the trigger saw anything of the chat', () => {
		const past = (id: string, fields: Readonly<Record<string, unknown>>) => message(id, fields);

		it('are found in the history, but for those that an earlier item has had', async () => {
			const scene = new InboxScene();
			scene.history = [
				past('too old', file(-400)),
				past('had', file(-100)),
				past('mention', saidAt(-90)),
				past("Bob's", file(-80, { sender_id: BOB })),
				past('not had', file(-70)),
				past("the agent's", file(-60, { sender_id: AGENT })),
			];
			const { trigger } = await scene.started(MINUTES_5);
			await scene.hears('seen', file(-10));
			await scene.hears('look', saidAt(0));
			await trigger.execution('look').end();
			await scene.hears('again', saidAt(5));
			expect(trigger.bundles.map(files)).toEqual([['not had', 'seen'], []]);
		});

		it('are looked for once for the whole chat, and not when the trigger has watched for long enough', async () => {
			const scene = new InboxScene();
			const asked: number[] = [];
			const context = scene.context();
			const said = [past('mine', file(-20)), past('his', file(-10, { sender_id: BOB }))];
			scene.context = () => ({
				...context,
				past: (_chat, { before }) => {
					asked.push((before ?? 0) - START);
					return Promise.resolve(said);
				},
			});
			const { trigger } = await scene.started(MINUTES_5);
			await scene.hears('first', saidAt(0));
			await trigger.execution('first').end();
			await scene.hears('second', saidAt(1));
			await trigger.execution('second').end();
			await scene.hears("Bob's", saidAt(2, { sender_id: BOB }));
			await trigger.execution("Bob's").end();
			await scene.hears('late', saidAt(301, { sender_id: 'u_carol' }));
			expect(asked).toEqual([0]);
			expect(trigger.bundles.map(files)).toEqual([['mine'], [], ['his'], []]);
		});

		it('are looked for again by the next person where the history could not be had', async () => {
			const scene = new InboxScene();
			const context = scene.context();
			const answers = [undefined, [past('his', file(-10, { sender_id: BOB }))]];
			scene.context = () => ({ ...context, past: () => Promise.resolve(answers.shift()) });
			const { trigger } = await scene.started(MINUTES_5);
			await scene.hears('first', saidAt(0));
			await trigger.execution('first').end();
			await scene.hears("Bob's", saidAt(2, { sender_id: BOB }));
			expect(trigger.bundles.map(files)).toEqual([[], ['his']]);
			expect(trigger.bundles.map(({ problems }) => problems.length)).toEqual([1, 0]);
		});
	});
});
