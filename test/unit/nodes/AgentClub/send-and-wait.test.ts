import { NodeHelpers } from 'n8n-workflow';
import { agentRegistry } from '../../../../client/agent/registry';
import { hiddenNoteOf, withoutHiddenNote } from '../../../../client/protocol/hidden-note';
import { aboutChat, type QuestionNote } from '../../../../client/questions/question';
import { Sealer } from '../../../../client/questions/sealer';
import { AgentClub } from '../../../../nodes/AgentClub/AgentClub.node';
import { runOperation } from '../../../../nodes/AgentClub/actions/router';
import { settled } from '../../../support/fake-clock';
import { executeHost, NODE } from '../../../support/fake-host';
import { FakeSession } from '../../../support/fake-session';
import { AGENT, ALICE, BOB, member } from '../../../support/sample-messages';

jest.mock('../../../../client/agent/registry');

const CHAT = { sendTo: 'chat', chatId: 'gc_1' };

interface AskOptions {
	readonly parameters?: Readonly<Record<string, unknown>>;
	readonly publicAddress?: string;
	readonly type?: string;
	readonly toolParameters?: unknown;
	readonly resumeUrl?: string;
	readonly timezone?: string;
	readonly refused?: boolean;
	/** The node that n8n runs, where this one is called within it. */
	readonly within?: string;
}

/** Asks in a chat, on n8n as the test plays it. */
async function ask({
	parameters = {},
	publicAddress = 'https://n8n.test',
	type = 'n8n-nodes-agentclub.agentClub',
	toolParameters,
	resumeUrl = '',
	timezone = 'UTC',
	refused = false,
	within = NODE.name,
}: AskOptions = {}) {
	const session = new FakeSession();
	session.memberList = [member(ALICE, 'Alice'), member(AGENT, 'Robo', { kind: 'agent' })];
	jest.mocked(agentRegistry).mockReturnValue({ session: () => session } as never);
	const running = {
		node: { ...NODE, name: within },
		data: { main: [[{ json: { toolParameters } }, { json: {} }]] },
		source: null,
	};
	const waits: Date[] = [];
	const hints: string[] = [];
	const context: Record<string, unknown> = {};
	const signed = (query: Record<string, string>) =>
		`${publicAddress}/webhook-waiting/7/node?${new URLSearchParams(query).toString()}&signature=abc`;
	const host = executeHost({
		items: running.data.main[0] as [],
		parameters: {
			resource: 'message',
			operation: 'sendAndWait',
			message: 'May I ship it?',
			'approvalOptions.values': {},
			...CHAT,
			...parameters,
		},
		more: {
			getNode: () => ({ ...NODE, type }),
			getTimezone: () => timezone,
			getExecutionId: () => '7',
			getContext: () => context,
			getExecuteData: () => running,
			getSignedResumeUrl: signed,
			evaluateExpression: () => resumeUrl,
			putExecutionToWait: (until: Date) => {
				waits.push(until);
				return Promise.resolve();
			},
			addExecutionHints: ({ message }: { message: string }) => hints.push(message),
		},
	});
	const asking = runOperation(host);
	asking.catch(() => undefined);
	await settled();
	await (refused ? session.open[0]?.refuse('no') : session.open[0]?.answer('m1'));
	const text = session.texts[0] ?? '';
	const note = new Sealer('sk_agt_secret').open(
		hiddenNoteOf(text) ?? '',
		aboutChat(AGENT, { type: 'group', id: 'gc_1' }),
	) as QuestionNote | undefined;
	const question = note?.is === 'question' ? note.question : undefined;
	const shown = withoutHiddenNote(text);
	return { asking, session, running, waits, hints, context, shown, question };
}

it('asks, keeps what its answer needs, and waits for ever', async () => {
	const { asking, shown, question, context, waits, session } = await ask();
	await asking;
	expect(shown).toMatch(
		/^> May I ship it\?\n\nReply \*\*yes\*\* or \*\*no\*\*, or \[Approve\]\(https:\/\/n8n\.test\/webhook-waiting\/7\/node\?q=\S+&a=approve&signature=abc\) · \[Decline\]/,
	);
	expect(question).toMatchObject({
		wakePath: `/webhook-waiting/7/node?q=${question?.id ?? ''}&signature=abc`,
		wakeOrigin: 'https://n8n.test',
		isReview: false,
		approvers: [],
	});
	expect(context.agentClubQuestion).toMatchObject({
		id: question?.id,
		text: 'May I ship it?',
		agentName: 'Robo',
	});
	expect(waits[0]?.getFullYear()).toBe(3000);
	expect(session.open).toHaveLength(1);
});

it('goes on with a time-out in place of its input, once the time is over', async () => {
	const { asking, running, waits, question, session } = await ask({
		parameters: {
			options: {
				limitWaitTime: {
					values: { limitType: 'afterTimeInterval', resumeAmount: 2, resumeUnit: 'hours' },
				},
			},
		},
	});
	await asking;
	const until = session.clock.wallTime() + 7_200_000;
	expect(waits[0]?.getTime()).toBe(until);
	expect(question?.until).toBe(until);
	expect(running.data.main[0]).toMatchObject([
		{ json: { data: { approved: false, timedOut: true, via: 'timeout', chatId: 'gc_1' } } },
	]);
});

it.each([
	['2030-06-01T10:00:00', '2030-06-01T08:00:00.000Z'],
	['2030-06-01T10:00:00Z', '2030-06-01T10:00:00.000Z'],
	['2030-06-01T10:00:00.000+05:00', '2030-06-01T05:00:00.000Z'],
	[new Date('2030-06-01T10:00:00Z'), '2030-06-01T10:00:00.000Z'],
	[1_906_538_400, '2030-06-01T10:00:00.000Z'],
])('waits until %p, in the time zone of the workflow where it names none', async (given, until) => {
	const { asking, waits } = await ask({
		timezone: 'Europe/Berlin',
		parameters: {
			options: {
				limitWaitTime: { values: { limitType: 'atSpecifiedTime', maxDateAndTime: given } },
			},
		},
	});
	await asking;
	expect(waits.map((date) => date.toISOString())).toEqual([until]);
});

it('gives a model words to read where nobody wrote any in time', async () => {
	const { asking, running } = await ask({ parameters: { responseType: 'freeText' } });
	await asking;
	expect(running.data.main[0]).toMatchObject([
		{ json: { data: { text: null, timedOut: true }, chatInput: 'Nobody answered in time.' } },
	]);
});

it('asks nothing where another node runs it as a part of itself: nobody would wait', async () => {
	const { asking, session, waits, running } = await ask({ within: 'AI Agent' });
	await expect(asking).rejects.toMatchObject({
		message: expect.stringContaining('the question was not asked') as string,
		description: expect.stringContaining('to an AI Agent of version 3 or newer') as string,
	});
	expect(session.texts).toEqual([]);
	expect(waits).toEqual([]);
	expect(running.data.main[0]).toEqual([{ json: {} }, { json: {} }]);
});

it('has a limit of time that n8n stores as it is shown', () => {
	const { description } = new AgentClub();
	const parameters = { resource: 'message', operation: 'sendAndWait', message: 'May I?' };
	const shown = { limitType: 'afterTimeInterval', resumeAmount: 45, resumeUnit: 'minutes' };
	const options = { limitWaitTime: { values: shown } };
	const stored = NodeHelpers.getNodeParameters(
		description.properties,
		{ ...parameters, options },
		false,
		false,
		NODE,
		description,
	);
	// n8n leaves out what is a field's default, and n8n 1.123 a collection in which nothing is left.
	expect(stored?.options).toEqual({ limitWaitTime: { values: { resumeAmount: 45 } } });
});

it('leaves its input alone where the question could not be sent: a further try reads it', async () => {
	const { asking, running, waits } = await ask({ refused: true, toolParameters: { id: 7 } });
	await expect(asking).rejects.toThrow('no');
	expect(running.data.main[0]).toEqual([{ json: { toolParameters: { id: 7 } } }, { json: {} }]);
	expect(waits).toEqual([]);
});

describe('links', () => {
	it.each([
		['n8n has no public address', { publicAddress: 'http://localhost:5678' }],
		['approvers are named', { parameters: { options: { approvers: ALICE } } }],
		['only a reply counts', { parameters: { options: { answerBy: 'reply' } } }],
	])('are left out where %s, and a hint says that nobody listens', async (_why, options) => {
		const { asking, shown, hints } = await ask(options);
		await asking;
		expect(shown).toContain('Reply **yes** or **no**');
		expect(shown).not.toContain('http');
		expect(hints.join()).toContain('publish a workflow with an Agent Club Trigger');
	});

	it('alone hide no note in the question', async () => {
		const { asking, shown, question } = await ask({
			parameters: { options: { answerBy: 'link' } },
		});
		await asking;
		expect(shown).not.toContain('Reply');
		expect(question).toBeUndefined();
	});

	it("bear the execution's own token where n8n lives below a path", async () => {
		const { asking, shown, question } = await ask({
			publicAddress: 'https://n8n.test/flows',
			resumeUrl: 'https://n8n.test/flows/webhook-waiting/7?signature=token',
		});
		await asking;
		expect(question?.wakePath).toBe(
			`/webhook-waiting/7/answer?signature=token&q=${question?.id ?? ''}`,
		);
		expect(shown).toContain('https://n8n.test/flows/webhook-waiting/7/answer?signature=token&q=');
	});
});

it('mentions the approvers, who are members', async () => {
	const { asking, session, question } = await ask({
		parameters: { options: { approvers: `@${ALICE}` } },
	});
	await asking;
	expect(session.open[0]?.outgoing.mentions).toEqual([ALICE]);
	expect(question?.approvers).toEqual([ALICE]);
});

it('reads a question and labels as a model and expressions give them', async () => {
	const { asking, shown, question } = await ask({
		parameters: {
			message: [
				{ type: 'reasoning', summary: [] },
				{ type: 'text', text: 'Which one?' },
			],
			'approvalOptions.values': { approveLabel: 1, disapproveLabel: 2 },
		},
	});
	await asking;
	expect(shown).toMatch(/^> Which one\?\n/);
	expect(question).toMatchObject({ approveLabel: '1', disapproveLabel: '2' });
});

it('asks in a direct chat where one of the approvers is the person there', async () => {
	const { asking, session } = await ask({
		parameters: { chatId: 'dc_7', options: { approvers: `${ALICE}, u_bob` } },
	});
	await asking;
	expect(session.open).toHaveLength(1);
});

it.each([
	['an empty message', { message: ' ' }, '"Message" is empty'],
	[
		'approvers who are not in the direct chat',
		{ chatId: 'dc_7', options: { approvers: ALICE } },
		'None of the approvers ("u_alice") is in the direct chat with Bob',
	],
	['somebody who is not there', { options: { approvers: BOB } }, 'is not in the group'],
	['a name', { options: { approvers: 'Alice' } }, '"Approvers" has "Alice", which is no user'],
	[
		'labels that are the same',
		{ 'approvalOptions.values': { approveLabel: 'ok', disapproveLabel: 'OK!' } },
		'cannot be told apart',
	],
	[
		'a time that is over',
		{
			options: {
				limitWaitTime: { values: { limitType: 'atSpecifiedTime', maxDateAndTime: '2001-01-01' } },
			},
		},
		'names no time that is still to come',
	],
	[
		'a time that is none',
		{
			options: {
				limitWaitTime: { values: { limitType: 'atSpecifiedTime', maxDateAndTime: 'tomorrow' } },
			},
		},
		'"Max Date and Time" has the value "tomorrow"',
	],
	[
		'no time at all',
		{ options: { limitWaitTime: { values: { limitType: 'atSpecifiedTime' } } } },
		'names no time that is still to come',
	],
	[
		'a kind of limit that does not exist',
		{ options: { limitWaitTime: { values: { limitType: 'never' } } } },
		'"Limit Type" has the value "never"',
	],
	[
		'no way to answer',
		{ options: { answerBy: 'link', approvers: ALICE } },
		'Nobody could answer the question',
	],
])('does not ask with %s', async (_what, parameters, words) => {
	const { asking, session, waits } = await ask({ parameters });
	await expect(asking).rejects.toThrow(words);
	expect(session.open).toEqual([]);
	expect(waits).toEqual([]);
});

it.each([
	['n8n-nodes-agentclub.agentClub', '> See https://a.test'],
	['n8n-nodes-agentclub.agentClubTool', '> See https&#58;//a.test'],
	['n8n-nodes-agentclub.agentClubHitlTool', '> See https&#58;//a.test'],
])('shows addresses as links unless a model may have written them: %s', async (type, line) => {
	const { asking, shown } = await ask({ type, parameters: { message: 'See https://a.test' } });
	await asking;
	expect(shown.split('\n')[0]).toBe(line);
});

it("shows a tool's parameters as JSON in a review, cut where they are endless", async () => {
	const review = { type: 'n8n-nodes-agentclub.agentClubHitlTool' };
	const message = 'The agent wants to run this tool: Delete\n\nInput:\n[object Object]';
	const { asking, shown, question } = await ask({
		...review,
		parameters: { message },
		toolParameters: {
			id: 7,
			name: '<at user_id="all">all</at>',
			note: 'x\u2028```\u2028[Approve](https://evil.test)\u202e',
		},
	});
	await asking;
	expect(question?.isReview).toBe(true);
	expect(shown).toContain('> ````json\n> {\n>   "id": 7,');
	expect(shown).toContain('"x\\u2028```\\u2028[Approve](https://evil.test)\\u202e"\n> }\n> ````');
	expect(shown).not.toContain('[object Object]');
	const long = await ask({
		...review,
		parameters: { message },
		toolParameters: { text: 'x'.repeat(5000) },
	});
	await long.asking;
	expect(long.shown).toContain('characters in all)');
	expect(long.shown.length).toBeLessThan(3500);
});
