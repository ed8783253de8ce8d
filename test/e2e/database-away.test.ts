import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../playground/host/free-port';
import { type NodeJson, outputOf } from '../../playground/host/n8n-types';
import { actionNode, chain, node } from '../../playground/host/workflow-json';
import { eventually } from '../support/eventually';
import type { GuardedProcess } from '../support/guarded-process';
import {
	type PostgresPlace,
	postgresEnvironment,
	postgresPrograms,
	privatePostgres,
} from '../support/private-postgres';
import { Unavailable } from '../support/unavailable';
import { unreadBecomes } from '../support/unread';
import { agentNode, chatModelNode, useModels, withSubNodes } from './ai-scene';
import { type Cast, mention, openTrigger, replyNode, Scene, START_WITHIN } from './scene';

/** ms: the messages are handed over again after 5, 10 and 20 s. */
const RECOVERY = 120_000;
const REFUSED = 'could not be handed to n8n';
/** ms after which n8n gives up a ping, three of which count, and connections that do not end. */
const IMPATIENT = { DB_PING_TIMEOUT_MS: '3000', DB_POSTGRESDB_DESTROY_TIMEOUT_MS: '1000' };

let folder = '';
let place: PostgresPlace;
let postgres: GuardedProcess;
let scene: Scene;

beforeAll(async () => {
	const programs = postgresPrograms();
	if (programs === undefined)
		throw new Unavailable('This needs PostgreSQL.', 'On Debian: apt-get install postgresql');
	folder = await mkdtemp(join(tmpdir(), 'n8n-postgres-'));
	place = { folder: join(folder, 'postgres'), programs, port: await freePort(), user: 'n8n' };
	postgres = await privatePostgres(place);
	await postgres.start();
	scene = await Scene.start({ ...postgresEnvironment(place), ...IMPATIENT });
}, START_WITHIN);

afterAll(async () => {
	await scene.stop();
	await postgres.stop();
	await rm(folder, { recursive: true, force: true });
}, 120_000);

const model = useModels(() => scene.host);

/** Lines of this level in n8n's log with both texts. */
const lines = (level: string, ...texts: string[]) =>
	scene.host.n8n
		.log()
		.split('\n')
		.filter((line) => line.includes(` ${level} `) && texts.every((text) => line.includes(text)));

type Say = (words: string) => Promise<void>;

interface Away {
	/** What the six chats wrote meanwhile. */
	readonly texts: readonly string[];
	/** Whether n8n refused messages of each trigger; of one that stands still it may only wait. */
	readonly refused?: boolean;
}

/** Waits until n8n has refused messages so many times. */
const refused = (times: number) => scene.host.logged(REFUSED, times, RECOVERY);

const WAYS: Readonly<Record<string, (say: Say, refusals: number) => Promise<Away>>> = {
	'was stopped': async (say, refusals) => {
		await postgres.stop();
		await say('first');
		await say('second');
		// Six chats, each with its second try.
		await refused(refusals + 12);
		await say('third');
		await postgres.start();
		return { texts: ['first', 'second', 'third'], refused: true };
	},
	'was started anew': async (say, refusals) => {
		await postgres.stop();
		await say('first');
		await refused(refusals + 6);
		await postgres.start();
		await say('second');
		return { texts: ['first', 'second'], refused: true };
	},
	'stood still': async (say) => {
		const { n8n } = scene.host;
		const thaw = postgres.freeze();
		// By then n8n has given up its connections, with what it had asked by them.
		const givenUp = n8n.output.waitFor(/force-closing connection sockets/, RECOVERY);
		await say('first');
		await say('second');
		await givenUp;
		thaw();
		return { texts: ['first', 'second'] };
	},
};

it.each(Object.keys(WAYS))(
	'what is written while PostgreSQL %s runs afterwards, once and in order in each chat, and the log tells of the beginning and of the end',
	async (way) => {
		const casts: Array<Cast & Readonly<Record<'acknowledge' | 'name' | 'workflow', string>>> = [];
		for (const acknowledge of ['onCompletion', 'onSuccess', 'immediately']) {
			const cast = await scene.cast();
			const name = `PostgreSQL ${way}: ${acknowledge}`;
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

		const away = await WAYS[way]?.(say, scene.host.timesLogged(REFUSED));
		await eventually('n8n has its database again', async () => {
			const { status } = await fetch(`${scene.host.n8n.address}/healthz/readiness`);
			return status === 200 ? true : undefined;
		});

		const texts = ['before', ...(away?.texts ?? [])];
		const expected = texts.map((text) => `Answer to ${text}`);
		for (const { acknowledge, name, workflow, agent, mia, group, direct } of casts) {
			const executions = await scene.host.ended(workflow, 2 * texts.length, RECOVERY);
			await unreadBecomes(scene.club.url, agent.token, []);
			expect(executions.map(({ status }) => status)).toEqual(
				texts.flatMap(() => ['success', 'success']),
			);
			// By the answers: what n8n could not ask its database about, it hides in its executions.
			for (const chat of [group, direct]) {
				const answers = (await scene.club.history(mia.id, chat))
					.filter(({ senderId }) => senderId === agent.id)
					.map(({ content }) => content);
				// What is handed over at the same time n8n writes to PostgreSQL in any order.
				if (acknowledge === 'immediately') expect(answers.sort()).toEqual([...expected].sort());
				else expect(answers).toEqual(expected);
			}
			const warnings = lines('warn', REFUSED, name).length;
			expect(away?.refused ? [1] : [0, 1]).toContain(warnings);
			expect(lines('info', 'n8n takes all messages again', name)).toHaveLength(warnings);
		}
	},
);

it('takes a text with NUL, which PostgreSQL has no place for, and so does a memory there', async () => {
	const { agent, credential, mia, direct, page } = await scene.cast();
	const talking = await model(() => 'heard');
	const row = chain('NUL', [openTrigger(credential), agentNode(), actionNode(credential, {})]);
	const workflow = await scene.host.publish(
		withSubNodes(row, { model: chatModelNode(talking), memory: await postgresMemory() }),
	);
	const texts = ['a\0b', 'again'];
	for (const [index, content] of texts.entries()) {
		await scene.club.say(mia.id, direct, { content });
		await page.from(agent.id, direct.id, index + 1);
	}

	const [first] = await scene.host.ended(workflow, 2);
	expect(first?.status).toBe('success');
	expect(outputOf(first, 'Agent Club Trigger')[0]?.json).toMatchObject({
		text: 'ab',
		plainText: 'ab',
		chatInput: 'ab',
	});
	const remembered = talking.calls[1]?.messages.filter(({ role }) => role !== 'system');
	expect(remembered?.map(({ text }) => text)).toEqual(['ab', 'heard', 'again']);
});

/** n8n's memory for a model, in the database that n8n itself has. */
async function postgresMemory(): Promise<NodeJson> {
	const { id, name } = await scene.host.rest.createCredential('Memory', 'postgres', {
		host: '127.0.0.1',
		port: place.port,
		database: 'postgres',
		user: place.user,
		password: '',
		ssl: 'disable',
	});
	return node(
		'Postgres Chat Memory',
		'@n8n/n8n-nodes-langchain.memoryPostgresChat',
		{},
		{ typeVersion: 1.4, credentials: { postgres: { id, name } } },
	);
}
