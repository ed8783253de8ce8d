import fc from 'fast-check';
import type { IBinaryData, INodeExecutionData } from 'n8n-workflow';
import { mediaAddress, parseServerAddress } from '../../client/connection/address';
import { AgentClubError } from '../../client/errors';
import { safeFileName } from '../../client/inbound/item/attachments';
import { Directory } from '../../client/inbound/item/directory';
import { cleanName } from '../../client/protocol/display-name';
import { MemberNames } from '../../client/protocol/member-names';
import { mentionGuide } from '../../client/inbound/item/mention-guide';
import { plainText } from '../../client/inbound/item/plain-text';
import type { Bundle } from '../../client/inbound/item/bundle';
import { type AgentContext, prepareMessage } from '../../client/inbound/item/prepare';
import type { Prepared } from '../../client/inbound/trigger-port';
import { loggable } from '../../client/logger';
import { composeText } from '../../client/outbound/compose';
import { Outbox } from '../../client/outbound/outbox';
import { resolveNames } from '../../client/outbound/resolve-names';
import {
	type Member,
	readChats,
	readHistoryRows,
	readMembers,
	readUpload,
} from '../../client/protocol/answers';
import { fromChatReference, toChatReference } from '../../client/protocol/chat-reference';
import {
	decodeErrorText,
	decodeIdentity,
	decodeSendAnswer,
	decodeTyping,
} from '../../client/protocol/frames';
import { findMentionTags } from '../../client/protocol/mention-tags';
import { decodeMessage, isMalformed, type Message } from '../../client/protocol/message';
import { buildItem } from '../../nodes/AgentClubTrigger/items';
import type { ItemSettings } from '../../nodes/AgentClubTrigger/settings';
import { toNodeError } from '../../nodes/shared/errors';
import { FakeClock, settled } from '../support/fake-clock';
import { NODE } from '../support/fake-host';
import { FakeOutboxPort } from '../support/fake-outbox-port';
import { FUZZ_PATIENCE, FuzzTally } from '../support/fuzz-run';
import {
	type FrameKind,
	hostileFrame,
	hostileMember,
	type HostileMessage,
	hostileMessage,
	hostileMessageFrame,
	hostileText,
} from '../support/hostile-values';
import { InboxScene } from '../support/inbox-scene';
import { itemProblems } from '../support/item-problems';
import {
	AGENT,
	DIRECT,
	frame,
	GROUP,
	inChat,
	OTHER_GROUP,
	saidAt,
} from '../support/sample-messages';
import { ScriptedTrigger } from '../support/scripted-trigger';

/**
 * Everything that reads what comes from the wire, with frames and texts of any type, size, depth
 * and encoding.
 */

/** What may stand in no line of a log, a name or a guide. */
const BREAKS_LINES = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
/** The longest line of text that the package itself writes about what came in. */
const LONGEST_LINE = 4000;

const SERVER = parseServerAddress('http://club.test:5555/club');

const tally = new FuzzTally();
afterAll(() => {
	tally.report();
});

/** Cheaper than `expect`, which a million frames would feel. */
function assert(holds: boolean, what: string): asserts holds {
	if (!holds) throw new Error(what);
}

function isLine(text: string): boolean {
	return text.length <= LONGEST_LINE && !BREAKS_LINES.test(text);
}

describe('a hostile frame', () => {
	it(
		'is read or refused by every decoder, and never thrown over',
		async () => {
			await tally.hold(
				0.7,
				20,
				fc.array(hostileFrame, { minLength: 20, maxLength: 20 }),
				(frames) => {
					for (const { kind, raw } of frames) tally.count(1, DECODERS[kind](raw) ? 0 : 1);
				},
			);
		},
		FUZZ_PATIENCE,
	);

	it(
		'in the inbox is reported, keeps no sound one from its execution, and is an item as documented where it becomes one',
		async () => {
			await tally.hold(0.2, 19, inboxRun, receive);
		},
		FUZZ_PATIENCE,
	);

	it(
		'in place of the answer to a send leaves it with one outcome, whose error is one line',
		async () => {
			await tally.hold(0.05, 10, fc.array(hostileFrame, { minLength: 10, maxLength: 10 }), send);
		},
		FUZZ_PATIENCE,
	);
});

describe('a hostile text', () => {
	it(
		'breaks out of no name, tag, path, address, reference or line',
		async () => {
			await tally.hold(
				0.05,
				4,
				fc.tuple(
					fc.array(hostileText, { minLength: 4, maxLength: 4 }),
					fc.array(hostileMember, { maxLength: 4 }),
				),
				([texts, rows]) => {
					const members = readMembers(rows);
					for (const text of texts) readText(text, members);
					tally.count(texts.length, 0);
				},
			);
		},
		FUZZ_PATIENCE,
	);
});

/** Each reads a frame of its kind, and answers whether it took it. */
const DECODERS: Readonly<Record<FrameKind, (raw: unknown) => boolean>> = {
	message(raw) {
		const message = decodeMessage(raw);
		if (isMalformed(message))
			assert(
				message.malformed !== '' && isLine(message.malformed),
				'a refused frame says why, in one line',
			);
		else assert(isSoundMessage(message), 'a message has the fields that it should have');
		return !isMalformed(message);
	},
	identity(raw) {
		const identity = decodeIdentity(raw);
		if (typeof identity === 'string')
			assert(identity !== '' && isLine(identity), 'a refused identity says why, in one line');
		else
			assert(
				identity.heartbeatInterval >= 1000 && identity.heartbeatInterval <= 300_000,
				'a heartbeat is neither a flood nor never',
			);
		return typeof identity !== 'string';
	},
	sendAnswer(raw) {
		const answer = decodeSendAnswer(Array.isArray(raw) ? (raw as unknown[]) : [raw]);
		assert(
			answer.kind !== 'sent' || Number.isFinite(answer.createdAt),
			'a sent message has a time',
		);
		return answer.kind !== 'empty';
	},
	error(raw) {
		assert(typeof decodeErrorText(raw) === 'string', 'the words of an error are a text');
		return true;
	},
	typing(raw) {
		const typing = decodeTyping(raw);
		assert(typing === undefined || typeof typing.chat.id === 'string', 'somebody types in a chat');
		return typing !== undefined;
	},
	member: (raw) => isRead(() => readMembers(raw)) || isRead(() => readMembers([raw])),
	group: (raw) =>
		isRead(() => readChats(raw)) || isRead(() => readChats({ groups: [raw], directs: [] })),
	direct: (raw) => isRead(() => readChats({ groups: [], directs: [raw, raw] })),
	upload: (raw) => isRead(() => readUpload(raw)),
	history: (raw) => isRead(() => readHistoryRows(raw).map((row) => decodeMessage(row))),
};

function isSoundMessage({
	id,
	chat,
	sender,
	text,
	contentType,
	fileUrl,
	fileName,
	mentions,
	createdAt,
}: Message): boolean {
	const texts = [
		id,
		chat.type,
		chat.id,
		sender.id,
		sender.name,
		sender.avatar,
		text,
		contentType,
		fileUrl,
		fileName,
		...mentions,
	];
	return (
		texts.every((each) => typeof each === 'string') &&
		id !== '' &&
		chat.id !== '' &&
		sender.id !== '' &&
		!Number.isNaN(new Date(createdAt * 1000).getTime())
	);
}

/** Whether an answer was read; one that was not is refused in the package's own words. */
function isRead(read: () => unknown): boolean {
	try {
		read();
		return true;
	} catch (error) {
		assert(
			error instanceof AgentClubError && error.code === 'BAD_ANSWER' && isLine(error.message),
			`an answer is read or refused, not ${String(error)}`,
		);
		return false;
	}
}

function readText(text: string, members: readonly Member[]): void {
	assert(isLine(loggable(text)), 'a text in the log is part of one line');
	assert(isLine(cleanName(text)) && !/["<>]/.test(cleanName(text)), 'a name is a name');
	const fileName = safeFileName(text);
	assert(
		fileName !== '' &&
			fileName.length <= 200 &&
			!/[/\\]|^\.+$/.test(fileName) &&
			!BREAKS_LINES.test(fileName),
		'a file name is no path',
	);
	const media = mediaAddress(SERVER, text);
	if (media.onServer) {
		const { origin, pathname, username, password } = new URL(media.url);
		assert(
			origin === SERVER.origin &&
				username + password === '' &&
				pathname.startsWith(`${SERVER.basePath}/media/`),
			`only the server's files are on the server, not ${media.url}`,
		);
	}
	for (const tag of findMentionTags(text))
		assert(
			tag.userId !== '' && text.slice(tag.start, tag.end).endsWith('</at>'),
			'a tag is a whole one',
		);
	const ambiguous = MemberNames.of(members).ambiguousIds;
	assert(
		typeof plainText(text, AGENT, (id) => ambiguous.has(id)) === 'string',
		'a text has a plain form',
	);
	checkGuide(
		mentionGuide({
			self: { userId: text, displayName: text },
			roster: members,
			text,
			template: '',
		}),
		members.length,
	);
	const known = new Set([
		...findMentionTags(text).map(({ userId }) => userId),
		...members.map(({ id }) => id.replace(/["<>]/g, '')),
		'all',
	]);
	const resolved = findMentionTags(resolveNames(text, { members, allowAll: true }).text);
	assert(
		resolved.every(({ userId }) => known.has(userId)),
		'only members are mentioned',
	);
	readReference(text);
	readOrRefuseAddress(text);
}

/** A guide of the user's own: a line with the agent, and those of the members. */
const OWN_GUIDE = 'You are {{agent}}, among:\n{{roster}}';

/** One line for each member, whatever they are called. @param own whether the guide is OWN_GUIDE */
function checkGuide(guide: string | null, members: number, own = false): void {
	if (guide === null) return;
	const lines = guide.split('\n');
	const [withNobody, above] = own ? [2, 1] : [4, 5];
	assert(
		lines.length === (members === 0 ? withNobody : above + members),
		'nobody adds a line to the guide',
	);
	assert(
		lines.every((line) => !BREAKS_LINES.test(line)),
		'nobody breaks a line of the guide',
	);
	assert(
		members === 0 ||
			lines
				.slice(above)
				.every((line) =>
					/^- [^"<>\n]+: user_id="[\w.-]*"(?: \((?:this is you|an AI agent|this is you, an AI agent)\))?$/.test(
						line,
					),
				),
		'a member has one line',
	);
}

function readReference(id: string): void {
	for (const type of ['group', 'direct'] as const) {
		if (id !== id.trim()) return;
		const read = fromChatReference(toChatReference({ type, id }));
		assert(
			'chat' in read && read.chat.type === type && read.chat.id === id,
			'a chat is found again by its reference',
		);
	}
}

function readOrRefuseAddress(text: string): void {
	try {
		assert(
			/^https?:\/\/[^/\s@]+$/.test(parseServerAddress(text).origin),
			'an address has an origin',
		);
	} catch (error) {
		assert(
			error instanceof AgentClubError && error.code === 'SETTINGS',
			`an address is read or refused, not ${String(error)}`,
		);
	}
}

interface InboxRun {
	readonly hostile: readonly HostileMessage[];
	/** How many of them are in the batch at the beginning. */
	readonly early: number;
	readonly rows: ReadonlyArray<Record<string, unknown>>;
	readonly requireMention: boolean;
	readonly settings: ItemSettings;
}

const inboxRun: fc.Arbitrary<InboxRun> = fc.record({
	hostile: fc.array(hostileMessage, { minLength: 19, maxLength: 19 }),
	early: fc.nat(19),
	rows: fc.array(hostileMember, { maxLength: 3 }),
	requireMention: fc.boolean(),
	settings: fc.record({
		binaryPropertyName: fc.constant('data'),
		senderPrefix: fc.boolean(),
		mentionGuide: fc.constantFrom('field', 'chatInput', 'off'),
		mentionGuideText: fc.constantFrom('', OWN_GUIDE),
		collected: fc.boolean(),
		ignoreMentionAll: fc.boolean(),
		includeRaw: fc.boolean(),
	}),
});

/** A trigger that makes items, and whose executions end at once. */
class ItemTrigger extends ScriptedTrigger {
	readonly items: Array<{ readonly item: INodeExecutionData; readonly message: Message }> = [];

	constructor(
		private readonly item: ItemSettings,
		requireMention: boolean,
	) {
		super({ filter: { requireMention } });
	}

	override async prepare(bundle: Bundle, context?: AgentContext): Promise<Prepared> {
		assert(context !== undefined, 'the agent is known');
		const settings = {
			download: 'all',
			maxBytes: 1000,
			includeRoster: true,
			rosterMaxAge: 60_000,
			contextMessages: 0,
		} as const;
		const prepared = await prepareMessage<IBinaryData>(bundle, settings, context, () =>
			Promise.reject(new Error('nothing is stored here')),
		);
		return {
			emit: (delivery) => {
				this.items.push({
					item: buildItem(prepared, this.item, delivery),
					message: bundle.messages[0],
				});
				return Promise.resolve('success');
			},
		};
	}
}

class HostileScene extends InboxScene {
	constructor(private readonly rows: InboxRun['rows']) {
		super();
	}

	override context(): AgentContext {
		const source = {
			chats: () =>
				Promise.resolve(
					readChats({
						groups: this.rows.map((row) => ({ ...row, id: GROUP.id, name: row.username })),
						directs: [],
					}),
				),
			members: () => Promise.resolve(readMembers(this.rows)),
		};
		const files = {
			address: (url: string) => mediaAddress(SERVER, url),
			open: () => Promise.reject(new Error('no files here')),
		};
		return { ...super.context(), directory: new Directory(source, this.clock, this.logger), files };
	}
}

/** Sound messages in three chats, one between any two hostile frames. */
function soundFrames(): Record<string, unknown>[] {
	return Array.from({ length: 19 }, (_, index) =>
		frame(
			`sound_${index}`,
			inChat([GROUP, DIRECT, OTHER_GROUP][index % 3] ?? GROUP, saidAt(index)),
		),
	);
}

async function receive({
	hostile,
	early,
	rows,
	requireMention,
	settings,
}: InboxRun): Promise<void> {
	const scene = new HostileScene(rows);
	const { trigger, subscription } = {
		trigger: new ItemTrigger(settings, requireMention),
		subscription: scene.join().subscription,
	};
	subscription.attach(trigger);
	const sound = soundFrames();
	const frames = hostile.flatMap((message, index) => [
		hostileMessageFrame(message, `hostile_${index}`),
		sound[index],
	]);
	await scene.connect(...frames.slice(0, 2 * early));
	await scene.clock.advance(2000);
	for (const raw of frames.slice(2 * early)) scene.inbox.live(decodeMessage(raw));
	const isWorkedOff = () => sound.every(({ id }) => scene.port.marked.includes(String(id)));
	for (let turn = 0; turn < 40 && !isWorkedOff(); turn += 1) await scene.clock.advance(500);
	const refused = hostile.filter((message) =>
		isMalformed(decodeMessage(hostileMessageFrame(message, 'h'))),
	).length;
	const reported = scene.logger.lines.filter((line) =>
		line.includes('a message could not be read'),
	).length;
	tally.count(hostile.length, refused, reported);
	assert(refused === reported, `${refused} frames were refused, ${reported} of them told`);
	assert(scene.logger.lines.every(isLine), 'a line of the log is one line');
	assert(
		!scene.logger.lines.some((line) => line.startsWith('error')),
		`nothing goes wrong: ${scene.logger.complaints.join()}`,
	);
	const given = trigger.items
		.map(({ message }) => message)
		.filter(({ id }) => id.startsWith('sound_'));
	for (const chat of [GROUP, DIRECT, OTHER_GROUP]) {
		const ids = (list: ReadonlyArray<{ id?: unknown }>) => list.map(({ id }) => id).join();
		assert(
			ids(given.filter((message) => message.chat.id === chat.id)) ===
				ids(sound.filter(({ chat_id }) => chat_id === chat.id)),
			'sound messages come once and in order',
		);
	}
	for (const { item, message } of trigger.items)
		checkItem(item, message, settings, readMembers(rows).length);
	assert(isWorkedOff(), 'sound messages are marked as read');
}

function checkItem(
	item: INodeExecutionData,
	message: Message,
	settings: ItemSettings,
	members: number,
): void {
	const problems = itemProblems(item);
	assert(problems.length === 0, `an item is as documented: ${problems.join(', ')}`);
	const {
		chatInput,
		mentionGuide: guide,
		chatType,
	} = item.json as { chatInput: string; mentionGuide: string | null; chatType: string };
	checkGuide(guide, chatType === 'group' ? members : 0, settings.mentionGuideText !== '');
	if (!settings.senderPrefix || chatType !== 'group') return;
	const prefix = cleanName(message.sender.name) || 'Someone';
	assert(
		chatInput.startsWith(prefix) && isLine(prefix),
		"a sender's name begins the text, in one line",
	);
}

async function send(answers: ReadonlyArray<{ readonly raw: unknown }>): Promise<void> {
	const frames = answers.map(({ raw }) => raw);
	const clock = new FakeClock();
	const port = new FakeOutboxPort();
	const outbox = new Outbox(clock, port);
	port.stored = frames
		.map((raw) => decodeMessage(raw))
		.filter((row): row is Message => !isMalformed(row));
	let open = 0;
	const outcomes = [GROUP, GROUP, OTHER_GROUP].map((chat, index) => {
		open += 1;
		return outbox
			.send(composeText(chat, `text ${index}`, 'text'))
			.then(checkConfirmation, checkFailure)
			.finally(() => {
				open -= 1;
			});
	});
	const all = Promise.allSettled(outcomes);
	let next = 0;
	for (let answered = 0; open > 0 && next < 60; next += 1) {
		const raw = frames[next % frames.length];
		outbox.sawError(decodeErrorText(raw));
		const own = decodeMessage(raw);
		if (!isMalformed(own)) outbox.sawOwn(own);
		if (port.sends.length > answered)
			await port.sends[answered++]?.answer(
				...(Array.isArray(raw) && raw.length < 100 ? (raw as unknown[]) : [raw]),
			);
		await settled();
		await clock.advance(2000);
	}
	assert(open === 0, 'a send has an outcome');
	for (const outcome of await all)
		assert(
			outcome.status === 'fulfilled',
			outcome.status === 'rejected' ? String(outcome.reason) : '',
		);
	tally.count(frames.length, 0);
}

function checkConfirmation({
	messageId,
	createdAt,
}: {
	messageId: string;
	createdAt: number;
}): void {
	assert(
		typeof messageId === 'string' && messageId !== '' && Number.isFinite(createdAt),
		'a confirmed message has an id and a time',
	);
}

function checkFailure(error: unknown): void {
	assert(
		error instanceof AgentClubError && isLine(error.message),
		`a failed send says why in one line, not: ${String(error).slice(0, 200)}`,
	);
	const shown = toNodeError({ getNode: () => NODE }, error, 0);
	assert(isLine(shown.message) && isLine(shown.description ?? ''), 'so does n8n');
	JSON.stringify(shown);
}
