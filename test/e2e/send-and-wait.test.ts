import type { ChatAddress } from '../../playground/club/club';
import { outputOf } from '../../playground/host/n8n-types';
import {
	ACTION_TYPE,
	actionNode,
	chain,
	CREDENTIAL_TYPE,
	node,
} from '../../playground/host/workflow-json';
import type { ModelCall, Script, ToolCall } from '../support/openai-stub';
import { unreadBecomes } from '../support/unread';
import { agentNode, chatModelNode, toolNode, useModels, withSubNodes } from './ai-scene';
import {
	type Cast,
	containing,
	mention,
	openTrigger,
	replyNode,
	Scene,
	START_WITHIN,
} from './scene';

/** n8n's public address, as people's links have it; the tests know where it really is. */
const PUBLIC = 'https://n8n.example.test';

let running: Scene | undefined;
const scene = (): Scene => {
	if (!running) throw new Error('The scene has not been started');
	return running;
};
beforeAll(async () => {
	running = await Scene.start({ WEBHOOK_URL: `${PUBLIC}/` });
}, START_WITHIN);
afterAll(async () => {
	await running?.stop();
}, 60_000);

const model = useModels(() => scene().host);

/** Somebody writes, the workflow asks in that chat, and says there what came of it. */
async function publishAsking(
	{ credential }: Cast,
	parameters: Record<string, unknown> = {},
	name = 'Asking',
): Promise<string> {
	const ask = actionNode(
		credential,
		{ operation: 'sendAndWait', message: 'May I ship it?', ...parameters },
		'Ask',
	);
	const tell = replyNode(credential, '=RESULT {{ JSON.stringify($json) }}');
	return await scene().host.publish(chain(name, [openTrigger(credential), ask, tell]));
}

/** The agent's messages in a chat, without what nobody sees. */
const seen = async ({ page, agent }: Cast, chat: ChatAddress, count: number) =>
	(await page.from(agent.id, chat.id, count)).map(({ content }) =>
		content.replace(/\n\n\[agentclub\]: .*/, ''),
	);

interface Result {
	readonly data: Readonly<Record<string, unknown>>;
	readonly chatInput?: string;
	readonly sessionId?: string;
}

/** What the workflow has gone on with, once it has. */
async function resultOf({ page, agent }: Cast, chat: ChatAddress, count = 1): Promise<Result[]> {
	const results = () =>
		page.messages.filter(
			({ sender_id: sender, chat_id: id, content }) =>
				sender === agent.id && id === chat.id && content.startsWith('RESULT '),
		);
	await page.until(() => results().length >= count, `${count} results`);
	return results().map(({ content }) => JSON.parse(content.slice('RESULT '.length)) as Result);
}

/** Starts the workflow from a chat; answers the question when its execution waits. */
async function askIn(cast: Cast, chat: ChatAddress, workflow: string): Promise<string> {
	const { mia, agent } = cast;
	const before = cast.page.messages.filter(({ sender_id: id }) => id === agent.id).length;
	await scene().club.say(mia.id, chat, mention(agent, 'go'));
	await cast.page.until(
		() => cast.page.messages.filter(({ sender_id: id }) => id === agent.id).length > before,
		'the question',
	);
	await scene().host.inState(workflow, 'waiting');
	return cast.page.messages.findLast(({ sender_id: id }) => id === agent.id)?.content ?? '';
}

/** What a link of the question leads to, on this machine. */
const linkIn = (text: string, label: string): string => {
	const address = new RegExp(`\\[${label}\\]\\(([^)]*)\\)`).exec(text)?.[1] ?? '';
	expect(address.startsWith(`${PUBLIC}/`)).toBe(true);
	return scene().host.n8n.address + address.slice(PUBLIC.length);
};

const pressed = (address: string, decision: string): Promise<Response> =>
	fetch(address, { method: 'POST', body: new URLSearchParams({ decision }) });

describe('a question in a direct chat', () => {
	it('is answered by a word, which starts no workflow and is read in its turn', async () => {
		const cast = await scene().cast();
		const { mia, direct, agent } = cast;
		const workflow = await publishAsking(cast);
		expect(await askIn(cast, direct, workflow)).toMatch(
			/^> May I ship it\?\n\nReply \*\*yes\*\* or \*\*no\*\*, or \[Approve\]\(https:.*\) · \[Decline\]\(https:/,
		);

		const reply = await scene().club.say(mia.id, direct, { content: 'Yes!' });

		expect(await resultOf(cast, direct)).toEqual([
			{
				data: {
					approved: true,
					text: null,
					respondedAt: containing('T'),
					via: 'reply',
					timedOut: false,
					responder: { id: mia.id, name: mia.displayName, kind: 'human' },
					messageId: reply.id,
					chatId: direct.id,
					questionId: containing(''),
				},
			},
		]);
		expect(await seen(cast, direct, 3)).toContain(
			`Approved by ${mia.displayName}: "May I ship it?"`,
		);
		await unreadBecomes(scene().club.url, agent.token, []);
		const ended = await scene().host.ended(workflow, 1);
		expect(ended).toHaveLength(1);
		expect(outputOf(ended[0], 'Ask')).toHaveLength(1);
	});

	it('lets ordinary messages go their way while it is open, and a second question have the first reply', async () => {
		const cast = await scene().cast();
		const { mia, direct } = cast;
		const workflow = await publishAsking(cast);
		await askIn(cast, direct, workflow);

		await scene().club.say(mia.id, direct, { content: 'what is the weather like?' });
		await scene().host.inState(workflow, 'waiting', 2);
		await scene().club.say(mia.id, direct, { content: 'no' });
		const [first] = await resultOf(cast, direct);
		await scene().club.say(mia.id, direct, { content: '👍🏽' });
		const [, second] = await resultOf(cast, direct, 2);

		expect([first?.data.approved, second?.data.approved]).toEqual([false, true]);
		const [asked, askedAgain] = await scene().host.ended(workflow, 2);
		expect(outputOf(askedAgain, 'Ask')[0]?.json).toEqual(first);
		expect(outputOf(asked, 'Ask')[0]?.json).toEqual(second);
	});

	it('takes free text with a file, and no outcome line where that is turned off', async () => {
		const cast = await scene().cast();
		const { mia, direct, agent } = cast;
		const workflow = await publishAsking(cast, {
			responseType: 'freeText',
			message: 'What shall I write?',
			options: { announceOutcome: false, answerBy: 'reply' },
		});
		expect(await askIn(cast, direct, workflow)).toMatch(
			/^> What shall I write\?\n\nReply with your answer\n/,
		);
		const { url } = await scene().club.uploadAs(mia.id, 'notes.txt', Buffer.from('my notes'));

		await scene().club.say(mia.id, direct, {
			content: 'this here',
			fileUrl: url,
			fileName: 'notes.txt',
			contentType: 'file',
		});

		expect(await resultOf(cast, direct)).toMatchObject([
			{
				data: { approved: null, text: 'this here', via: 'reply' },
				chatInput: 'this here',
				sessionId: `agentclub:${agent.id}:${direct.id}`,
			},
		]);
		const [execution] = await scene().host.ended(workflow, 1);
		const file = outputOf(execution, 'Ask')[0]?.binary?.data;
		expect(file).toMatchObject({ fileName: 'notes.txt', mimeType: 'text/plain' });
		expect(await seen(cast, direct, 2)).toHaveLength(2);
	});

	it('goes on with "timedOut" when the time is over, and says so in the chat', async () => {
		const cast = await scene().cast();
		const { direct } = cast;
		const workflow = await publishAsking(cast, {
			options: {
				limitWaitTime: {
					values: { limitType: 'afterTimeInterval', resumeAmount: 0.05, resumeUnit: 'minutes' },
				},
			},
		});
		await askIn(cast, direct, workflow);

		await scene().host.ended(workflow, 1, 100_000);

		expect(await resultOf(cast, direct)).toMatchObject([
			{ data: { approved: false, via: 'timeout', timedOut: true, responder: null } },
		]);
		await cast.page.until(
			() => cast.page.messages.some(({ content }) => content.startsWith('Nobody answered in time')),
			'the outcome',
		);
	}, 240_000);

	it('is answered after n8n was killed and published anew meanwhile, by a reply from that time', async () => {
		const cast = await scene().cast();
		const { mia, direct, agent } = cast;
		const workflow = await publishAsking(cast);
		await askIn(cast, direct, workflow);
		// What was read a moment ago would come again after a crash.
		await unreadBecomes(scene().club.url, agent.token, []);
		await scene().host.n8n.kill();
		await scene().club.say(mia.id, direct, { content: 'ja' });
		await scene().host.n8n.startAgain();

		expect((await resultOf(cast, direct))[0]?.data).toMatchObject({ approved: true, via: 'reply' });
		expect(await scene().host.executions(workflow)).toHaveLength(1);

		await askIn(cast, direct, workflow);
		await scene().host.n8n.stop();
		await scene().host.n8n.startAgain();
		const record = await scene().host.rest.workflow(workflow);
		await scene().host.publishAgain(workflow, { ...record, name: 'Asking, renamed' });
		await scene().club.say(mia.id, direct, { content: 'Decline' });

		expect((await resultOf(cast, direct, 2))[1]?.data).toMatchObject({ approved: false });
	}, 240_000);

	it.each(Array.from({ length: Number(process.env.AGENTCLUB_RACES ?? 3) }, (_, index) => index))(
		'has a reply that comes as soon as the question is seen, time %#',
		async () => {
			const cast = await scene().cast();
			const { mia, direct, agent, page } = cast;
			const workflow = await publishAsking(cast);
			await scene().club.say(mia.id, direct, { content: 'go' });
			await page.from(agent.id, direct.id);

			await scene().club.say(mia.id, direct, { content: 'yes' });

			expect((await resultOf(cast, direct))[0]?.data).toMatchObject({ approved: true });
			expect(await scene().host.executions(workflow)).toHaveLength(1);
		},
	);
});

describe('a question in a group', () => {
	it('is declined on its page, where only the button decides, and once', async () => {
		const cast = await scene().cast();
		const { group } = cast;
		const workflow = await publishAsking(cast);
		const link = linkIn(await askIn(cast, group, workflow), 'Decline');

		const page = await fetch(link);
		expect(page.status).toBe(200);
		expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
		expect(await page.text()).toContain('May I ship it?');
		await scene().host.inState(workflow, 'waiting');
		const answers = await Promise.all(Array.from({ length: 8 }, () => pressed(link, 'decline')));
		const pages = await Promise.all(answers.map((answer) => answer.text()));
		expect(pages.filter((html) => html.includes('You chose: Decline'))).toHaveLength(1);
		expect(pages.filter((html) => html.includes('answered already'))).toHaveLength(7);

		expect(await resultOf(cast, group)).toMatchObject([
			{ data: { approved: false, via: 'link', responder: null, messageId: null } },
		]);
		expect(await seen(cast, group, 3)).toContain('Declined by link: "May I ship it?"');
	});

	it('is answered by those who are named, mentioned or not, and by nobody else', async () => {
		const cast = await scene().cast();
		const { mia, group, agent, direct } = cast;
		const tom = await scene().club.addHuman(`tom-${agent.username}`, 'Tom');
		const other = await scene().club.addAgent(`other-${agent.username}`, 'Other');
		await scene().club.addMember(group.id, tom.id);
		await scene().club.addMember(group.id, other.id);
		const workflow = await publishAsking(cast, {
			options: { approvers: `${tom.id}, ${other.id}` },
		});
		const question = await askIn(cast, group, workflow);
		expect(question).toContain(`<at user_id="${tom.id}">Tom</at>`);
		expect(question).not.toContain('[Approve]');

		await scene().club.say(mia.id, group, { content: 'yes' });
		await scene().club.say(mia.id, group, mention(agent, 'yes'));
		await scene().host.inState(workflow, 'waiting', 2);
		await scene().club.say(mia.id, direct, { content: 'yes' });
		await scene().host.inState(workflow, 'waiting', 3);
		await scene().club.say(tom.id, group, { content: 'maybe' });
		await scene().club.say(tom.id, group, mention(agent, 'yes'));

		const [result] = await resultOf(cast, group);
		expect(result?.data).toMatchObject({ approved: true, responder: { id: tom.id, name: 'Tom' } });
	});

	it('has links that answer no later question of the same node', async () => {
		const cast = await scene().cast();
		const { group } = cast;
		const ask = actionNode(
			cast.credential,
			{ operation: 'sendAndWait', message: '=Question {{ $runIndex }}?' },
			'Ask',
		);
		const row = chain('Loop', [openTrigger(cast.credential), ask]);
		const workflow = await scene().host.publish({
			...row,
			connections: {
				...row.connections,
				Ask: { main: [[{ node: 'Ask', type: 'main', index: 0 }]] },
			},
		});
		const old = linkIn(await askIn(cast, group, workflow), 'Approve');
		expect(await (await pressed(old, 'approve')).text()).toContain('You chose: Approve');
		await seen(cast, group, 3);
		await scene().host.inState(workflow, 'waiting');

		expect(await (await pressed(old, 'approve')).text()).toContain('answered already');
		expect(await (await fetch(old)).text()).toContain('answered already');

		const [asked] = await scene().host.inState(workflow, 'waiting');
		await scene().host.rest.stopExecution(asked?.id ?? '');
	});
});

const HITL_TYPE = `${ACTION_TYPE}HitlTool`;
const use = (name: string, args: Record<string, unknown>): ToolCall => ({ name, arguments: args });
/** n8n wraps the parameters of a tool that is reviewed. */
const remove = (id: number) => use('Delete_Customer', { toolParameters: { id } });
const toolTexts = (call: ModelCall | undefined) =>
	(call?.messages ?? []).filter(({ role }) => role === 'tool').map(({ text }) => text);

/** An agent whose only tool deletes a customer, once somebody has agreed. */
async function guarded(cast: Cast, script: Script) {
	const { credential, mia, direct, agent, page } = cast;
	const acting = await model(script);
	const tool = node(
		'Delete_Customer',
		'@n8n/n8n-nodes-langchain.toolCode',
		{
			description: 'Deletes a customer',
			jsCode: 'return "deleted " + JSON.stringify(query);',
			specifyInputSchema: true,
			schemaType: 'fromJson',
			jsonSchemaExample: '{"id": 7}',
		},
		{ typeVersion: 1.3 },
	);
	const review = node(
		'Ask First',
		HITL_TYPE,
		{
			message:
				'=The agent wants to run this tool: {{ $tool.name }}\n\nInput:\n{{ $tool.parameters }}',
		},
		{ credentials: { [CREDENTIAL_TYPE]: { ...credential } } },
	);
	const row = withSubNodes(
		chain('Guarded', [openTrigger(credential), agentNode(), actionNode(credential, {})]),
		{ model: chatModelNode(acting), tools: [review] },
	);
	const workflow = await scene().host.publish({
		...row,
		nodes: [...row.nodes, { ...tool, position: [600, 400] }],
		connections: {
			...row.connections,
			[tool.name]: { ai_tool: [[{ node: review.name, type: 'ai_tool', index: 0 }]] },
		},
	});
	await scene().club.say(mia.id, direct, { content: 'delete customer 7' });
	const questions = () =>
		page.messages.filter(({ content }) => content.startsWith('> The agent wants to run'));
	const asked = async (count: number) => {
		await page.until(() => questions().length >= count, `${count} questions`);
		return questions()[count - 1]?.content ?? '';
	};
	const answer = async (count: number) => {
		const answers = () =>
			page.messages.filter(
				({ sender_id: id, content }) => id === agent.id && content.startsWith('FINAL'),
			);
		await page.until(() => answers().length >= count, `${count} answers`);
		return answers()[count - 1]?.content;
	};
	return { acting, workflow, asked, answer };
}

describe("the review of an AI Agent's tool", () => {
	const deleting: Script = (call) => {
		const told = toolTexts(call);
		return told.length === 0 ? [remove(7)] : `FINAL ${told.join(' / ')}`;
	};

	it('lets the tool run once somebody agrees, whose question shows what it would do', async () => {
		const cast = await scene().cast();
		const { asked, answer } = await guarded(cast, deleting);
		const question = await asked(1);
		expect(question).toContain('run this tool: Delete_Customer');
		expect(question).toContain('"id": 7');
		expect(question).not.toContain('[object Object]');

		await scene().club.say(cast.mia.id, cast.direct, { content: 'yes' });

		expect(await answer(1)).toMatch(/deleted .*id.*7/);
	});

	it('tells the model that somebody has declined, with the words that were written', async () => {
		const cast = await scene().cast();
		const { asked, answer, acting } = await guarded(cast, deleting);
		await asked(1);

		await scene().club.say(cast.mia.id, cast.direct, { content: 'not this one, take 8' });

		expect(await answer(1)).toContain('not this one, take 8');
		expect(toolTexts(acting.calls.at(-1)).join()).not.toContain('deleted');
	});

	it('tells the model that somebody has declined', async () => {
		const cast = await scene().cast();
		const { asked, answer } = await guarded(cast, deleting);
		await asked(1);

		await scene().club.say(cast.mia.id, cast.direct, { content: 'no' });

		expect(await answer(1)).not.toContain('deleted');
	});

	it('asks for each of two tools that are called at once', async () => {
		const cast = await scene().cast();
		const { asked, answer } = await guarded(cast, (call) => {
			const told = toolTexts(call);
			return told.length === 0 ? [remove(7), remove(8)] : `FINAL ${told.join(' / ')}`;
		});
		expect(await asked(1)).toContain('"id": 7');
		await scene().club.say(cast.mia.id, cast.direct, { content: 'yes' });
		expect(await asked(2)).toContain('"id": 8');
		await scene().club.say(cast.mia.id, cast.direct, { content: 'yes' });

		const final = await answer(1);
		expect(final).toMatch(/deleted .*id.*7/);
		expect(final).toMatch(/deleted .*id.*8/);
	});
});

describe('asking a person as a tool', () => {
	it('gives the words of the answer to the model', async () => {
		const cast = await scene().cast();
		const { credential, mia, direct, agent, page } = cast;
		const acting = await model((call) => {
			const told = toolTexts(call);
			return told.length === 0
				? [use('Ask_a_Person', { Question: 'Which colour?' })]
				: `FINAL ${told.join()}`;
		});
		const tool = toolNode(credential, 'Ask a Person', {
			operation: 'sendAndWait',
			responseType: 'freeText',
			message: `={{ /*n8n-auto-generated-fromAI-override*/ $fromAI('Question', \`\`, 'string') }}`,
		});
		const row = chain('Asks', [openTrigger(credential), agentNode(), actionNode(credential, {})]);
		await scene().host.publish(withSubNodes(row, { model: chatModelNode(acting), tools: [tool] }));
		await scene().club.say(mia.id, direct, { content: 'paint it' });
		await page.until(
			() => page.messages.some(({ content }) => content.startsWith('> Which colour?')),
			'the question',
		);

		await scene().club.say(mia.id, direct, { content: 'blue, please' });

		const isFinal = ({ sender_id: id, content }: { sender_id: string; content: string }) =>
			id === agent.id && content.startsWith('FINAL');
		await page.until(() => page.messages.some(isFinal), 'the answer');
		expect(page.messages.find(isFinal)?.content).toContain('blue, please');
	});
});
