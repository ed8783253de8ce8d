import { outputOf, type WorkflowRecord } from '../../playground/host/n8n-types';
import { actionNode, chain } from '../../playground/host/workflow-json';
import type { Script } from '../support/openai-stub';
import { unreadBecomes } from '../support/unread';
import { HAS_REVIEWS, itIfReviewed } from '../support/only-where';
import { agentNode, chatModelNode, toolNode, useModels, withSubNodes } from './ai-scene';
import { Asking, guarded, opened, pressed, PUBLIC, removing, toolTexts } from './asking-scene';
import { type Cast, containing, mention, openTrigger, Scene, START_WITHIN } from './scene';

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

/** ms: what waits for a time to pass. */
const LONG_WAIT = 100_000;

/** The workflow with another name for one of its nodes. */
function renamed(workflow: WorkflowRecord, from: string, to: string): WorkflowRecord {
	const json = JSON.stringify(workflow).replaceAll(JSON.stringify(from), JSON.stringify(to));
	return JSON.parse(json) as WorkflowRecord;
}

const model = useModels(() => scene().host);
const asking = new Asking(scene);

describe('a question in a direct chat', () => {
	it('is answered by a word, which starts no workflow and is read in its turn', async () => {
		const cast = await scene().cast();
		const { mia, direct, agent } = cast;
		const workflow = await asking.publish(cast);
		expect(await asking.ask(cast, direct, workflow)).toMatch(
			/^> May I ship it\?\n\nReply \*\*yes\*\* or \*\*no\*\*, or \[Approve\]\(https:.*\) · \[Decline\]\(https:/,
		);

		const reply = await scene().club.say(mia.id, direct, { content: 'Yes!' });

		expect(await asking.results(cast, direct)).toEqual([
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
		expect(await asking.seen(cast, direct, 3)).toContain(
			`Approved by ${mia.displayName}: "May I ship it?"`,
		);
		await unreadBecomes(scene().club.url, agent.token, []);
		const ended = await scene().host.ended(workflow, 1);
		expect(ended).toHaveLength(1);
		expect(outputOf(ended[0], 'Ask')).toHaveLength(1);
	});

	it('is answered by no word in another chat, where that starts the workflow as usual', async () => {
		const cast = await scene().cast();
		const { mia, agent, direct, group } = cast;
		const workflow = await asking.publish(cast);
		await asking.ask(cast, direct, workflow);

		await scene().club.say(mia.id, group, mention(agent, 'no'));
		await scene().host.inState(workflow, 'waiting', 2);
		const { id } = await scene().club.say(mia.id, direct, { content: 'yes' });

		expect(await asking.results(cast, direct)).toMatchObject([
			{ data: { approved: true, messageId: id } },
		]);
		await scene().host.inState(workflow, 'waiting');
	});

	it('lets ordinary messages go their way while it is open, and a second question have the first reply', async () => {
		const cast = await scene().cast();
		const { mia, direct } = cast;
		const workflow = await asking.publish(cast);
		await asking.ask(cast, direct, workflow);

		await scene().club.say(mia.id, direct, { content: 'what is the weather like?' });
		await scene().host.inState(workflow, 'waiting', 2);
		await scene().club.say(mia.id, direct, { content: 'no' });
		const [first] = await asking.results(cast, direct);
		await scene().club.say(mia.id, direct, { content: '👍🏽' });
		const [, second] = await asking.results(cast, direct, 2);

		expect([first?.data.approved, second?.data.approved]).toEqual([false, true]);
		const [asked, askedAgain] = await scene().host.ended(workflow, 2);
		expect(outputOf(askedAgain, 'Ask')[0]?.json).toEqual(first);
		expect(outputOf(asked, 'Ask')[0]?.json).toEqual(second);
	});

	it('takes free text with a file, and no outcome line where that is turned off', async () => {
		const cast = await scene().cast();
		const { mia, direct, agent } = cast;
		const workflow = await asking.publish(cast, {
			responseType: 'freeText',
			message: 'What shall I write?',
			options: { announceOutcome: false, answerBy: 'reply' },
		});
		expect(await asking.ask(cast, direct, workflow)).toMatch(
			/^> What shall I write\?\n\nReply with your answer\n/,
		);
		const { url } = await scene().club.uploadAs(mia.id, 'notes.txt', Buffer.from('my notes'));

		await scene().club.say(mia.id, direct, {
			content: 'this here',
			fileUrl: url,
			fileName: 'notes.txt',
			contentType: 'file',
		});

		expect(await asking.results(cast, direct)).toMatchObject([
			{
				data: { approved: null, text: 'this here', via: 'reply' },
				chatInput: 'this here\n[file: notes.txt]',
				sessionId: `agentclub:${agent.id}:${direct.id}`,
			},
		]);
		const [execution] = await scene().host.ended(workflow, 1);
		const file = outputOf(execution, 'Ask')[0]?.binary?.data;
		expect(file).toMatchObject({ fileName: 'notes.txt', mimeType: 'text/plain' });
		expect(await asking.seen(cast, direct, 2)).toHaveLength(2);
	});

	it('is answered after n8n was killed and published anew meanwhile, by a reply from that time', async () => {
		const cast = await scene().cast();
		const { mia, direct, agent } = cast;
		const workflow = await asking.publish(cast);
		await asking.ask(cast, direct, workflow);
		// What was read a moment ago would come again after a crash.
		await unreadBecomes(scene().club.url, agent.token, []);
		await scene().host.n8n.kill();
		await scene().club.say(mia.id, direct, { content: 'ja' });
		await scene().host.n8n.startAgain();

		expect((await asking.results(cast, direct))[0]?.data).toMatchObject({
			approved: true,
			via: 'reply',
		});
		expect(await scene().host.executions(workflow)).toHaveLength(1);

		await asking.ask(cast, direct, workflow);
		await scene().host.n8n.stop();
		await scene().host.n8n.startAgain();
		const record = await scene().host.rest.workflow(workflow);
		await scene().host.publishAgain(workflow, {
			...renamed(record, 'Ask', 'Ask a Person'),
			name: 'Asking, renamed',
		});
		await scene().club.say(mia.id, direct, { content: 'Decline' });

		expect((await asking.results(cast, direct, 2))[1]?.data).toMatchObject({ approved: false });
	}, 240_000);

	it.each(Array.from({ length: Number(process.env.AGENTCLUB_RACES ?? 3) }, (_, index) => index))(
		'has a reply that comes as soon as the question is seen, time %#',
		async () => {
			const cast = await scene().cast();
			const { mia, direct, agent, page } = cast;
			const workflow = await asking.publish(cast);
			await scene().club.say(mia.id, direct, { content: 'go' });
			await page.from(agent.id, direct.id);
			// At once: n8n takes 50 ms and more to save the execution as waiting.
			page.say(direct, 'yes');

			expect((await asking.results(cast, direct))[0]?.data).toMatchObject({ approved: true });
			expect(await scene().host.executions(workflow)).toHaveLength(1);
		},
	);
});

describe('a question in a group', () => {
	it('is declined on its page, where only the button decides, and once', async () => {
		const cast = await scene().cast();
		const { group } = cast;
		const workflow = await asking.publish(cast);
		const link = asking.linkIn(await asking.ask(cast, group, workflow), 'Decline');

		const page = await opened(link);
		expect(page.status).toBe(200);
		expect(page.headers['content-security-policy']).toContain("default-src 'none'");
		expect(page.html).toContain('May I ship it?');
		await scene().host.inState(workflow, 'waiting');
		const answers = await Promise.all(Array.from({ length: 8 }, () => pressed(link, 'decline')));
		const pages = answers.map(({ html }) => html);
		expect(pages.filter((html) => html.includes('You chose: Decline'))).toHaveLength(1);
		expect(pages.filter((html) => html.includes('answered already'))).toHaveLength(7);

		expect(await asking.results(cast, group)).toMatchObject([
			{ data: { approved: false, via: 'link', responder: null, messageId: null } },
		]);
		expect(await asking.seen(cast, group, 3)).toContain('Declined by link: "May I ship it?"');
	});

	it('is answered by those who are named, mentioned or not, and by nobody else', async () => {
		const cast = await scene().cast();
		const { mia, group, agent } = cast;
		const tom = await scene().club.addHuman(`tom-${agent.username}`, 'Tom');
		const toms = await scene().club.openDirect(tom.id, agent.id);
		const other = await scene().club.addAgent(`other-${agent.username}`, 'Other');
		await scene().club.addMember(group.id, tom.id);
		await scene().club.addMember(group.id, other.id);
		const workflow = await asking.publish(cast, {
			options: { approvers: `${tom.id}, ${other.id}` },
		});
		const question = await asking.ask(cast, group, workflow);
		expect(question).toContain(`<at user_id="${tom.id}">Tom</at>`);
		expect(question).not.toContain('[Approve]');

		await scene().club.say(mia.id, group, { content: 'yes' });
		await scene().club.say(mia.id, group, mention(agent, 'yes'));
		await scene().host.inState(workflow, 'waiting', 2);
		await scene().club.say(tom.id, toms, { content: 'yes' });
		await scene().host.inState(workflow, 'waiting', 3);
		await scene().club.say(tom.id, group, { content: 'maybe' });
		await scene().club.say(tom.id, group, mention(agent, 'yes'));

		const [result] = await asking.results(cast, group);
		expect(result?.data).toMatchObject({ approved: true, responder: { id: tom.id, name: 'Tom' } });

		await scene().club.say(mia.id, group, mention(agent, 'go'));
		await asking.seen(cast, group, 5);
		await scene().club.sayAsAgent(other.id, group, mention(agent, 'no'));

		const [, second] = await asking.results(cast, group, 2);
		expect(second?.data).toMatchObject({
			approved: false,
			responder: { id: other.id, kind: 'agent' },
		});
	});

	it('is not answered by another agent, where none is named', async () => {
		const cast = await scene().cast();
		const { mia, group, agent } = cast;
		const other = await scene().club.addAgent(`other-${agent.username}`, 'Other');
		await scene().club.addMember(group.id, other.id);
		const workflow = await asking.publish(cast);
		await asking.ask(cast, group, workflow);

		await scene().club.sayAsAgent(other.id, group, mention(agent, 'no'));
		await scene().club.say(mia.id, group, mention(agent, 'yes'));

		expect(await asking.results(cast, group)).toMatchObject([
			{ data: { approved: true, responder: { id: mia.id, kind: 'human' } } },
		]);
		expect(await scene().host.executions(workflow)).toHaveLength(1);
	});

	it('tells those who come later that it has been answered, in the chat and on its page', async () => {
		const cast = await scene().cast();
		const { mia, group, agent } = cast;
		const tom = await scene().club.addHuman(`tom-${agent.username}`, 'Tom');
		await scene().club.addMember(group.id, tom.id);
		const workflow = await asking.publish(cast);
		const link = asking.linkIn(await asking.ask(cast, group, workflow), 'Decline');

		await Promise.all([
			scene().club.say(tom.id, group, mention(agent, 'yes')),
			scene().club.say(mia.id, group, mention(agent, 'yes')),
		]);

		expect(await asking.results(cast, group)).toMatchObject([{ data: { approved: true } }]);
		const said = await asking.seen(cast, group, 4);
		expect(said).toContainEqual(expect.stringMatching(/^Approved by .*: "May I ship it\?"$/));
		expect(said).toContain('Too late, this question is not open any more: "May I ship it?"');
		// While the workflow runs on, n8n answers in its own words.
		expect(await scene().host.ended(workflow, 1)).toHaveLength(1);
		for (const { html } of [await opened(link), await pressed(link, 'decline')])
			expect(html).toContain('No action required');
		expect(await scene().host.executions(workflow)).toHaveLength(1);
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
		const old = asking.linkIn(await asking.ask(cast, group, workflow), 'Approve');
		expect((await pressed(old, 'approve')).html).toContain('You chose: Approve');
		await asking.seen(cast, group, 3);
		await scene().host.inState(workflow, 'waiting');

		expect((await pressed(old, 'approve')).html).toContain('answered already');
		expect((await opened(old)).html).toContain('answered already');

		const [asked] = await scene().host.inState(workflow, 'waiting');
		await scene().host.rest.stopExecution(asked?.id ?? '');
	});
});

describe('a question', () => {
	it('whose workflow is unpublished is answered on its page, and by a reply once the workflow is published again', async () => {
		const cast = await scene().cast();
		const { mia, direct, group } = cast;
		const workflow = await asking.publish(cast);
		const link = await asking.askInBothChats(cast, workflow, 'Decline');
		await scene().host.rest.deactivate(workflow);

		expect((await pressed(link, 'decline')).html).toContain('You chose: Decline');
		expect(await asking.results(cast, group)).toMatchObject([{ data: { via: 'link' } }]);
		await scene().club.say(mia.id, direct, { content: 'yes' });
		await scene().host.rest.publish(workflow);

		expect(await asking.results(cast, direct)).toMatchObject([
			{ data: { approved: true, via: 'reply' } },
		]);
		expect(await scene().host.executions(workflow)).toHaveLength(2);
	});

	it.each<[string, (id: string) => Promise<unknown>]>([
		['has been stopped', (id) => scene().host.rest.stopExecution(id)],
		['has been deleted', (id) => scene().host.rest.deleteExecution(id)],
	])(
		'whose execution %s is over: who answers is told, and is heard as usual from then on',
		async (_what, end) => {
			const cast = await scene().cast();
			const { mia, direct } = cast;
			const workflow = await asking.publish(cast);
			await asking.ask(cast, direct, workflow);
			const [asked] = await scene().host.inState(workflow, 'waiting');
			await end(asked?.id ?? '');

			await scene().club.say(mia.id, direct, { content: 'yes' });
			expect(await asking.seen(cast, direct, 2)).toContain(
				'Too late, this question is not open any more: "May I ship it?"',
			);
			await scene().club.say(mia.id, direct, { content: 'yes' });

			expect((await asking.seen(cast, direct, 3))[2]).toMatch(/^> May I ship it\?/);
			await scene().host.inState(workflow, 'waiting');
			const ids = (await scene().host.executions(workflow)).map(({ id }) => id);
			expect(ids.filter((id) => id !== asked?.id)).toHaveLength(1);
		},
	);
});

const deleting: Script = (call) => {
	const told = toolTexts(call);
	return told.length === 0 ? [removing(7)] : `FINAL ${told.join(' / ')}`;
};

/** An agent whose only tool deletes a customer, once somebody has agreed. */
async function reviewed(cast: Cast, script: Script, options: Record<string, unknown> = {}) {
	const acting = await model(script);
	const review = await guarded(scene(), cast, acting, options);
	return { acting, ...review };
}

if (!HAS_REVIEWS)
	it("the review of an AI Agent's tool is refused by an n8n that has none", async () => {
		await expect(reviewed(await scene().cast(), deleting)).rejects.toThrow();
	});

describe("the review of an AI Agent's tool", () => {
	itIfReviewed(
		'lets the tool run once somebody agrees, whose question shows what it would do',
		async () => {
			const cast = await scene().cast();
			const review = await reviewed(cast, deleting);
			const { asked, answer } = review;
			const question = await asked(1);
			expect(question).toContain('run this tool: Delete_Customer');
			expect(question).toContain('"id": 7');
			expect(question).not.toContain('[object Object]');

			await scene().club.say(cast.mia.id, cast.direct, { content: 'yes' });

			expect(await answer(1)).toMatch(/deleted .*id.*7/);
		},
	);

	itIfReviewed(
		'tells the model that somebody has declined, with the words that were written',
		async () => {
			const cast = await scene().cast();
			const review = await reviewed(cast, deleting);
			const { asked, answer, acting } = review;
			await asked(1);

			await scene().club.say(cast.mia.id, cast.direct, { content: 'not this one, take 8' });

			expect(await answer(1)).toContain('not this one, take 8');
			expect(toolTexts(acting.calls.at(-1)).join()).not.toContain('deleted');
		},
	);

	itIfReviewed('tells the model that somebody has declined', async () => {
		const cast = await scene().cast();
		const review = await reviewed(cast, deleting);
		const { asked, answer, acting } = review;
		await asked(1);

		await scene().club.say(cast.mia.id, cast.direct, { content: 'no' });

		await answer(1);
		expect(toolTexts(acting.calls.at(-1))).toEqual([
			containing('User rejected the tool call to Delete_Customer'),
		]);
	});

	itIfReviewed('asks for each of two tools that are called at once', async () => {
		const cast = await scene().cast();
		const review = await reviewed(cast, (call) => {
			const told = toolTexts(call);
			return told.length === 0 ? [removing(7), removing(8)] : `FINAL ${told.join(' / ')}`;
		});
		const { asked, answer } = review;
		expect(await asked(1)).toContain('"id": 7');
		await scene().club.say(cast.mia.id, cast.direct, { content: 'yes' });
		expect(await asked(2)).toContain('"id": 8');
		await scene().club.say(cast.mia.id, cast.direct, { content: 'yes' });

		const final = await answer(1);
		expect(final).toMatch(/deleted .*id.*7/);
		expect(final).toMatch(/deleted .*id.*8/);
	});
});

/** n8n looks once a minute for times that are over, so both questions wait at the same time. */
describe('a question whose time is over', () => {
	const options = {
		limitWaitTime: {
			values: { limitType: 'afterTimeInterval', resumeAmount: 0.05, resumeUnit: 'minutes' },
		},
	};
	let plain: { readonly cast: Cast; readonly workflow: string } | undefined;
	let review: Awaited<ReturnType<typeof reviewed>> | undefined;
	beforeAll(async () => {
		const cast = await scene().cast();
		plain = { cast, workflow: await asking.publish(cast, { options }) };
		await asking.question(cast, cast.direct);
		if (!HAS_REVIEWS) return;
		review = await reviewed(await scene().cast(), deleting, options);
		await review.asked(1);
	});

	it('goes on with "timedOut", and the chat is told', async () => {
		if (!plain) throw new Error('Nothing was asked');
		const { cast, workflow } = plain;

		await scene().host.ended(workflow, 1, LONG_WAIT);

		expect(await asking.results(cast, cast.direct)).toMatchObject([
			{ data: { approved: false, via: 'timeout', timedOut: true, responder: null } },
		]);
		await cast.page.until(
			() => cast.page.messages.some(({ content }) => content.startsWith('Nobody answered in time')),
			'the outcome',
		);
	});

	itIfReviewed(
		'tells a model whose tool was to be reviewed that nobody answered in time',
		async () => {
			if (!review) throw new Error('Nothing was asked');
			await scene().host.ended(review.workflow, 1, LONG_WAIT);

			expect(toolTexts(review.acting.calls.at(-1))).toEqual([
				containing('Nobody answered in time'),
			]);
			expect(await review.answer(1)).toContain('Nobody answered in time');
		},
	);
});

describe('asking a person as a tool', () => {
	it('gives the words of the answer to the model', async () => {
		const cast = await scene().cast();
		const { credential, mia, direct, agent, page } = cast;
		const acting = await model((call) => {
			const told = toolTexts(call);
			return told.length === 0
				? [{ name: 'Ask_a_Person', arguments: { Question: 'Which colour?' } }]
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
