import type { ChatAddress, ClubUser } from '../../playground/club/club';
import { actionNode, chain } from '../../playground/host/workflow-json';
import { Desk } from '../support/desk';
import { fileWith } from '../support/file-with';
import { unreadBecomes, unreadOf } from '../support/unread';
import { type Cast, openTrigger, replyNode, Scene, START_WITHIN } from './scene';

/** ms: n8n starts again. */
const RECOVERY = 90_000;
const ANSWER = 'Here you are.';
/** Ways in which a message counts as read. */
const MODES = ['onCompletion', 'onSuccess', 'immediately', 'manually'];

let scene: Scene;
let desk: Desk;

beforeAll(async () => {
	scene = await Scene.start({
		// As secrets are given to containers; n8n reads it so too.
		N8N_CONCURRENCY_PRODUCTION_LIMIT_FILE: fileWith('1\n'),
		N8N_GRACEFUL_SHUTDOWN_TIMEOUT: '10',
	});
	desk = await Desk.start();
}, START_WITHIN);

afterAll(async () => {
	await scene.stop();
	await desk.stop();
}, 60_000);

/** Every message goes by the desk, is answered then, and marked where nothing else does that. */
function publish(acknowledge: string, { credential }: Cast): Promise<string> {
	const mark = actionNode(
		credential,
		{
			resource: 'message',
			operation: 'markAsRead',
			messageId: '={{ $("Agent Club Trigger").item.json.messageId }}',
		},
		'Mark',
	);
	const nodes = [
		openTrigger(credential, {}, { acknowledge }),
		desk.node(acknowledge),
		replyNode(credential, ANSWER),
		...(acknowledge === 'manually' ? [mark] : []),
	];
	return scene.host.publish(chain(acknowledge, nodes));
}

/** Somebody new, with a chat with the agent. */
async function stranger({ agent }: Cast, username: string) {
	const person = await scene.club.addHuman(username);
	return { person, chat: await scene.club.openDirect(person.id, agent.id) };
}

/** All that is said in chats. */
const said = (chats: ReadonlyArray<{ person: ClubUser; chat: ChatAddress }>) =>
	Promise.all(
		chats.map(async ({ person, chat }) =>
			(await scene.club.history(person.id, chat)).map(({ content }) => content),
		),
	);

it.each(MODES)(
	'answers six chats once each with %s, where n8n runs one execution at a time and is stopped during the first',
	async (acknowledge) => {
		const cast = await scene.cast();
		const { agent } = cast;
		const workflow = await publish(acknowledge, cast);
		const chats: Awaited<ReturnType<typeof stranger>>[] = [];
		for (let number = 1; number <= 6; number++)
			chats.push(await stranger(cast, `${acknowledge.toLowerCase()}${number}`));
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

		expect(await said(chats)).toEqual(texts.map((text) => [text, ANSWER]));
		expect(await scene.host.executions(workflow)).toHaveLength(6);
	},
);

it('answers each message that waits once where n8n is killed during the first one, which runs again', async () => {
	const casts: Cast[] = [];
	const workflows: string[] = [];
	for (const mode of MODES) {
		const cast = await scene.cast();
		casts.push(cast);
		workflows.push(await publish(mode, cast));
	}
	const chats: Awaited<ReturnType<typeof stranger>>[] = [];
	for (const number of [1, 2])
		for (const [index, cast] of casts.entries())
			chats.push(await stranger(cast, `killed${index}${number}`));
	const texts = chats.map(({ person }) => `from ${person.username}`);
	const [first = ''] = texts;
	desk.hold(first);
	for (const [index, { person, chat }] of chats.entries()) {
		await scene.club.say(person.id, chat, { content: texts[index] ?? '' });
		if (index === 0) await desk.called({ text: first });
	}
	for (const [index, { agent }] of casts.entries())
		expect(await unreadOf(scene.club.url, agent.token)).toEqual([
			texts[index],
			texts[index + MODES.length],
		]);
	const { n8n } = scene.host;

	await n8n.kill();
	desk.release(first);
	await n8n.startAgain();
	for (const [index, workflow] of workflows.entries()) {
		await scene.host.ended(workflow, index === 0 ? 3 : 2, RECOVERY);
		await unreadBecomes(scene.club.url, casts[index]?.agent.token ?? '', []);
	}

	const [ofFirst = [], ...ofOthers] = await said(chats);
	expect(ofOthers).toEqual(texts.slice(1).map((text) => [text, ANSWER]));
	// At least once is what is promised to what ran.
	expect(ofFirst.slice(0, 2)).toEqual([first, ANSWER]);
	const counts = await Promise.all(workflows.map((id) => scene.host.executions(id)));
	expect(counts.map(({ length }) => length)).toEqual([3, 2, 2, 2]);
});
