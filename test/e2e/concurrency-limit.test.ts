import type { ChatAddress, ClubUser } from '../../playground/club/club';
import { chain } from '../../playground/host/workflow-json';
import { Desk } from '../support/desk';
import { unreadBecomes, unreadOf } from '../support/unread';
import { openTrigger, replyNode, Scene, START_WITHIN } from './scene';

/** ms: n8n starts again. */
const RECOVERY = 90_000;
const ANSWER = 'Here you are.';

let scene: Scene;
let desk: Desk;

beforeAll(async () => {
	scene = await Scene.start({
		N8N_CONCURRENCY_PRODUCTION_LIMIT: '1',
		N8N_GRACEFUL_SHUTDOWN_TIMEOUT: '10',
	});
	desk = await Desk.start();
}, START_WITHIN);

afterAll(async () => {
	await scene.stop();
	await desk.stop();
}, 60_000);

it.each(['onCompletion', 'onSuccess', 'immediately'])(
	'answers six chats once each with %s, where n8n runs one execution at a time and is stopped during the first',
	async (acknowledge) => {
		const { agent, credential } = await scene.cast();
		const workflow = await scene.host.publish(
			chain(acknowledge, [
				openTrigger(credential, {}, { acknowledge }),
				desk.node(acknowledge),
				replyNode(credential, ANSWER),
			]),
		);
		const chats: Array<{ person: ClubUser; chat: ChatAddress }> = [];
		for (let number = 1; number <= 6; number++) {
			const person = await scene.club.addHuman(`${acknowledge.toLowerCase()}${number}`);
			chats.push({ person, chat: await scene.club.openDirect(person.id, agent.id) });
		}
		const texts = chats.map(({ person }) => `${acknowledge} ${person.username}`);
		const [first = '', ...others] = texts;
		desk.hold(first);
		for (const [index, { person, chat }] of chats.entries()) {
			await scene.club.say(person.id, chat, { content: texts[index] ?? '' });
			if (index === 0) await desk.called({ text: first });
		}
		expect(await unreadOf(scene.club.url, agent.token)).toEqual(expect.arrayContaining(others));
		const { n8n } = scene.host;
		const waits = n8n.output.waitFor(/Waiting for \d+ active executions? to finish/, 30_000);
		const gone = n8n.stop();
		await waits;
		desk.release(first);
		await gone;

		await n8n.startAgain();
		await scene.host.ended(workflow, 6, RECOVERY);
		await unreadBecomes(scene.club.url, agent.token, []);

		const contents = await Promise.all(
			chats.map(async ({ person, chat }) =>
				(await scene.club.history(person.id, chat)).map(({ content }) => content),
			),
		);
		expect(contents).toEqual(texts.map((text) => [text, ANSWER]));
		expect(await scene.host.executions(workflow)).toHaveLength(6);
	},
);
