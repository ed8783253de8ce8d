import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chain } from '../../playground/host/workflow-json';
import { Desk } from '../support/desk';
import { makeSelfSigned } from '../support/self-signed-certificate';
import { itIfReviewed } from '../support/only-where';
import { useModels } from './ai-scene';
import { Asking, guarded, opened, pressed, PUBLIC, removing, toolTexts } from './asking-scene';
import { type Cast, openTrigger, Scene, START_WITHIN } from './scene';

const PATH = '/auto';
/** Nobody is there: an answer has to find n8n by itself. */
const BELOW_A_PATH = { N8N_PATH: `${PATH}/`, WEBHOOK_URL: `${PUBLIC}${PATH}/` };

let running: Scene | undefined;
const scene = (): Scene => {
	if (!running) throw new Error('The scene has not been started');
	return running;
};
beforeAll(async () => {
	running = await Scene.start(BELOW_A_PATH);
}, START_WITHIN);
afterAll(async () => {
	await running?.stop();
}, 60_000);

const model = useModels(() => scene().host);
const asking = new Asking(scene, PATH);

async function startAgain(env: Record<string, string>): Promise<void> {
	await scene().host.n8n.stop();
	await scene().host.n8n.startAgain({ N8N_LOG_LEVEL: 'debug', ...env });
}

describe('a question of an n8n below a path, which a proxy takes off', () => {
	it('is answered by a reply', async () => {
		const cast = await scene().cast();
		const { mia, direct } = cast;
		const workflow = await asking.publish(cast);
		await asking.ask(cast, direct, workflow);

		await scene().club.say(mia.id, direct, { content: 'yes' });

		expect(await asking.results(cast, direct)).toMatchObject([
			{ data: { approved: true, via: 'reply' } },
		]);
	});

	it('is answered on its page, and not by a link with another secret', async () => {
		const cast = await scene().cast();
		const { group } = cast;
		const workflow = await asking.publish(cast);
		const link = asking.linkIn(await asking.ask(cast, group, workflow), 'Decline');
		const other = new URL(link);
		other.searchParams.set('q', 'guessed');
		expect((await pressed(other.href, 'decline')).html).toContain('Nothing to answer');

		expect((await opened(link)).html).toContain('May I ship it?');
		expect((await pressed(link, 'decline')).html).toContain('You chose: Decline');

		expect(await asking.results(cast, group)).toMatchObject([
			{ data: { approved: false, via: 'link' } },
		]);
	});
});

describe('a reply finds an n8n', () => {
	let folder = '';
	const casts: Cast[] = [];
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'n8n-tls-'));
		const { key, cert } = makeSelfSigned();
		await writeFile(join(folder, 'key.pem'), key);
		await writeFile(join(folder, 'cert.pem'), cert);
		for (let number = 0; number < 2; number++) {
			const cast = await scene().cast();
			await asking.publish(cast);
			casts.push(cast);
		}
	});
	afterAll(async () => {
		await startAgain({});
		await rm(folder, { recursive: true });
	}, 240_000);

	/** Nothing is asked of n8n itself, which the test does not reach any more. */
	async function answered(cast: Cast | undefined, env: Record<string, string>): Promise<unknown> {
		if (!cast) throw new Error('There are not enough casts');
		await startAgain({ WEBHOOK_URL: `${PUBLIC}/`, ...env });
		await asking.question(cast, cast.direct);
		await scene().club.say(cast.mia.id, cast.direct, { content: 'yes' });
		return (await asking.results(cast, cast.direct))[0]?.data;
	}

	it('that listens on another address, and calls its endpoint by another name', async () => {
		const env = { N8N_LISTEN_ADDRESS: '127.0.0.2', N8N_ENDPOINT_WEBHOOK_WAIT: 'on' };
		expect(await answered(casts[0], env)).toMatchObject({ approved: true, via: 'reply' });
		expect(scene().host.n8n.address).toMatch(/^http:\/\/127\.0\.0\.2:/);
	}, 240_000);

	it('with TLS of its own, and a certificate that nobody vouches for', async () => {
		const env = {
			N8N_PROTOCOL: 'https',
			N8N_SSL_KEY: join(folder, 'key.pem'),
			N8N_SSL_CERT: join(folder, 'cert.pem'),
		};
		expect(await answered(casts[1], env)).toMatchObject({ approved: true, via: 'reply' });
		expect(scene().host.n8n.address).toMatch(/^https:/);
	}, 240_000);
});

it('a reply counts once its execution goes on: one that n8n holds back and then dies is heard again, but n8n 1 has told the chat by then and leaves the question open', async () => {
	const [asks, runs] = [await scene().cast(), await scene().cast()];
	const desk = await Desk.start();
	await startAgain({ N8N_CONCURRENCY_PRODUCTION_LIMIT: '1' });
	const workflow = await asking.publish(asks);
	await scene().host.publish(chain('Busy', [openTrigger(runs.credential), desk.node('busy')]));
	await asking.ask(asks, asks.direct, workflow);
	desk.hold('long');
	await scene().club.say(runs.mia.id, runs.direct, { content: 'long' });
	await desk.called({ text: 'long' });
	const { n8n } = scene().host;
	const heldBack = n8n.output.waitFor(/Execution throttled/, 30_000);
	await scene().club.say(asks.mia.id, asks.direct, { content: 'yes' });
	await heldBack;
	const outcomes = () =>
		asks.page.messages.filter(({ content }) => content.startsWith('Approved by'));
	const { saysEarlyThatItResumes: isTold } = scene().host;
	const outcome = () => asks.page.until(() => outcomes().length > 0, 'the outcome');
	if (isTold) await outcome();
	else expect(outcomes()).toEqual([]);

	await n8n.kill();
	desk.release('long');
	await n8n.startAgain();

	if (isTold) await scene().host.inState(workflow, 'waiting');
	else expect((await asking.results(asks, asks.direct))[0]?.data).toMatchObject({ approved: true });
	await outcome();
	expect(outcomes()).toHaveLength(1);
	await desk.stop();
}, 240_000);

describe("the review of an AI Agent's tool, while n8n is started again", () => {
	const deleting = () =>
		model((call) => {
			const told = toolTexts(call);
			return told.length === 0 ? [removing(7)] : `FINAL ${told.join(' / ')}`;
		});

	itIfReviewed(
		'is lost without a setting of n8n: who replies is told, and is heard as usual from then on',
		async () => {
			const cast = await scene().cast();
			const review = await guarded(scene(), cast, await deleting());
			await review.asked(1);
			const [lost] = await scene().host.inState(review.workflow, 'waiting');
			await startAgain({});

			await scene().club.say(cast.mia.id, cast.direct, { content: 'yes' });
			await cast.page.until(
				() => cast.page.messages.some(({ content }) => content.startsWith('Too late')),
				'that nobody waits any more',
			);
			await scene().club.say(cast.mia.id, cast.direct, { content: 'yes' });

			await review.asked(2);
			const [first, ...others] = await scene().host.inState(review.workflow, 'waiting', 2);
			expect(first?.id).toBe(lost?.id);
			expect(others).toHaveLength(1);
			expect(cast.page.messages.filter(({ content }) => content.startsWith('FINAL'))).toEqual([]);
		},
		240_000,
	);

	itIfReviewed(
		'survives with N8N_EVENTBUS_RECOVERY_MODE=simple',
		async () => {
			const cast = await scene().cast();
			const review = await guarded(scene(), cast, await deleting());
			await review.asked(1);
			await scene().host.inState(review.workflow, 'waiting');
			await startAgain({ N8N_EVENTBUS_RECOVERY_MODE: 'simple' });

			await scene().club.say(cast.mia.id, cast.direct, { content: 'yes' });

			// A busy n8n that has just started takes long to load its AI nodes.
			const ended = await scene().host.ended(review.workflow, 1, 120_000);
			expect(ended.map(({ status }) => status)).toEqual(['success']);
			expect(await review.answer(1)).toMatch(/deleted .*id.*7/);
		},
		240_000,
	);
});
