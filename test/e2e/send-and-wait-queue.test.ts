import { itIfReviewed } from '../support/only-where';
import { Asking, guarded, opened, pressed, PUBLIC, removing, toolTexts } from './asking-scene';
import { useModels } from './ai-scene';
import { QueueScene } from './queue-scene';
import { containing, type Scene, START_WITHIN } from './scene';

let queue: QueueScene;
const scene = (): Scene => queue.scene;
beforeAll(async () => {
	queue = await QueueScene.start({ WEBHOOK_URL: `${PUBLIC}/` });
}, START_WITHIN);
afterAll(async () => {
	await queue.stop();
}, 120_000);

const model = useModels(() => scene().host);
const asking = new Asking(scene);

describe('a question that a worker has asked', () => {
	it('is answered by a reply that the main sees, and its execution goes on on a worker', async () => {
		const cast = await scene().cast();
		const { mia, direct } = cast;
		const workflow = await asking.publish(cast);
		await asking.ask(cast, direct, workflow);

		const reply = await scene().club.say(mia.id, direct, { content: 'yes' });

		expect(await asking.results(cast, direct)).toMatchObject([
			{ data: { approved: true, via: 'reply', messageId: reply.id, responder: { id: mia.id } } },
		]);
		const ended = await scene().host.ended(workflow, 1);
		expect(ended.map(({ status }) => status)).toEqual(['success']);
		const began = queue.workers.flatMap((worker) =>
			worker
				.log()
				.split(`Worker started execution ${ended[0]?.id ?? ''} `)
				.slice(1),
		);
		expect(began).toHaveLength(2);
		expect(await asking.seen(cast, direct, 3)).toContain(
			`Approved by ${mia.displayName}: "May I ship it?"`,
		);
	});

	it('has a reply that comes as soon as it is seen', async () => {
		const cast = await scene().cast();
		const { mia, direct } = cast;
		const workflow = await asking.publish(cast);
		await asking.question(cast, direct);

		await scene().club.say(mia.id, direct, { content: 'no' });

		expect(await asking.results(cast, direct)).toMatchObject([{ data: { approved: false } }]);
		expect(await scene().host.executions(workflow)).toHaveLength(1);
	});

	it('is answered on its page by one of eight who press its button at once', async () => {
		const cast = await scene().cast();
		const { group } = cast;
		const workflow = await asking.publish(cast);
		const link = asking.linkIn(await asking.ask(cast, group, workflow), 'Approve');
		expect((await opened(link)).html).toContain('May I ship it?');

		const answers = await Promise.all(Array.from({ length: 8 }, () => pressed(link, 'approve')));

		const pages = answers.map(({ html }) => html);
		expect(pages.filter((html) => html.includes('You chose: Approve'))).toHaveLength(1);
		expect(pages.filter((html) => html.includes('answered already'))).toHaveLength(7);
		expect(await asking.results(cast, group)).toMatchObject([
			{ data: { approved: true, via: 'link' } },
		]);
		expect(await scene().host.ended(workflow, 1)).toHaveLength(1);
	});

	it('is answered after the main and both workers were started again', async () => {
		const cast = await scene().cast();
		const { mia, direct, group } = cast;
		const workflow = await asking.publish(cast);
		const link = await asking.askInBothChats(cast, workflow, 'Decline');
		const all = [scene().host.n8n, ...queue.workers];
		await Promise.all(all.map((n8n) => n8n.stop()));
		await Promise.all(all.map((n8n) => n8n.startAgain()));

		await scene().club.say(mia.id, direct, { content: 'yes' });
		expect((await pressed(link, 'decline')).html).toContain('You chose: Decline');

		expect(await asking.results(cast, direct)).toMatchObject([{ data: { approved: true } }]);
		expect(await asking.results(cast, group)).toMatchObject([{ data: { approved: false } }]);
	});

	itIfReviewed('is a review of a tool, which runs once somebody agrees', async () => {
		const cast = await scene().cast();
		const acting = await model((call) => {
			const told = toolTexts(call);
			return told.length === 0 ? [removing(7)] : `FINAL ${told.join(' / ')}`;
		});
		const review = await guarded(scene(), cast, acting);
		expect(await review.asked(1)).toEqual(containing('"id": 7'));

		await scene().club.say(cast.mia.id, cast.direct, { content: 'yes' });

		expect(await review.answer(1)).toMatch(/deleted .*id.*7/);
	});
});
