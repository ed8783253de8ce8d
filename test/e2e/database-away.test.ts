import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChatAddress } from '../../playground/club/club';
import { freePort } from '../../playground/host/free-port';
import { type Execution, outputOf } from '../../playground/host/n8n-types';
import { chain } from '../../playground/host/workflow-json';
import { eventually } from '../support/eventually';
import type { GuardedProcess } from '../support/guarded-process';
import {
	postgresEnvironment,
	postgresPrograms,
	privatePostgres,
} from '../support/private-postgres';
import { Unavailable } from '../support/unavailable';
import { unreadBecomes } from '../support/unread';
import { type Cast, mention, openTrigger, replyNode, Scene, START_WITHIN } from './scene';

/** ms: the messages are handed over again after 5, 10 and 20 s. */
const RECOVERY = 120_000;

let folder = '';
let postgres: GuardedProcess;
let scene: Scene;

beforeAll(async () => {
	const programs = postgresPrograms();
	if (programs === undefined)
		throw new Unavailable('This needs PostgreSQL.', 'On Debian: apt-get install postgresql');
	folder = await mkdtemp(join(tmpdir(), 'n8n-postgres-'));
	const place = { folder: join(folder, 'postgres'), programs, port: await freePort(), user: 'n8n' };
	postgres = await privatePostgres(place);
	await postgres.start();
	scene = await Scene.start(postgresEnvironment(place));
}, START_WITHIN);

afterAll(async () => {
	await scene.stop();
	await postgres.stop();
	await rm(folder, { recursive: true, force: true });
}, 120_000);

/** Lines of this level in n8n's log with both texts. */
const lines = (level: string, ...texts: string[]) =>
	scene.host.n8n
		.logTail(100_000)
		.split('\n')
		.filter((line) => line.includes(` ${level} `) && texts.every((text) => line.includes(text)));

/** What the executions of a chat began with, in the order in which they began. */
function textsIn(executions: readonly Execution[], { id }: ChatAddress) {
	const items = executions.map((each) => outputOf(each, 'Agent Club Trigger')[0]?.json);
	return items.filter((item) => item?.chatId === id).map((item) => item?.plainText);
}

it('what is written while PostgreSQL is away runs afterwards, once and in order in each chat, and the log tells of the beginning and of the end', async () => {
	const casts: Array<Cast & Readonly<Record<'acknowledge' | 'name' | 'workflow', string>>> = [];
	for (const acknowledge of ['onCompletion', 'onSuccess', 'immediately']) {
		const cast = await scene.cast();
		const name = `Away ${acknowledge}`;
		const nodes = [
			openTrigger(cast.credential, {}, { acknowledge }),
			replyNode(cast.credential, '=Answer to {{ $json.plainText }}'),
		];
		casts.push({
			...cast,
			acknowledge,
			name,
			workflow: await scene.host.publish(chain(name, nodes)),
		});
	}
	const say = async (words: string) => {
		for (const { mia, agent, group, direct } of casts) {
			await scene.club.say(mia.id, group, mention(agent, words));
			await scene.club.say(mia.id, direct, { content: words });
		}
	};
	await say('before');
	for (const { workflow, agent } of casts) {
		await scene.host.ended(workflow, 2);
		await unreadBecomes(scene.club.url, agent.token, []);
	}

	await postgres.stop();
	await say('first');
	await say('second');
	// Six chats, each with its third try: after 5 and 10 s.
	await scene.host.logged('could not be handed to n8n', 18, RECOVERY);
	await say('third');
	await postgres.start();
	await eventually('n8n has its database again', async () => {
		const { status } = await fetch(`${scene.host.n8n.address}/healthz/readiness`);
		return status === 200 ? true : undefined;
	});

	const texts = ['before', 'first', 'second', 'third'];
	for (const { acknowledge, name, workflow, agent, mia, group, direct } of casts) {
		const executions = await scene.host.ended(workflow, 8, RECOVERY);
		await unreadBecomes(scene.club.url, agent.token, []);
		expect(executions.map(({ status }) => status)).toEqual(
			texts.flatMap(() => ['success', 'success']),
		);
		for (const chat of [group, direct]) {
			// What is handed over at the same time n8n writes to PostgreSQL in any order.
			const begun = textsIn(executions, chat);
			expect(acknowledge === 'immediately' ? begun.sort() : begun).toEqual(texts);
			const answers = (await scene.club.history(mia.id, chat))
				.filter(({ senderId }) => senderId === agent.id)
				.map(({ content }) => content);
			expect(answers.sort()).toEqual(texts.map((text) => `Answer to ${text}`));
		}
		expect(lines('warn', 'could not be handed to n8n', name)).toHaveLength(1);
		expect(lines('info', 'n8n takes all messages again', name)).toHaveLength(1);
	}
});
