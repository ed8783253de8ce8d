import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../../client/clock';
import type { ChatAddress } from '../../playground/club/club';
import { type Execution, type NodeJson, outputOf } from '../../playground/host/n8n-types';
import {
	actionNode,
	chain,
	codeNode,
	CREDENTIAL_TYPE,
	type CredentialReference,
	node,
	triggerNode,
} from '../../playground/host/workflow-json';
import { TINY_PNG } from '../support/tiny-png';
import { Desk } from '../support/desk';
import { eventually } from '../support/eventually';
import { Gateway } from '../support/gateway';
import { Link } from '../support/link';
import type { CredentialData } from '../support/n8n-fixture';
import { SocksProxy } from '../support/socks-proxy';
import { TlsFront } from '../support/tls-front';
import { unreadBecomes, unreadOf } from '../support/unread';
import { type Cast, containing, mention, replyNode, Scene, START_WITHIN } from './scene';
import { byId, jsonOf, operationNodes, runByHand, sideBySide } from './side-by-side';

/**
 * What no other end-to-end test shows of the defaults, the options and the errors of both nodes.
 */

const TRIGGER = 'Agent Club Trigger';
const LISTENER = node('Nothing', 'n8n-nodes-base.noOp');
/** ms: what waits a minute by itself began before the tests of this file. */
const LONG_WAIT = 90_000;

let scene: Scene;
let desk: Desk;
let socks: SocksProxy;
/** Texts whose calls are answered with an error. */
const failing = new Set<string>();
const begun: Record<string, string> = {};
const ends: (() => Promise<void>)[] = [];

/** The trigger with nothing but its two required lists, and what is given. */
function bareTrigger(
	credential: CredentialReference,
	parameters: Record<string, unknown> = {},
): NodeJson {
	return triggerNode(credential, { allowFrom: ['*'], allowFromKind: ['human'], ...parameters });
}

const hostOf = (url: string) => new URL(url).host;

const publish = (
	name: string,
	credential: CredentialReference,
	parameters = {},
	then: NodeJson[] = [LISTENER],
) => scene.host.publish(chain(name, [bareTrigger(credential, parameters), ...then]));
const itemsOf = (executions: readonly Execution[]) =>
	executions.map((execution) => outputOf(execution, TRIGGER)[0]);
/** For two chats, whose executions begin in either order: as they were said. */
const saidInOrder = (executions: readonly Execution[]) =>
	itemsOf(executions).sort((one, other) => saidAt(one) - saidAt(other));
const saidAt = (item: ReturnType<typeof outputOf>[number] | undefined) =>
	Number(item?.json.timestamp);
const textsOf = (executions: readonly Execution[]) =>
	itemsOf(executions).map((item) => item?.json.plainText);
const unreadIs = ({ agent }: Cast, expected: string[]) =>
	unreadBecomes(scene.club.url, agent.token, expected);

/** Starts a node by hand that stops the workflow when it fails; answers the workflow's id. */
async function begin(name: string, failingNode: NodeJson): Promise<string> {
	const isTrigger = failingNode.name === TRIGGER;
	const { id } = await scene.host.rest.createWorkflow(
		chain(
			name,
			isTrigger
				? [failingNode, LISTENER]
				: [node('Start', 'n8n-nodes-base.manualTrigger'), failingNode],
		),
	);
	await scene.host.rest.runManually(id, isTrigger ? TRIGGER : 'Start');
	return id;
}

const errorOf = async (workflow = '') =>
	(await scene.host.ended(workflow, 1, LONG_WAIT))[0]?.data.resultData.error;

beforeAll(async () => {
	socks = await SocksProxy.start();
	ends.push(() => socks.stop());
	scene = await Scene.start({
		AGENTCLUB_AGENT_TOKEN: 'sk_agt_from_the_environment',
		// For what the tests call "localhost"; everything else of this machine is asked directly.
		all_proxy: socks.url('socks5h'),
		// n8n itself starts with this one, and with none that is more wrong.
		http_proxy: 'http://100%@127.0.0.1:9',
		no_proxy: '127.0.0.1',
	});
	desk = await Desk.start(({ text }) => (failing.has(text) ? 500 : 200));
	await beginSlowErrors();
	await beginSlowCollection();
}, START_WITHIN);

afterAll(async () => {
	await scene.stop();
	await desk.stop();
	for (const end of ends) await end();
}, 60_000);

/** Errors that the nodes tell only after a wait: all wait at once, beside the other tests. */
async function beginSlowErrors(): Promise<void> {
	const nowhere = await scene.host.credential({
		serverUrl: 'http://127.0.0.1:9',
		agentToken: 'sk_agt_any',
	});
	const send = {
		resource: 'message',
		operation: 'send',
		sendTo: 'chat',
		chatId: byId('gc_0123456789abcdef0123456789abcdef'),
		text: 'x',
	};
	begun.sendOffline = await begin('Send offline', actionNode(nowhere, send));
	begun.testOffline = await begin('Test offline', bareTrigger(nowhere));

	const silent = await Link.start(scene.club.url, () => systemClock);
	ends.push(() => silent.stop());
	silent.silenceNew('both');
	const unanswered = await scene.host.credential({
		serverUrl: silent.url,
		agentToken: 'sk_agt_any',
	});
	begun.timeout = await begin(
		'Timeout',
		actionNode(unanswered, { resource: 'chat', operation: 'getMany' }),
	);

	// The connection of the trigger is the one that sends; what it sends from now on never arrives.
	const { agent, mia, group } = await scene.cast();
	const link = await Link.start(scene.club.url, () => systemClock);
	ends.push(() => link.stop());
	const linked = await scene.host.credential({ serverUrl: link.url, agentToken: agent.token });
	const listening = await publish('Linked', linked);
	await scene.club.say(mia.id, group, mention(agent, 'connected'));
	await scene.host.ended(listening, 1);
	link.silence('toServer', 'swallow');
	begun.outcomeUnknown = await begin(
		'Outcome unknown',
		actionNode(linked, { ...send, chatId: byId(group.id) }),
	);
}

async function beginSlowCollection(): Promise<void> {
	const { credential, mia, direct } = await scene.cast();
	begun.collection = await publish('Collect', credential, { options: { collectSeconds: 600 } });
	await scene.club.say(mia.id, direct, { content: 'first' });
	await scene.club.say(mia.id, direct, { content: 'second' });
}

describe('with nothing typed but whose messages count', () => {
	it('each operation works on the item of the trigger, and with its usual settings', async () => {
		const cast = await scene.cast();
		const { agent, credential, mia, group, page } = cast;
		const answer = codeNode(
			'Answer',
			'return $input.all().map((item) => ({ ...item, json: { ...item.json, output: "from an ' +
				'AI Agent" } }));',
		);
		const nodes = operationNodes(credential, {
			Send: {},
			'Get Many': { operation: 'getMany', chatId: byId(group.id) },
			Mark: { operation: 'markAsRead' },
			Typing: { operation: 'sendTyping' },
			Chats: { resource: 'chat' },
			Members: { resource: 'group', chatId: byId(group.id) },
			Upload: { resource: 'file' },
			Download: { resource: 'file', operation: 'download' },
			Agent: { resource: 'agent' },
		});
		const workflow = await scene.host.publish(
			sideBySide('Bare', [bareTrigger(credential), answer], nodes),
		);
		const { url } = await scene.club.uploadAs(mia.id, 'notes.txt', Buffer.from('notes'));
		await scene.club.say(mia.id, group, {
			contentType: 'file',
			fileUrl: url,
			fileName: 'Notizen.txt',
		});
		const said = await scene.club.say(mia.id, group, mention(agent, 'read this'));
		const [execution] = await scene.host.ended(workflow, 1);
		const json = (name: string) => jsonOf(outputOf(execution, name));

		expect(json('Send')).toMatchObject([
			{ sent: true, chatId: group.id, text: 'from an AI Agent', mentions: [], attachments: [] },
		]);
		expect((await page.from(agent.id, group.id))[0]).toMatchObject({
			content: 'from an AI Agent',
			content_type: 'text',
		});
		expect(json('Get Many')).toHaveLength(3);
		expect(json('Get Many')[1]).toMatchObject({
			messageId: said.id,
			roster: [],
			mentionGuide: null,
		});
		expect(json('Mark')).toEqual([{ marked: true }]);
		expect(json('Typing')).toMatchObject([{ messageId: said.id }]);
		await page.until(() => page.typing.includes(agent.id), 'the agent typing');
		expect(json('Chats').map(({ chatType }) => chatType)).toEqual(['group', 'direct']);
		expect(json('Members')).toHaveLength(2);
		expect(json('Upload')).toMatchObject([{ fileName: 'Notizen.txt', kind: 'file', fileSize: 5 }]);
		expect(json('Download')).toEqual([
			{
				fileName: 'notes.txt',
				kind: 'file',
				mimeType: containing('text/plain'),
				fileSize: 5,
				problem: null,
			},
		]);
		expect((await scene.host.binary(outputOf(execution, 'Download')[0])).toString()).toBe('notes');
		expect(json('Agent')).toMatchObject([{ id: agent.id }]);
		await unreadIs(cast, []);
	});

	it('a mention is heard by itself, the words of content blocks and a picture without an extension go out, and a file that is none is named', async () => {
		const cast = await scene.cast();
		const { agent, credential, mia, group, direct } = cast;
		const answer = codeNode(
			'Answer',
			`const data = await this.helpers.prepareBinaryData(
				Buffer.from('${TINY_PNG.toString('base64')}', 'base64'), 'data', 'image/png');
			const output = [
				{ type: 'reasoning', summary: [{ type: 'summary_text', text: 'They greet me.' }] },
				{ type: 'text', text: 'Hello' },
			];
			return [{ json: { ...$input.first().json, output }, binary: { data } }];`,
		);
		const download = { resource: 'file', operation: 'download' };
		const workflow = await scene.host.publish(
			sideBySide(
				'As people and models do',
				[bareTrigger(credential), answer],
				operationNodes(credential, {
					Send: { options: { attachments: 'data' } },
					'No File': download,
					Null: { ...download, url: '={{ null }}' },
					Number: { ...download, url: '={{ 7 }}' },
					Object: { ...download, url: '={{ { path: "/media/a.png" } }}' },
				}),
			),
		);
		const only = mention(agent, '').content.trim();
		await scene.club.say(mia.id, group, { content: only, mentions: [agent.id] });
		await scene.club.say(mia.id, direct, { content: only, mentions: [agent.id] });

		const executions = await scene.host.ended(workflow, 2);
		const seen = executions.map((execution) => ({
			input: outputOf(execution, TRIGGER)[0]?.json.chatInput,
			sent: outputOf(execution, 'Send')[0]?.json,
			errors: ['No File', 'Null', 'Number', 'Object'].map(
				(name) => outputOf(execution, name)[0]?.json.error,
			),
		}));

		const file = { fileName: 'data.png', kind: 'image', fileSize: TINY_PNG.length };
		const each = {
			sent: expect.objectContaining({
				text: 'Hello',
				attachments: [expect.objectContaining(file)],
			}) as unknown,
			errors: ['is empty', 'is empty', 'is no text but', 'is no text but'].map((mistake) =>
				containing(`"File URL" ${mistake}`),
			),
		};
		expect(seen).toHaveLength(2);
		expect(seen).toEqual(
			expect.arrayContaining([
				{ input: `${mia.displayName}: @${agent.displayName}`, ...each },
				{ input: `@${agent.displayName}`, ...each },
			]),
		);
		const stored = await scene.club.history(mia.id, direct);
		expect(
			stored.map(({ content, contentType, fileName }) => [content, contentType, fileName]),
		).toEqual([
			[only, 'text', ''],
			['Hello', 'text', ''],
			['', 'image', 'data.png'],
		]);
	});

	it('a message counts as read when its execution has ended, well or badly, and nobody is told of a failure', async () => {
		const cast = await scene.cast();
		const { credential, mia, direct } = cast;
		await publish('Bare and failing', credential, {}, [desk.node('failing')]);
		desk.hold('fails');
		failing.add('fails');
		await scene.club.say(mia.id, direct, { content: 'fails' });
		await desk.called({ workflow: 'failing' });
		expect(await unreadOf(scene.club.url, cast.agent.token)).toEqual(['fails']);
		desk.release('fails');
		await unreadIs(cast, []);
		expect(await scene.club.history(mia.id, direct)).toHaveLength(1);
	});

	it('a file of 10 MB comes along, and a larger one does not', async () => {
		const cast = await scene.cast();
		const { credential, mia, direct } = cast;
		const workflow = await publish('Large files', credential);
		const limit = 10 * 1024 * 1024;
		for (const size of [limit, limit + 1]) {
			const { url } = await scene.club.uploadAs(mia.id, 'large.zip', Buffer.alloc(size));
			await scene.club.say(mia.id, direct, {
				contentType: 'file',
				fileUrl: url,
				fileName: 'large.zip',
			});
		}
		const [first, second] = itemsOf(await scene.host.ended(workflow, 2));
		expect(first?.json.attachments).toMatchObject([
			{ fileSize: limit, binaryPropertyName: 'data', problem: null },
		]);
		expect(second?.json.attachments).toMatchObject([
			{ binaryPropertyName: null, problem: containing('larger than the limit of 10 MB') },
		]);
		await unreadIs(cast, []);
	});

	it('twenty chats are worked on at a time, where nothing limits a trigger all of them', async () => {
		const cast = await scene.cast();
		const { credential, mia, agent } = cast;
		const chats: ChatAddress[] = [];
		while (chats.length < 22)
			chats.push(await scene.club.addGroup(`Room ${chats.length}`, [mia.id, agent.id]));
		await publish('Twenty', credential, {}, [desk.node('twenty')]);
		await publish('No limit', credential, { options: { parallelExecutions: -1 } }, [
			desk.node('no limit'),
		]);
		desk.hold('at once');
		const sayIn = (some: readonly ChatAddress[]) =>
			Promise.all(some.map((chat) => scene.club.say(mia.id, chat, mention(agent, 'at once'))));
		await sayIn(chats.slice(0, 21));
		await desk.called({ workflow: 'no limit' }, 21);
		await desk.called({ workflow: 'twenty' }, 20);
		// The next message gets as far as the desk meanwhile, where it may.
		await sayIn(chats.slice(21));
		await desk.called({ workflow: 'no limit' }, 22);
		expect(desk.calls.filter(({ workflow }) => workflow === 'twenty')).toHaveLength(20);
		desk.release('at once');
		await desk.called({ workflow: 'twenty' }, 22);
		await unreadIs(cast, []);
	});

	it("the twenty-first message of agents in a row, counted from the agent's own first, is skipped, unless there is a pause or no limit, until a person writes", async () => {
		const cast = await scene.cast();
		const { credential, mia, group } = cast;
		const other = await scene.club.addAgent('chatterbox', 'Chatterbox');
		await scene.club.addMember(group.id, other.id);
		/** Seconds. */
		const pause = 3;
		const open = { allowFromKind: ['*'], requireMention: false };
		const twenty = await publish('Twenty turns', credential, open);
		const endless = await publish('Endless turns', credential, {
			...open,
			options: { maxAgentTurns: 0 },
		});
		const one = await publish('One turn', credential, {
			...open,
			options: { maxAgentTurns: 1, agentTurnsReset: pause / 60 },
		});
		const words = Array.from({ length: 21 }, (_, index) => `turn ${index + 1}`);
		await scene.club.sayAsAgent(cast.agent.id, group, { content: 'who is there?' });
		for (const content of words) await scene.club.sayAsAgent(other.id, group, { content });
		const last = (await scene.club.wholeHistory(mia.id, group)).at(-1)?.createdAt ?? 0;
		await eventually('the end of the pause', () =>
			Promise.resolve(Date.now() / 1000 > last + pause || undefined),
		);
		await scene.club.sayAsAgent(other.id, group, { content: 'after a pause' });
		await scene.club.say(mia.id, group, { content: 'go on' });
		await scene.club.sayAsAgent(other.id, group, { content: 'after a person' });
		// On a busy machine there may be an earlier pause.
		const said = await scene.club.wholeHistory(mia.id, group);
		const rest = said.findIndex(
			({ createdAt }, index) => createdAt - (said[index - 1]?.createdAt ?? createdAt) > pause,
		);
		expect(rest).toBeGreaterThan(0);
		const rested = said.slice(rest).map(({ content }) => content);
		expect(rested.slice(-3)).toEqual(['after a pause', 'go on', 'after a person']);
		expect(textsOf(await scene.host.ended(one, rested.length))).toEqual(rested);
		expect(textsOf(await scene.host.ended(twenty, 21))).toEqual([
			...words.slice(0, 19),
			'go on',
			'after a person',
		]);
		expect(textsOf(await scene.host.ended(endless, 24))).toEqual([
			...words,
			'after a pause',
			'go on',
			'after a person',
		]);
		await scene.host.logged('are skipped: there were too many in a row', rest > 1 ? 2 : 1);
		await unreadIs(cast, []);
	});

	it('what other agents say among each other starts whoever needs no mention, however long, and then the first mention starts the others', async () => {
		const cast = await scene.cast();
		const { agent, credential, mia } = cast;
		const monitor = await scene.club.addAgent('monitor', 'Monitor');
		const builder = await scene.club.addAgent('builder', 'Builder');
		const alerts = await scene.club.addGroup('Alerts', [mia.id, agent.id, monitor.id, builder.id]);
		const kinds = { allowFromKind: ['*'] };
		const all = await publish('All alerts', credential, { ...kinds, requireMention: false });
		const called = await publish('Called', credential, kinds);
		const words = Array.from({ length: 24 }, (_, index) => `alert ${index + 1}`);
		for (const [index, content] of words.entries()) {
			const speaker = index % 2 === 0 ? monitor : builder;
			await scene.club.sayAsAgent(speaker.id, alerts, { content });
		}
		await scene.club.sayAsAgent(builder.id, alerts, mention(agent, 'your turn'));

		expect(textsOf(await scene.host.ended(all, 25))).toEqual([...words, 'your turn']);
		expect(textsOf(await scene.host.ended(called, 1))).toEqual(['your turn']);
		await unreadIs(cast, []);
	});
});

describe('the options of the trigger', () => {
	it('each change their part of the item, and the usual one has the rest', async () => {
		const cast = await scene.cast();
		const { agent, credential, mia, group, direct } = cast;
		const helper = await scene.club.addAgent('helper-options', 'Helper');
		await scene.club.addMember(group.id, helper.id);
		const options = {
			Usual: {},
			Raw: { includeRaw: true },
			'No Roster': { includeRoster: false },
			'No Name': { senderPrefix: false },
			'No Guide': { mentionGuide: 'off' },
			'Guide in Input': { mentionGuide: 'chatInput' },
			'Other Field': { binaryPropertyName: 'file' },
			Images: { downloadAttachments: 'images' },
			'No Earlier Files': { recentFiles: 0 },
			'No @all': { ignoreMentionAll: true },
		};
		const ids = Object.fromEntries(
			await Promise.all(
				Object.entries(options).map(
					async ([name, each]) =>
						[name, await publish(name, credential, { options: each })] as const,
				),
			),
		);
		const byText = await publish('By text', credential, {
			allowFrom: `={{ "u_nobody, ${mia.id}" }}`,
			allowFromKind: '={{ "agent,human" }}',
		});
		for (const fileName of ['photo.png', 'notes.txt']) {
			const { url } = await scene.club.uploadAs(
				mia.id,
				fileName,
				fileName.endsWith('png') ? TINY_PNG : Buffer.from(fileName),
			);
			await scene.club.say(mia.id, group, {
				contentType: fileName.endsWith('png') ? 'image' : 'file',
				fileUrl: url,
				fileName,
			});
		}
		await scene.club.say(mia.id, group, { content: 'no mention' });
		const look = await scene.club.say(mia.id, group, mention(agent, 'look'));
		await scene.host.ended(ids.Usual ?? '', 1);
		await scene.club.rename(helper.id, 'Renamed');
		await scene.club.say(mia.id, group, {
			content: '<at user_id="all">all</at> lunch?',
			mentions: ['all'],
		});
		await scene.club.say(mia.id, direct, { content: 'and you?' });
		const given = async (name: string) =>
			saidInOrder(await scene.host.ended(ids[name] ?? '', name === 'No @all' ? 2 : 3));
		const items = Object.fromEntries(
			await Promise.all(
				Object.keys(options).map(async (name) => [name, await given(name)] as const),
			),
		);
		const first = (name: string) => items[name]?.[0];

		expect(items.Usual?.map((item) => item?.json.plainText)).toEqual([
			'look',
			'@all lunch?',
			'and you?',
		]);
		expect(first('Usual')?.json).toMatchObject({
			messageId: look.id,
			context: [],
			messages: [],
			chatInput: `${mia.displayName}: look\n[image: photo.png]\n[file: notes.txt]`,
			attachments: [
				{ fileName: 'photo.png', binaryPropertyName: 'data' },
				{ fileName: 'notes.txt', binaryPropertyName: 'data_1' },
			],
			mentionGuide: containing(helper.id),
		});
		expect(first('Usual')?.json).not.toHaveProperty('raw');
		// Five minutes have not passed.
		expect(items.Usual?.[1]?.json.roster).toMatchObject(
			expect.arrayContaining([
				expect.objectContaining({ id: helper.id, name: 'Helper' }),
			]) as unknown[],
		);
		expect(first('Raw')?.json.raw).toMatchObject({ id: look.id });
		expect(first('No Roster')?.json).toMatchObject({ roster: [] });
		expect(first('No Name')?.json.chatInput).toBe('look\n[image: photo.png]\n[file: notes.txt]');
		expect(first('No Guide')?.json).toMatchObject({
			mentionGuide: null,
			chatInput: first('Usual')?.json.chatInput,
		});
		expect(first('Guide in Input')?.json).toMatchObject({
			mentionGuide: null,
			chatInput: containing(`user_id="${helper.id}"`),
		});
		expect(Object.keys(first('Other Field')?.binary ?? {})).toEqual(['file', 'file_1']);
		expect(first('Images')?.json.attachments).toMatchObject([
			{ binaryPropertyName: 'data' },
			{ fileName: 'notes.txt', binaryPropertyName: null, problem: null },
		]);
		expect(first('No Earlier Files')?.json.attachments).toEqual([]);
		expect(items['No @all']?.map((item) => item?.json.plainText)).toEqual(['look', 'and you?']);
		expect(
			saidInOrder(await scene.host.ended(byText, 3)).map((item) => item?.json.plainText),
		).toEqual(['look', '@all lunch?', 'and you?']);
		await unreadIs(cast, []);
	});

	it('decide what becomes of the backlog: all of it, what is recent, none', async () => {
		const hour = 3600;
		const now = Date.now() / 1000;
		const past = [now - 25 * hour, now - 23 * hour, now - hour / 2];
		const expected = [
			{ name: 'Backlog', options: {}, heard: ['said 0', 'said 1', 'said 2'] },
			{ name: 'Recent backlog', options: { backlog: 'recent' }, heard: ['said 1', 'said 2'] },
			{
				name: 'Very recent backlog',
				options: { backlog: 'recent', backlogMaxAge: 60 },
				heard: ['said 2'],
			},
			{ name: 'No backlog', options: { backlog: 'skip' }, heard: [] },
		];
		const begins: (() => Promise<unknown>)[] = [];
		for (const { name, options, heard } of expected) {
			const cast = await scene.cast();
			await scene.club.backdate(cast.direct, now - 48 * hour);
			await scene.club.givePast(cast.direct, cast.mia.id, past);
			begins.push(async () => {
				const workflow = await publish(name, cast.credential, { options });
				await unreadIs(cast, []);
				return { name, options, heard: textsOf(await scene.host.ended(workflow, heard.length)) };
			});
		}
		expect(await Promise.all(begins.map((begin) => begin()))).toEqual(expected);
	});

	it('let a chat go on without an execution that takes too long, end a collection in time, and hide the typing', async () => {
		const cast = await scene.cast();
		const { agent, credential, mia, group, direct, page } = cast;
		const slow = await publish(
			'Too long',
			credential,
			{ options: { laneTimeout: 2, showTyping: false, chats: `={{ "${group.id}" }}` } },
			[desk.node('too long'), replyNode(credential, 'done')],
		);
		const collecting = await publish('Collect no longer', credential, {
			options: { collectSeconds: 600, collectMaxSeconds: 4, showTyping: false, chats: [direct.id] },
		});
		await scene.club.say(mia.id, direct, { content: 'one' });
		await scene.club.say(mia.id, direct, { content: 'two' });
		desk.hold('stuck');
		await scene.club.say(mia.id, group, mention(agent, 'stuck'));
		await scene.club.say(mia.id, group, mention(agent, 'next'));
		await desk.called({ workflow: 'too long', text: 'next' });
		await scene.host.logged('has not ended within 2 s');
		desk.release('stuck');
		await scene.host.ended(slow, 2);
		await page.from(agent.id, group.id, 2);
		const [item] = itemsOf(await scene.host.ended(collecting, 1));
		expect(item?.json.messages).toMatchObject([{ text: 'one' }, { text: 'two' }]);
		expect(page.typing.filter((id) => id === agent.id)).toEqual([]);
		await unreadIs(cast, []);
	});

	it('are named where their values cannot be', async () => {
		const fields = {
			acknowledge: 'Mark as Read',
			backlog: 'Backlog',
			downloadAttachments: 'Download Attachments',
			mentionGuide: 'Mention Guide',
			agentTurnsReset: 'Agent Turns Reset',
			backlogMaxAge: 'Backlog Max Age',
			collectMaxSeconds: 'Collect Max Seconds',
			collectSeconds: 'Collect Seconds',
			contextMessages: 'Context Messages',
			laneTimeout: 'Longest Wait for an Execution',
			maxAgentTurns: 'Max Agent Turns',
			maxAttachmentSize: 'Max Attachment Size',
			parallelExecutions: 'Parallel Executions',
			recentFiles: 'Recent Files',
			retries: 'Retries',
			retryDelay: 'Retry Delay',
			rosterMaxAge: 'Roster Max Age',
		};
		const credential = await scene.host.credential({
			serverUrl: scene.club.url,
			agentToken: 'sk_agt_any',
		});
		const told = await Promise.all(
			Object.keys(fields).map(async (name) => {
				// Some fields exist only beside a certain value of another one.
				const parameters = {
					acknowledge: 'onSuccess',
					options: { backlog: 'recent', [name]: '={{ "often" }}' },
				};
				const trigger = bareTrigger(
					credential,
					name === 'acknowledge' ? { acknowledge: '={{ "often" }}' } : parameters,
				);
				return (await errorOf(await begin(name, trigger)))?.message;
			}),
		);
		expect(told).toEqual(
			Object.values(fields).map((field) => containing(`"${field}" has the value "often"`)),
		);
	});
});

describe("a proxy of n8n's environment", () => {
	const atLocalhost = (url: string) => url.replace('127.0.0.1', 'localhost');

	it('carries the socket and the requests of the built package', async () => {
		const { agent, mia, group, page } = await scene.cast();
		const front = await TlsFront.start(scene.club.url);
		ends.push(() => front.stop());
		const serverUrl = atLocalhost(front.url);
		const credential = await scene.host.credential({
			serverUrl,
			agentToken: agent.token,
			ignoreSslIssues: true,
		});
		await publish('Through SOCKS', credential, {}, [replyNode(credential, 'through SOCKS')]);
		await scene.club.say(mia.id, group, mention(agent, 'hello'));
		expect(await page.from(agent.id, group.id)).toMatchObject([{ content: 'through SOCKS' }]);
		const { host } = new URL(serverUrl);
		expect(socks.tunnels.length).toBeGreaterThanOrEqual(2);
		expect(new Set(socks.tunnels)).toEqual(new Set([host]));
	});

	it('that cannot be used is named with what to do, in the test, when publishing and in the log', async () => {
		const { agent } = await scene.cast();
		const data = { serverUrl: atLocalhost(scene.club.url), agentToken: agent.token };
		const { id, name } = await scene.host.credential(data);
		const unusable = 'The proxy 127.0.0.1:9 (http_proxy) cannot be used';
		expect(await scene.host.rest.testCredential(id, name, CREDENTIAL_TYPE, data)).toEqual({
			status: 'Error',
			message: expect.stringMatching(
				/^The proxy 127\.0\.0\.1:9 \(http_proxy\) cannot be used.*NO_PROXY\.$/,
			) as string,
		});
		await publish('Through nothing', { id, name });
		const workflow = 'workflow "Through nothing", node "Agent Club Trigger"';
		for (const line of [
			`${workflow}: The trigger is active and connects as soon as it can. ${unusable}`,
			`No connection to Agent Club, trying again until there is one. ${data.serverUrl}: ${unusable}`,
		])
			expect(await scene.host.lineWith(line)).toContain('NO_PROXY');
	});
});

describe('a credential that is no good', () => {
	/**
	 * What the chats' list says with each credential, as error items and as they are where all is
	 * well.
	 */
	async function listed(
		credentials: Readonly<Record<string, Partial<CredentialData>>>,
	): Promise<(name: string) => unknown> {
		const nodes = await Promise.all(
			Object.entries(credentials).map(async ([name, data]) => {
				const credential = await scene.host.credential(
					{ serverUrl: scene.club.url, agentToken: 'sk_agt_any', ...data },
					name,
				);
				return operationNodes(credential, { [name]: { resource: 'chat', operation: 'getMany' } });
			}),
		);
		// A server that is away is waited for, a minute for each node.
		const done = await runByHand(scene.host, nodes.flat(), [], 180_000);
		return (name) => done(name)[0]?.json;
	}

	it('is named with what is wrong and what to do', async () => {
		const gateways = {
			moved: await gateway(302),
			broken: await gateway(502),
			locked: await gateway(401),
		};
		const front = await TlsFront.start(scene.club.url);
		ends.push(() => front.stop());
		const { agent, group } = await scene.cast();
		const told = await listed({
			'No URL': { serverUrl: ' ' },
			'No http': { serverUrl: 'chat.example.com' },
			'No Address': { serverUrl: 'http://a b' },
			'With a Name': { serverUrl: 'http://me:secret@127.0.0.1' },
			'No Token': { agentToken: '' },
			'Two Tokens': { agentToken: 'sk_agt_1 sk_agt_2' },
			'Half an Environment': { useEnvironment: true },
			'Refused Token': {},
			Nowhere: { serverUrl: 'http://127.0.0.1:9' },
			'Not Agent Club': { serverUrl: scene.host.n8n.address },
			Moved: { serverUrl: gateways.moved.url },
			Broken: { serverUrl: gateways.broken.url },
			Locked: { serverUrl: gateways.locked.url },
			'No Certificate': { serverUrl: front.url, agentToken: agent.token },
			'Any Certificate': { serverUrl: front.url, agentToken: agent.token, ignoreSslIssues: true },
		});
		const errors = {
			'No URL': 'The server URL is empty',
			'No http': '"chat.example.com" does not begin with http:// or https://',
			'No Address': 'is not a valid address',
			'With a Name': 'contains a user name or a password',
			'No Token': 'The agent token is empty',
			'Two Tokens': 'The agent token contains spaces',
			'Half an Environment':
				'AGENTCLUB_AGENT_TOKEN is set for n8n, but AGENTCLUB_SERVER_URL is not',
			'Refused Token': `${hostOf(scene.club.url)} refuses the agent token`,
			Nowhere: 'connect ECONNREFUSED 127.0.0.1:9',
			'Not Agent Club': `${hostOf(scene.host.n8n.address)} does not answer like Agent Club`,
			Moved: `${hostOf(gateways.moved.url)} redirects to`,
			Broken: 'HTTP status 502',
			Locked: `${hostOf(gateways.locked.url)} does not answer like Agent Club (HTTP 401)`,
			'No Certificate': 'turn on "Ignore SSL Issues"',
		};
		for (const [name, words] of Object.entries(errors))
			expect([name, told(name)]).toEqual([name, { error: containing(words) }]);
		expect(told('Any Certificate')).toMatchObject({ chatId: group.id });
	}, 300_000);

	it('fails a list of the editor, and "Execute step", in the same words', async () => {
		const credential = await scene.host.credential({
			serverUrl: scene.club.url,
			agentToken: 'sk_agt_wrong',
		});
		await expect(scene.host.loadOptions(bareTrigger(credential), 'loadPeople')).rejects.toThrow(
			'refuses the agent token',
		);
		expect(await errorOf(await begin('Refused', bareTrigger(credential)))).toMatchObject({
			name: 'NodeApiError',
			message: containing('refuses the agent token'),
			errorResponse: { code: 'TOKEN_REFUSED' },
		});
	});

	async function gateway(status: number): Promise<Gateway> {
		const made = await Gateway.start(scene.club.url, systemClock);
		ends.push(() => made.stop());
		made.answerItself(status);
		return made;
	}
});

describe('an execution that fails', () => {
	it('says that nobody may start the workflow, where a step is executed', async () => {
		const { credential } = await scene.cast();
		const empty = bareTrigger(credential, { allowFrom: '={{ [] }}' });
		expect(await errorOf(await begin('Nobody', empty))).toMatchObject({
			name: 'NodeOperationError',
			message: containing('"Allow From" is empty, so nobody may start this workflow'),
		});
	});

	it('refuses a file above 50 MB before anything is sent', async () => {
		const { credential, mia, group } = await scene.cast();
		const url = await serve(Buffer.alloc(51 * 1024 * 1024));
		const fetchFile = node(
			'Fetch',
			'n8n-nodes-base.httpRequest',
			{ method: 'GET', url, options: { response: { response: { responseFormat: 'file' } } } },
			{ typeVersion: 4.2 },
		);
		const send = {
			sendTo: 'chat',
			chatId: byId(group.id),
			text: 'see file',
			options: { attachments: 'data' },
		};
		const done = await runByHand(
			scene.host,
			operationNodes(credential, { Send: send, Upload: { resource: 'file' } }),
			[fetchFile],
		);
		const tooLarge = [
			{
				error: containing(
					'The file "large.zip" is too large: 51.0 MB, and the server takes a little less ' +
						'than 50 MB. Send a smaller file',
				),
			},
		];
		expect(jsonOf(done('Send'))).toEqual(tooLarge);
		expect(jsonOf(done('Upload'))).toEqual(tooLarge);
		expect(await scene.club.history(mia.id, group)).toEqual([]);
	});

	it('ends at once where a send that waits for the connection, and a step that waits for a message, are cancelled', async () => {
		const { credential } = await scene.cast();
		const nowhere = await scene.host.credential({
			serverUrl: 'http://127.0.0.1:9',
			agentToken: 'sk_agt_any',
		});
		const sending = await begin(
			'Cancelled send',
			actionNode(nowhere, {
				sendTo: 'chat',
				chatId: byId('gc_0123456789abcdef0123456789abcdef'),
				text: 'x',
			}),
		);
		const waiting = await begin('Cancelled step', bareTrigger(credential));
		for (const workflow of [sending, waiting]) {
			const [running] = await scene.host.inState(workflow, 'running');
			await scene.host.rest.stopExecution(running?.id ?? '');
			expect((await scene.host.ended(workflow, 1)).map(({ status }) => status)).toEqual([
				'canceled',
			]);
		}
	});

	async function serve(body: Buffer): Promise<string> {
		const server: Server = createServer((_request, response) =>
			response.writeHead(200, { 'content-type': 'application/zip' }).end(body),
		);
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		ends.push(async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		});
		return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/large.zip`;
	}
});

describe('what began before the other tests', () => {
	it('a send and a step say that there was no connection', async () => {
		expect(await errorOf(begun.testOffline)).toMatchObject({
			name: 'NodeApiError',
			message: containing('connection'),
			errorResponse: { code: 'OFFLINE' },
		});
		expect(await errorOf(begun.sendOffline)).toMatchObject({
			name: 'NodeApiError',
			message: containing('connection'),
			errorResponse: { code: 'OFFLINE' },
		});
	});

	it('a request without an answer says so', async () => {
		expect(await errorOf(begun.timeout)).toMatchObject({
			name: 'NodeApiError',
			message: expect.stringMatching(/^127\.0\.0\.1:\d+ did not answer within 15 s$/) as string,
			errorResponse: { code: 'TIMEOUT' },
		});
	});

	it('a send of which nobody can tell what became says so', async () => {
		expect(await errorOf(begun.outcomeUnknown)).toMatchObject({
			name: 'NodeApiError',
			message: containing('Nobody can tell whether the message was sent'),
			description: 'Look into the chat before sending it again.',
			errorResponse: { code: 'OUTCOME_UNKNOWN' },
		});
	});

	it('a collection ends by itself after the usual longest time', async () => {
		const [item] = itemsOf(await scene.host.ended(begun.collection ?? '', 1, LONG_WAIT));
		expect(item?.json).toMatchObject({
			text: 'first\nsecond',
			messages: [{ text: 'first' }, { text: 'second' }],
		});
	});
});
