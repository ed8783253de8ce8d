import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { INodeType } from 'n8n-workflow';
import { name as packageName } from '../../package.json';
import { agentRegistry } from '../../client/agent/registry';
import type { Attachment } from '../../client/inbound/item/attachments';
import type { PreparedMessage } from '../../client/inbound/item/prepare';
import { AgentClubApi } from '../../credentials/AgentClubApi.credentials';
import { AgentClub } from '../../nodes/AgentClub/AgentClub.node';
import { runOperation } from '../../nodes/AgentClub/actions/router';
import { AgentClubTrigger } from '../../nodes/AgentClubTrigger/AgentClubTrigger.node';
import { answerJson } from '../../nodes/AgentClub/questions/asked';
import { buildItem } from '../../nodes/AgentClubTrigger/items';
import { readSettings } from '../../nodes/AgentClubTrigger/settings';
import { executeHost, triggerHost } from '../support/fake-host';
import { FakeSession } from '../support/fake-session';
import { describedInterface, itemFields } from '../support/interface';
import { AGENT, ALICE, identityOf, member, message } from '../support/sample-messages';

jest.mock('../../client/agent/registry');

const ROOT = join(__dirname, '../..');
/** Renewed on purpose only: `npm run interface`. */
const SNAPSHOT = join(ROOT, 'test/interface.json');

type Fields = Readonly<Record<string, unknown>>;

const FILE = { mimeType: 'text/plain', fileName: 'a.txt', data: 'QQ==' };
const PAST = { content_type: 'image', file_url: '/media/1_a.png', file_name: 'a.png' };

/** What the fake server answers; examples of an operation may need other answers. */
const ANSWERS = {
	memberList: [member(ALICE, 'Alice'), member(AGENT, 'Robo', { kind: 'agent' })],
	messages: [message('m1', PAST), message('m2', { content: '/report last week' })],
	send: () => Promise.resolve({ messageId: 'msg_1', createdAt: 1.5, confirmedBy: 'answer' }),
};

/** For each operation, runs that show every field that its items can have. */
const RUNS: Readonly<Record<string, readonly Fields[]>> = {
	'agent: get': [{}],
	'chat: getMany': [{}],
	'file: download': [{ url: '/media/a.pdf', binaryPropertyName: 'data' }],
	'file: upload': [{ binaryPropertyName: 'data' }],
	'group: getMembers': [{ chatId: 'gc_1' }],
	'message: getMany': [
		{ chatId: 'gc_1', options: { includeRoster: true } },
		{ chatId: 'gc_1' },
		{ chatId: 'gc_1', options: { format: 'transcript' } },
	],
	'message: markAsRead': [{ messageId: 'msg_1' }],
	'message: send': [
		{ sendTo: 'chat', chatId: 'gc_1', text: '@Alice hi', options: { attachments: 'data' } },
		{ sendTo: 'chat', chatId: 'gc_1', text: '' },
	],
	'message: sendTyping': [{ sendTo: 'chat', chatId: 'gc_1', seconds: 1 }],
};

/** Its items are made when somebody answers. */
const ASKING = 'message: sendAndWait';

async function itemsOf(name: string, parameters: Fields, failing = false): Promise<unknown[]> {
	const session = Object.assign(new FakeSession(), ANSWERS);
	jest.mocked(agentRegistry).mockReturnValue({ session: () => session } as never);
	const [resource, operation] = name.split(': ');
	const host = executeHost({
		parameters: { resource, operation, ...parameters },
		continueOnFail: failing,
		more: {
			getTimezone: () => 'UTC',
			helpers: {
				assertBinaryData: () => FILE,
				prepareBinaryData: async (content: Readable, fileName: string, mimeType: string) => ({
					data: (await buffer(content)).toString('base64'),
					fileName,
					mimeType,
				}),
			},
		},
	});
	const [items = []] = await runOperation(host);
	return items.map(({ json }) => json);
}

/** An item of the trigger with all that it can have, and a bare one. */
function triggerItems(): unknown[] {
	const attachment: Attachment<typeof FILE> = {
		fileName: 'a.png',
		kind: 'image',
		mimeType: null,
		fileSize: 1,
		url: 'http://club.test/media/1_a.png',
		messageId: 'm1',
		stored: FILE,
		problem: null,
	};
	const missing = { ...attachment, mimeType: 'image/png', fileSize: null, stored: undefined };
	const said = message('m1', { content: '/report last week' });
	const full: PreparedMessage<typeof FILE> = {
		message: said,
		messages: [said],
		context: [{ message: message('m0'), attachments: [] }],
		identity: identityOf(AGENT),
		chatName: 'Team',
		roster: ANSWERS.memberList,
		attachments: [attachment, { ...missing, problem: 'too large' }],
		problems: ['no roster'],
	};
	const bare: typeof full = {
		...full,
		message: message('m2'),
		messages: [message('m2')],
		chatName: null,
		roster: null,
		attachments: [],
	};
	const settings = (options: Fields) => readSettings(triggerHost({ options })).item;
	const delivery = { source: 'live', attempt: 1 } as const;
	return [
		buildItem(full, { ...settings({ includeRaw: true }), collected: true }, delivery).json,
		buildItem(bare, settings({ mentionGuide: 'off' }), delivery).json,
	];
}

/** With what the workflow goes on: somebody answered, declined a review in words, or nobody did. */
function answers(): unknown[] {
	const asked = {
		id: 'q1',
		responseType: 'freeText' as const,
		approveLabel: 'Approve',
		disapproveLabel: 'Decline',
		isReview: false,
		announces: true,
		excerpt: 'May I?',
		chat: { type: 'group', id: 'gc_1' },
		agentId: AGENT,
	};
	const reply = {
		approved: null,
		text: 'Blue',
		messageId: 'm1',
		responder: { id: ALICE, name: 'Alice', kind: 'human' as const },
		fileUrl: '',
		fileName: '',
		contentType: 'text',
	};
	const answer = { approved: null, text: 'Blue', respondedAt: new Date(0) };
	const review = { ...asked, responseType: 'approval' as const, isReview: true };
	return [
		{ ...answerJson(asked, { ...answer, via: 'reply', reply }), problems: ['a file is missing'] },
		answerJson(review, { ...answer, approved: false, via: 'link' }),
		answerJson(
			{ ...review, isReview: false },
			{ ...answer, approved: true, text: null, via: 'link' },
		),
	];
}

async function interfaceNow(): Promise<unknown> {
	const items: Record<string, unknown> = {
		trigger: withoutRaw(itemFields(triggerItems())),
		[ASKING]: itemFields(answers()),
	};
	for (const [name, runs] of Object.entries(RUNS)) {
		const examples: unknown[] = [];
		for (const parameters of runs) examples.push(...(await itemsOf(name, parameters)));
		items[name] = itemFields(examples);
	}
	items['an item that failed'] = itemFields(
		await itemsOf('message: getMany', { chatId: '' }, true),
	);
	const nodes: INodeType[] = [new AgentClub(), new AgentClubTrigger()];
	return {
		// n8n puts it before the name of each node in a workflow.
		package: packageName,
		credentials: [describedInterface(new AgentClubApi())],
		nodes: nodes.map(({ description }) => describedInterface(description)),
		items,
	};
}

/** What stands in a raw frame is the server's affair. */
function withoutRaw(fields: Record<string, string>): Record<string, string> {
	return Object.fromEntries(Object.entries(fields).filter(([path]) => !path.startsWith('raw[].')));
}

const choices = (node: INodeType, name: string) =>
	node.description.properties
		.filter((property) => property.name === name)
		.flatMap(({ options = [], displayOptions }) =>
			options.map((option) => ({
				value: 'value' in option ? String(option.value) : '',
				resources: displayOptions?.show?.resource ?? [],
			})),
		);

describe('the public interface', () => {
	it('is what test/interface.json says', async () => {
		const now = JSON.parse(JSON.stringify(await interfaceNow())) as unknown;
		if (process.env.AGENTCLUB_RENEW_INTERFACE)
			writeFileSync(SNAPSHOT, `${JSON.stringify(now, null, '\t')}\n`);

		// Not as it was? Then workflows may break. `npm run interface` renews the file, on purpose.
		expect(now).toEqual(JSON.parse(readFileSync(SNAPSHOT, 'utf8')));
	});

	it('has no condition that n8n 1.123 fails on, or that n8n gives a time limit', () => {
		const conditions = JSON.stringify(
			[new AgentClub(), new AgentClubTrigger()].map(({ description }) => description.properties),
		);

		expect(conditions).toContain('"_cnd":{"between"');
		expect(conditions).not.toMatch(/"_cnd":\{"(startsWith|endsWith|includes|regex)"/);
	});

	it('covers the items of every operation', () => {
		const operations = choices(new AgentClub(), 'operation').flatMap(({ value, resources }) =>
			resources.map((resource) => `${resource as string}: ${value}`),
		);

		// An operation is missing? Add a run to RUNS above, then renew with `npm run interface`.
		expect([...Object.keys(RUNS), ASKING].sort()).toEqual(operations.sort());
	});
});
