import type { ChatAddress } from '../../playground/club/club';
import type { Execution, NodeJson, WorkflowJson } from '../../playground/host/n8n-types';
import { CREDENTIAL_TYPE, type CredentialReference } from '../../playground/host/workflow-json';
import { example } from '../support/examples';
import type { ModelCall } from '../support/openai-stub';
import { pdfWith } from '../support/pdf';
import { Receiver } from '../support/receiver';
import { TINY_PNG } from '../support/tiny-png';
import { unreadBecomes, unreadOf } from '../support/unread';
import { type CastModel, MODEL_CREDENTIAL, useModels } from './ai-scene';
import { type Cast, containing, mention, useScene } from './scene';

const scene = useScene();
const model = useModels(() => scene().host);

interface SetUp {
	/** The Agent Club credential, by the node's name where there are several. */
	readonly club: CredentialReference | ((nodeName: string) => CredentialReference);
	readonly model?: CastModel;
	/** What the note tells people to choose, by the node's name. */
	readonly choices?: Readonly<Record<string, Record<string, unknown>>>;
}

/** The example as it is after somebody has done what its note says. */
function setUp(file: string, { club, model: talking, choices = {} }: SetUp): WorkflowJson {
	const workflow = example(file);
	const nodes = workflow.nodes.map((node): NodeJson => {
		const { options } = node.parameters;
		const choice = choices[node.name] ?? {};
		const parameters = {
			...node.parameters,
			...choice,
			...(typeof options === 'object' && {
				options: { ...options, ...(choice.options as object | undefined) },
			}),
		};
		return { ...node, parameters, credentials: credentialsOf(node, club, talking) };
	});
	return { ...workflow, nodes };
}

function credentialsOf(
	{ name, type }: NodeJson,
	club: SetUp['club'],
	talking: CastModel | undefined,
): Record<string, CredentialReference> {
	if (type.startsWith('n8n-nodes-agentclub.'))
		return { [CREDENTIAL_TYPE]: typeof club === 'function' ? club(name) : club };
	return talking && type.endsWith('.lmChatOpenAi') ? { [MODEL_CREDENTIAL]: talking.reference } : {};
}

const chosen = (chatId: string) => ({ chatId: { __rl: true, mode: 'list', value: chatId } });
const publish = (file: string, choices: SetUp) => scene().host.publish(setUp(file, choices));

/** Publishes it and presses "Execute workflow" on its schedule. */
async function runNow(
	file: string,
	scheduleName: string,
	choices: SetUp,
): Promise<Execution | undefined> {
	const id = await publish(file, choices);
	await scene().host.rest.runManually(id, scheduleName);
	const [execution] = await scene().host.ended(id, 1);
	expect(execution?.data.resultData.error).toBeUndefined();
	return execution;
}

const systemOf = (call: ModelCall | undefined) =>
	call?.messages.find(({ role }) => role === 'system')?.text ?? '';
const saidTo = (call: ModelCall | undefined) =>
	call?.messages.filter(({ role }) => role !== 'system').map(({ text }) => text) ?? [];
const toolAnswers = (call: ModelCall) =>
	call.messages
		.filter(({ role }) => role === 'tool')
		.map(({ text }) => JSON.parse(text) as Record<string, unknown>[]);

describe('assistant-with-memory.json', () => {
	it('answers in the group with the conversation in mind, knows who is there, and says nothing where there is nothing to say', async () => {
		const { agent, credential, mia, group, page } = await scene().cast();
		const talking = await model((call) =>
			saidTo(call).at(-1)?.endsWith('thanks')
				? 'NO_REPLY'
				: `@${mia.displayName} answer ${saidTo(call).length}`,
		);
		const workflow = await publish('assistant-with-memory.json', {
			club: credential,
			model: talking,
		});
		for (const [index, words] of ['one', 'two'].entries()) {
			await scene().club.say(mia.id, group, mention(agent, words));
			await page.from(agent.id, group.id, index + 1);
		}
		await scene().club.say(mia.id, group, mention(agent, 'thanks'));
		await scene().host.ended(workflow, 3);
		const answers = await page.from(agent.id, group.id, 2);
		expect(answers.map(({ content, mentions }) => [content.split(' ').at(-1), mentions])).toEqual([
			['1', [mia.id]],
			['3', [mia.id]],
		]);
		expect(saidTo(talking.calls[1])).toEqual([
			`${mia.displayName}: one`,
			`@${mia.displayName} answer 1`,
			`${mia.displayName}: two`,
		]);
		expect(systemOf(talking.calls[0])).toContain(`- ${mia.displayName}: user_id="${mia.id}"`);
	});

	it('tells the chat when the model cannot be had', async () => {
		const { agent, credential, mia, direct, page } = await scene().cast();
		const failing = await model(() => {
			throw new Error('no credit left');
		});
		await publish('assistant-with-memory.json', { club: credential, model: failing });
		await scene().club.say(mia.id, direct, { content: 'hello' });
		expect((await page.from(agent.id, direct.id))[0]?.content).toBe(
			'Sorry, something went wrong. Please try again.',
		);
	});
});

describe('assistant-with-tools.json', () => {
	it('finds the team, reads it, sees who is in it, and writes to it and to a person', async () => {
		const { agent, credential, mia, group, direct, page } = await scene().cast();
		await scene().club.say(mia.id, group, { content: 'lunch at noon' });
		const acting = await model((call) => {
			const [found, read, members, told] = toolAnswers(call).map(([first]) => first ?? {});
			if (!found) return [{ name: 'Find_Chats', arguments: { search: 'team' } }];
			if (!read) return [{ name: 'Read_Messages', arguments: { chatId: found.chatId, limit: 10 } }];
			if (!members) return [{ name: 'List_Members', arguments: { chatId: found.chatId } }];
			if (!told) {
				return [
					{
						name: 'Send_to_Chat',
						arguments: { chatId: found.chatId, text: `@${String(members.name)} noon it is` },
					},
					{ name: 'Send_to_Person', arguments: { userId: members.id, text: 'done so' } },
				];
			}
			return String(read.transcript);
		});
		await publish('assistant-with-tools.json', { club: credential, model: acting });
		await scene().club.say(mia.id, direct, { content: 'tell them' });
		expect((await page.from(agent.id, direct.id, 2)).map(({ content }) => content)).toEqual([
			'done so',
			containing(`${mia.displayName}: lunch at noon`),
		]);
		expect((await page.from(agent.id, group.id))[0]).toMatchObject({
			mentions: [mia.id],
			content: containing('noon it is'),
		});
		const told = acting.calls[0]?.tools ?? [];
		expect(told.map(({ name }) => name).sort()).toEqual([
			'Find_Chats',
			'List_Members',
			'Read_Messages',
			'Send_to_Chat',
			'Send_to_Person',
		]);
		for (const { description, parameters } of told) {
			expect(description).toMatch(/\w+\.$/);
			for (const field of Object.values(parameters.properties))
				expect(field.description).toMatch(/\w/);
		}
	});
});

describe('ask-before-acting.json', () => {
	it('asks in the chat before the tool runs, and does what the answer says', async () => {
		const { agent, credential, mia, direct, page } = await scene().cast();
		const acting = await model((call) => {
			const told = call.messages.filter(({ role }) => role === 'tool');
			const id = told.length === 0 ? 7 : undefined;
			return id === undefined
				? (told.at(-1)?.text ?? '')
				: [{ name: 'Delete_Customer', arguments: { toolParameters: { id } } }];
		});
		await publish('ask-before-acting.json', { club: credential, model: acting });
		await scene().club.say(mia.id, direct, { content: 'delete customer 7' });
		const [question] = await page.from(agent.id, direct.id);
		expect(question?.content).toContain('> May I run this tool: Delete_Customer?');
		expect(question?.content).toContain('"id": 7');

		await scene().club.say(mia.id, direct, { content: 'ok' });

		const said = (await page.from(agent.id, direct.id, 3)).map(({ content }) => content);
		expect(said).toContainEqual(containing('Customer 7 has been deleted'));
	});
});

describe('assistant-with-sub-workflow.json', () => {
	it('posts by its sub-workflow in the chat where somebody wrote, whichever chat the model names', async () => {
		const { agent, credential, mia, group, direct, page } = await scene().cast();
		const acting = await model((call) =>
			call.messages.some(({ role }) => role === 'tool')
				? 'done'
				: [
						{
							name: 'Post_Progress',
							arguments: { text: 'looking it up', chatId: direct.id },
						},
					],
		);
		await publish('assistant-with-sub-workflow.json', { club: credential, model: acting });
		await scene().club.say(mia.id, group, mention(agent, 'what is for lunch?'));

		expect((await page.from(agent.id, group.id, 2)).map(({ content }) => content)).toEqual([
			'looking it up',
			'done',
		]);
	});
});

describe('file-answerer.json', () => {
	it.each([
		['report.pdf', 'file', pdfWith('Sales rose by nine percent')],
		['photo.png', 'image', TINY_PNG],
	])('reads %s and answers with a file of notes', async (fileName, contentType, content) => {
		const { agent, credential, mia, direct, page } = await scene().cast();
		const reading = await model((call) => `# Notes\n${saidTo(call).join('\n')}`);
		await publish('file-answerer.json', { club: credential, model: reading });
		const { url } = await scene().club.uploadAs(mia.id, fileName, content);
		await scene().club.say(mia.id, direct, { contentType, fileUrl: url, fileName });
		const [words, file] = await page.from(agent.id, direct.id, 2);
		expect(words?.content).toBe(`My notes on ${fileName}`);
		expect(file).toMatchObject({ content_type: 'file', file_name: 'notes.md' });
		const notes = await (await fetch(scene().club.url + (file?.file_url ?? ''))).text();
		const images = reading.calls[0]?.messages.flatMap((message) => message.images);
		if (contentType === 'image')
			expect(images).toEqual([`data:image/png;base64,${TINY_PNG.toString('base64')}`]);
		else expect(notes).toContain('Sales rose by nine percent');
		expect(notes).toMatch(/^# Notes\n/);
	});

	it('reads what was posted in a group before the mention', async () => {
		const { agent, credential, mia, group, page } = await scene().cast();
		await publish('file-answerer.json', { club: credential, model: await model(() => '# Notes') });
		const { url } = await scene().club.uploadAs(mia.id, 'photo.png', TINY_PNG);
		await scene().club.say(mia.id, group, {
			contentType: 'image',
			fileUrl: url,
			fileName: 'photo.png',
		});
		await scene().club.say(mia.id, group, mention(agent, 'notes, please'));
		const [words, file] = await page.from(agent.id, group.id, 2);
		expect([words?.content, file?.file_name]).toEqual(['My notes on photo.png', 'notes.md']);
	});

	it('asks for a file where there is none', async () => {
		const { agent, credential, mia, direct, page } = await scene().cast();
		await publish('file-answerer.json', {
			club: credential,
			model: await model(() => 'never asked'),
		});
		await scene().club.say(mia.id, direct, { content: 'hello' });
		expect((await page.from(agent.id, direct.id))[0]?.content).toBe(
			'Please send me a PDF or a picture, and I will write notes on it.',
		);
	});
});

describe('scheduled-announcement.json', () => {
	it('mentions everybody in the group', async () => {
		const { agent, credential, group, page } = await scene().cast();
		await runNow('scheduled-announcement.json', 'Every Monday at Nine', {
			club: credential,
			choices: { Announce: chosen(group.id) },
		});
		expect((await page.from(agent.id, group.id))[0]).toMatchObject({
			mentions: ['all'],
			content: containing('Good morning!'),
		});
	});

	it('is not published while no group is chosen', async () => {
		const { credential } = await scene().cast();
		await expect(publish('scheduled-announcement.json', { club: credential })).rejects.toThrow(
			/400.*Announce/s,
		);
	});
});

describe('two-agents.json', () => {
	/**
	 * Two agents in a group with a person; the model is told who of them it is by the system message.
	 */
	async function twoAgents(script: (who: 'researcher' | 'writer', colleague: string) => string) {
		const cast = await scene().cast();
		const { agent: researcher, credential, group } = cast;
		const writer = await scene().club.addAgent(
			`${researcher.username}-writer`,
			`Writer ${researcher.displayName}`,
		);
		await scene().club.addMember(group.id, writer.id);
		const writers = await scene().host.credential(
			{ serverUrl: scene().club.url, agentToken: writer.token },
			writer.username,
		);
		const talking = await model((call) => {
			const system = systemOf(call);
			const colleague = /^- (.+): user_id="[^"]+" \(an AI agent\)$/m.exec(system)?.[1] ?? '';
			return script(system.includes('the writer of a team') ? 'writer' : 'researcher', colleague);
		});
		await publish('two-agents.json', {
			club: (nodeName) => (nodeName.startsWith('Writer') ? writers : credential),
			model: talking,
		});
		return { ...cast, writer, researcher, talking };
	}

	it('hands over to the colleague, who answers', async () => {
		const { researcher, writer, mia, group, page, talking } = await twoAgents((who, colleague) =>
			who === 'writer' ? 'Here is the text.' : `@${colleague} facts: 1, 2, 3`,
		);
		await scene().club.say(mia.id, group, mention(researcher, 'a text about numbers'));
		expect((await page.from(researcher.id, group.id))[0]?.mentions).toEqual([writer.id]);
		expect((await page.from(writer.id, group.id))[0]?.content).toBe('Here is the text.');
		// Each has a memory of its own.
		expect(saidTo(talking.calls[1])).toEqual([containing('facts: 1, 2, 3')]);
	});

	it('ends where both have nothing to add, in whatever way they say so', async () => {
		const said = new Set<string>();
		const { researcher, writer, mia, group, page } = await twoAgents((who, colleague) => {
			if (said.has(who)) return 'NO_REPLY.';
			said.add(who);
			return `@${colleague} thanks`;
		});
		await scene().club.say(mia.id, group, mention(researcher, 'go'));
		await page.from(writer.id, group.id);
		await Promise.all(
			[researcher, writer].map(({ token }) => unreadBecomes(scene().club.url, token, [])),
		);
		expect((await scene().club.history(mia.id, group)).map(({ content }) => content)).toEqual([
			containing('go'),
			containing('thanks'),
			containing('thanks'),
		]);
	});

	it('ends where they would go on for ever, and goes on when a person writes', async () => {
		const { researcher, writer, mia, group, page } = await twoAgents(
			(_, colleague) => `@${colleague} your turn`,
		);
		const nothingUnread = () =>
			Promise.all(
				[researcher, writer].map(({ token }) => unreadBecomes(scene().club.url, token, [])),
			);
		const byAgents = () => page.messages.filter(({ sender_id: id }) => id !== mia.id);
		await scene().club.say(mia.id, group, mention(researcher, 'go'));
		// Each counts from its own first message: the one who spoke second still answers the seventh.
		await page.from(writer.id, group.id, 4);
		await nothingUnread();
		expect(byAgents()).toHaveLength(8);
		await scene().club.say(mia.id, group, mention(writer, 'and again'));
		await page.from(researcher.id, group.id, 8);
		await nothingUnread();
		expect(byAgents()).toHaveLength(16);
	});
});

describe('daily-summary.json', () => {
	it('posts what the model makes of the last 24 hours, and calls nobody by it', async () => {
		const { agent, credential, mia, group, page } = await scene().cast();
		const now = Date.now() / 1000;
		await scene().club.givePast(group, mia.id, [now - 2 * 86_400]);
		await scene().club.say(mia.id, group, { content: 'we ship on Friday' });
		const reading = await model(() => `@${mia.displayName}: shipping on Friday`);
		await runNow('daily-summary.json', 'Every Day at Six', {
			club: credential,
			model: reading,
			choices: { 'Read the Day': chosen(group.id) },
		});
		expect((await page.from(agent.id, group.id))[0]).toMatchObject({
			mentions: [],
			content: `**The last 24 hours**\n\n@${mia.displayName}: shipping on Friday`,
		});
		const [transcript] = saidTo(reading.calls[0]);
		expect(transcript).toContain(`${mia.displayName}: we ship on Friday`);
		expect(transcript).not.toContain('said 0');
	});

	it('says nothing on a day without a message', async () => {
		const { agent, credential, group } = await scene().cast();
		const reading = await model(() => 'never asked');
		await runNow('daily-summary.json', 'Every Day at Six', {
			club: credential,
			model: reading,
			choices: { 'Read the Day': chosen(group.id) },
		});
		expect(reading.calls).toEqual([]);
		expect(await scene().club.history(agent.id, group)).toEqual([]);
	});
});

describe('forward-to-another-system.json', () => {
	let receiver: Receiver;
	beforeAll(async () => {
		receiver = await Receiver.start();
	});
	afterEach(() => {
		receiver.received.length = 0;
	});
	afterAll(() => receiver.stop());

	async function forwarding(): Promise<Cast & { readonly care: ChatAddress }> {
		const cast = await scene().cast();
		const { agent, credential, mia, group } = cast;
		const care = await scene().club.addGroup('Care', [mia.id, agent.id]);
		const choices = {
			'Hand Over': { url: receiver.url },
			'Report the Failure': chosen(care.id),
			'Agent Club Trigger': { options: { chats: [group.id] } },
		};
		await publish('forward-to-another-system.json', { club: credential, choices });
		return { ...cast, care };
	}

	it('hands a message over until the other system has taken it, keeps it unread until then, and reports the failure', async () => {
		const { agent, mia, group, page, care } = await forwarding();
		receiver.nextStatuses.push(503);
		const said = await scene().club.say(mia.id, group, { content: 'an order' });
		await expect(unreadOf(scene().club.url, agent.token)).resolves.toContain('an order');
		await unreadBecomes(scene().club.url, agent.token, []);
		const handed = {
			messageId: said.id,
			chat: containing('Team'),
			sender: mia.displayName,
			text: 'an order',
			createdAt: new Date(said.createdAt * 1000).toISOString(),
		};
		expect(receiver.received).toEqual([handed, handed]);
		expect((await page.from(agent.id, care.id)).map(({ content }) => content)).toEqual([
			containing('failed at "Hand Over"'),
		]);
	});

	it('gives a message up after four attempts, tells the chat, and goes on with the next one', async () => {
		const { agent, mia, group, page, care } = await forwarding();
		receiver.nextStatuses.push(500, 500, 500, 500);
		await scene().club.say(mia.id, group, { content: 'refused' });
		await scene().club.say(mia.id, group, { content: 'the next one' });
		expect((await page.from(agent.id, group.id))[0]?.content).toBe(
			'This message could not be handed over. Somebody has been told.',
		);
		await unreadBecomes(scene().club.url, agent.token, []);
		expect(receiver.received.map((each) => (each as { text: string }).text)).toEqual([
			'refused',
			'refused',
			'refused',
			'refused',
			'the next one',
		]);
		expect(await page.from(agent.id, care.id, 4)).toHaveLength(4);
	});
});
