import { Writable } from 'node:stream';
import type { IWebhookFunctions } from 'n8n-workflow';
import { agentRegistry } from '../../../../client/agent/registry';
import { hiddenNoteOf, withoutHiddenNote } from '../../../../client/protocol/hidden-note';
import { aboutChat, aboutQuestion, type Reply } from '../../../../client/questions/question';
import { Sealer } from '../../../../client/questions/sealer';
import type { Asked } from '../../../../nodes/AgentClub/questions/asked';
import { answerQuestion, questionWebhooks } from '../../../../nodes/AgentClub/questions/webhook';
import { eventually } from '../../../support/eventually';
import { settled } from '../../../support/fake-clock';
import { NODE } from '../../../support/fake-host';
import { FakeSession } from '../../../support/fake-session';
import { AGENT, ALICE } from '../../../support/sample-messages';

jest.mock('../../../../client/agent/registry');

const TOKEN = 'sk_agt_secret';
const CHAT = { type: 'group', id: 'gc_1' } as const;
const REPLY: Reply = {
	approved: true,
	text: null,
	messageId: 'm1',
	responder: { id: ALICE, name: 'Alice', kind: 'human' },
	fileUrl: '',
	fileName: '',
	contentType: 'text',
};

let asks = 0;

/** A question of its own for each call, as n8n keeps it with the execution. */
function asked(change: Partial<Asked> = {}): Asked {
	asks += 1;
	return {
		id: `q${asks}`,
		responseType: 'approval',
		approveLabel: 'Ship',
		disapproveLabel: 'Hold <it>',
		isReview: false,
		announces: true,
		excerpt: 'May I ship it?',
		chat: CHAT,
		agentId: AGENT,
		agentName: 'Clerk',
		text: 'May I ship <it>?',
		...change,
	};
}

/** What somebody sends to the address of a question. */
interface Sent {
	readonly query?: Record<string, unknown>;
	/** A GET has none. */
	readonly body?: Record<string, unknown>;
	readonly token?: string | Error;
	/** n8n's own answer once the node has returned; undefined while it has none. */
	readonly n8n?: number | undefined;
}

/** Hands a request to the node, on n8n as the test plays it. */
async function send(question: Asked | undefined, sent: Sent = {}) {
	const { query, body, token = TOKEN } = sent;
	const session = new FakeSession();
	jest.mocked(agentRegistry).mockReturnValue({ session: () => session } as never);
	const warnings: string[] = [];
	const shown = {
		status: 200,
		headers: {} as Record<string, string>,
		html: '',
		json: undefined as unknown,
	};
	const response = Object.assign(
		new Writable({
			write: (_chunk, _how, done) => {
				done();
			},
		}),
		{
			statusCode: 200,
			headersSent: false,
			setHeader: (name: string, value: string) => (shown.headers[name] = value),
			status: (code: number) => {
				shown.status = code;
				return response;
			},
			send: (html: string) => (shown.html = html),
			json: (value: unknown) => (shown.json = value),
		},
	);
	const answer = async (status: number) => {
		response.statusCode = status;
		response.end();
		await settled();
	};
	const host = {
		getWorkflow: () => ({ id: 'workflow-1', name: 'W', active: true }),
		getNode: () => NODE,
		getCredentials: () =>
			token instanceof Error
				? Promise.reject(token)
				: Promise.resolve({ serverUrl: 'http://club.test:5555/club', agentToken: token }),
		evaluateExpression: () => question,
		getQueryData: () => query ?? { q: question?.id },
		getBodyData: () => body,
		getResponseObject: () => response,
		logger: { warn: (line: string) => warnings.push(line) },
		helpers: {
			prepareBinaryData: (_content: unknown, fileName: string, mimeType: string) =>
				Promise.resolve({ data: 'stored', fileName, mimeType }),
		},
	};
	const result = await answerQuestion(host as unknown as IWebhookFunctions);
	const n8n = 'n8n' in sent ? sent.n8n : 200;
	if (n8n !== undefined) await answer(n8n);
	/** What the execution goes on with; undefined where it waits on. */
	const item = result.workflowData?.[0]?.[0];
	const html = shown.html || String(result.webhookResponse ?? '');
	const isAnswered = result.noWebhookResponse === true;
	return { result, item, shown, html, isAnswered, session, warnings, response, answer };
}

const sealed = (question: Asked, reply: Partial<Reply> = {}, token = TOKEN) =>
	new Sealer(token).seal({ ...REPLY, ...reply }, aboutQuestion(question.chat, question.id));

it('n8n opens the addresses of a question only while its execution waits', () => {
	expect(questionWebhooks).toHaveLength(4);
	for (const webhook of questionWebhooks) expect(webhook.restartWebhook).toBe(true);
});

describe('whoever opens a link', () => {
	it('reads the question and decides nothing; the button of that link stands out', async () => {
		const question = asked();
		const { item, html, shown, isAnswered } = await send(question, {
			query: { q: question.id, a: 'decline' },
		});
		expect(item).toBeUndefined();
		expect(isAnswered).toBe(true);
		expect(html).toContain('May I ship &lt;it&gt;?');
		expect(html).toMatch(/<button (?!class)[^>]*value="approve"[^>]*>Ship</);
		expect(html).toMatch(/<button class="main"[^>]*value="decline"[^>]*>Hold &lt;it&gt;</);
		expect(html).toContain('href="http://club.test:5555/club"');
		const [, nonce = ''] = /style nonce="([\w-]+)"/.exec(html) ?? [];
		expect(shown.headers['content-security-policy']).toContain(`'nonce-${nonce}'`);
	});

	it.each([
		['another secret', { q: 'guessed' }],
		['no secret', {}],
		['a list of secrets', { q: ['q1', 'q2'] }],
	])('with %s reads that there is nothing to answer, and decides nothing', async (_what, query) => {
		for (const body of [undefined, { decision: 'approve' }]) {
			const { item, html } = await send(asked(), { query, body });
			expect(item).toBeUndefined();
			expect(html).toContain('Nothing to answer');
			expect(html).not.toContain('May I ship');
		}
	});

	it('reads the same where the node has asked nothing', async () => {
		const { item, html } = await send(undefined, { body: { decision: 'approve' } });
		expect(item).toBeUndefined();
		expect(html).toContain('Nothing to answer');
	});
});

describe('a button', () => {
	it('lets the execution go on, and tells the chat', async () => {
		const question = asked();
		const { item, html, session } = await send(question, { body: { decision: 'decline' } });
		expect(item?.json).toMatchObject({
			data: { approved: false, via: 'link', responder: null, questionId: question.id },
		});
		expect(html).toContain('You chose: Hold &lt;it&gt;');
		const [said = ''] = session.texts;
		expect(withoutHiddenNote(said)).toBe('Declined by link: "May I ship it?"');
		expect(new Sealer(TOKEN).open(hiddenNoteOf(said) ?? '', aboutChat(AGENT, CHAT))).toEqual({
			is: 'outcome',
			id: question.id,
		});
	});

	it('that is pressed after another one decides nothing, and its page says why', async () => {
		const question = asked();
		await send(question, { body: { decision: 'approve' } });
		const later = await send(question, { body: { decision: 'decline' } });
		expect(later.item).toBeUndefined();
		expect(later.html).toContain('has been answered already');
		expect((await send(question)).html).toContain('has been answered already');
		expect(later.session.texts).toEqual([]);
	});

	it.each([{ decision: 'yes' }, { decision: ['approve'] }, { text: 'approve' }, {}])(
		'decides nothing by a form that has %j',
		async (body) => {
			const { item, html } = await send(asked(), { body });
			expect(item).toBeUndefined();
			expect(html).toContain('May I ship');
		},
	);

	it('sends words where they are asked for, and nothing empty', async () => {
		const question = asked({ responseType: 'freeText', announces: false });
		const empty = await send(question, { body: { decision: 'text', text: ' \n' } });
		expect(empty.item).toBeUndefined();
		expect(empty.html).toContain('<textarea');
		const { item, html, session } = await send(question, { body: { text: ' blue ' } });
		expect(item?.json).toMatchObject({ data: { approved: null, text: 'blue' }, chatInput: 'blue' });
		expect(html).toContain('Answer sent');
		expect(session.texts).toEqual([]);
	});
});

describe('a reply', () => {
	it('that the trigger hands over lets the execution go on, once', async () => {
		const question = asked();
		const body = { answer: sealed(question) };
		const { item, result, session } = await send(question, { body });
		expect(result.webhookResponse).toEqual({ agentClub: 'accepted' });
		expect(item?.json.data).toMatchObject({
			approved: true,
			via: 'reply',
			messageId: 'm1',
			responder: { id: ALICE, name: 'Alice', kind: 'human' },
		});
		expect(session.texts.map(withoutHiddenNote)).toEqual(['Approved by Alice: "May I ship it?"']);

		const again = await send(question, { body });
		expect(again.item).toBeUndefined();
		expect(again.shown.json).toEqual({ agentClub: 'over' });
		expect(again.session.texts).toEqual([]);
	});

	const other = asked();
	it.each<readonly [string, (question: Asked) => string]>([
		['to another question', () => sealed(other)],
		['in another chat', ({ id }) => sealed(asked({ id, chat: { type: 'group', id: 'gc_2' } }))],
		['under another token', (question) => sealed(question, {}, 'sk_agt_other')],
		['that was changed', (question) => `A${sealed(question).slice(1)}B`],
		['that is empty', () => ''],
	])('%s is not taken, and the question stays open', async (_which, answer) => {
		const question = asked();
		const { item, shown } = await send(question, { body: { answer: answer(question) } });
		expect(item).toBeUndefined();
		expect(shown.json).toEqual({ agentClub: 'over' });
		expect((await send(question, { body: { check: true } })).shown.json).toEqual({
			agentClub: 'open',
		});
	});

	it('to free text brings its file along', async () => {
		const question = asked({ responseType: 'freeText' });
		const reply = { approved: null, text: 'here', fileUrl: '/media/a.pdf', fileName: 'a.pdf' };
		const { item } = await send(question, { body: { answer: sealed(question, reply) } });
		expect(item?.binary?.data).toMatchObject({ fileName: 'a.pdf', mimeType: 'application/pdf' });
		expect(item?.json).toMatchObject({ data: { text: 'here' }, chatInput: 'here\n[file: a.pdf]' });
	});

	it('counts without its file too, and the item says what is missing', async () => {
		const question = asked({ responseType: 'freeText' });
		const reply = { approved: null, text: '', fileUrl: '/media/missing', fileName: 'a.pdf' };
		const { item, session } = await send(question, { body: { answer: sealed(question, reply) } });
		expect(item?.binary).toEqual({});
		expect(item?.json.chatInput).toBe('[file: a.pdf]');
		expect(item?.json.problems).toEqual([
			'The file "a.pdf" could not be had: The file is not there',
		]);
		// That of the outcome, which is still on its way.
		expect(session.leases).toBe(1);
	});

	it('with words to a review gives them to the model', async () => {
		const question = asked({ isReview: true });
		const reply = { approved: false, text: 'take 8' };
		const { item } = await send(question, { body: { answer: sealed(question, reply) } });
		expect(item?.json.data).toMatchObject({ approved: false, chatInput: 'take 8' });
	});
});

describe('an answer that n8n has been given', () => {
	it('counts only once n8n has taken it: until then nothing is told, and others are to wait', async () => {
		const question = asked();
		const body = { answer: sealed(question) };
		const { item, session, answer } = await send(question, { body, n8n: undefined });
		expect(item).toBeDefined();
		expect(session.texts).toEqual([]);
		const check = await send(question, { body: { check: true } });
		expect(check.shown.json).toEqual({ agentClub: 'open' });
		const other = await send(question, { body });
		expect([other.item, other.shown.json]).toEqual([undefined, { agentClub: 'busy' }]);
		await answer(200);
		// The registry of this test gives the session that was made last.
		const said = other.session.texts.map(withoutHiddenNote);
		expect(said).toEqual(['Approved by Alice: "May I ship it?"']);
		expect((await send(question, { body })).shown.json).toEqual({ agentClub: 'over' });
	});

	it.each([409, 500])(
		'does not count where n8n refuses it (%i): the question is open',
		async (n8n) => {
			const question = asked();
			const { session } = await send(question, { body: { decision: 'approve' }, n8n });
			expect(session.texts).toEqual([]);
			const again = await send(question, { body: { answer: sealed(question) } });
			expect(again.result.webhookResponse).toEqual({ agentClub: 'accepted' });
		},
	);

	it('counts when n8n takes it after the one who asked has gone', async () => {
		const question = asked();
		const { session, answer, response } = await send(question, {
			body: { answer: sealed(question) },
			n8n: undefined,
		});
		response.destroy();
		await settled();
		expect(session.texts).toEqual([]);
		await answer(200);
		await eventually('the outcome', () => Promise.resolve(session.texts[0]));
	});
});

it('whether a question is open is told without answering it', async () => {
	const question = asked();
	const check = async () => (await send(question, { body: { check: true } })).shown.json;
	expect(await check()).toEqual({ agentClub: 'open' });
	expect(await check()).toEqual({ agentClub: 'open' });
	await send(question, { body: { decision: 'approve' } });
	expect(await check()).toEqual({ agentClub: 'over' });
});

it('nothing is thrown where the credential cannot be read: the question stays open', async () => {
	const question = asked();
	const { item, shown, warnings } = await send(question, {
		body: { decision: 'approve' },
		token: new Error('The credential is gone'),
	});
	expect(item).toBeUndefined();
	expect(shown.status).toBe(503);
	expect(warnings.join()).toContain('could not be taken: The credential is gone');
	expect((await send(question, { body: { decision: 'approve' } })).item).toBeDefined();
});
