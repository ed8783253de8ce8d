import { type NodeJson, outputOf } from '../../playground/host/n8n-types';
import { actionNode, chain, node } from '../../playground/host/workflow-json';
import type { ModelCall, Script, ToolCall } from '../support/openai-stub';
import { JPEG, WEB_PAGE } from '../support/sample-files';
import { TINY_PNG } from '../support/tiny-png';
import { itWhere } from '../support/only-where';
import {
	agentNode,
	agentToolNode,
	type CastModel,
	chatModelNode,
	memoryNode,
	MODEL_CREDENTIAL,
	toolNode,
	useModels,
	withSubNodes,
} from './ai-scene';
import { type Cast, containing, mention, openTrigger, useScene } from './scene';
import { sideBySide } from './side-by-side';
import { callThisWorkflow, subWorkflow, together } from './sub-workflows';

const scene = useScene();
const model = useModels(() => scene().host);

/** The words of a call without the system message, in order. */
const said = (call: ModelCall | undefined) =>
	call?.messages
		.filter(({ role }) => role !== 'system')
		.map(({ role, text }) => `${role}: ${text}`);
const lastOf = (call: ModelCall) => call.messages.at(-1);

/**
 * Trigger, AI Agent with a model and a memory, Agent Club: the node's settings as the editor has
 * them, but for those given.
 */
async function assistant(
	{ credential }: Cast,
	script: Script,
	agentParameters = {},
	modelParameters = {},
) {
	const talking = await model(script);
	const row = chain('Assistant', [
		openTrigger(credential),
		agentNode(agentParameters),
		actionNode(credential, {}),
	]);
	const workflow = await scene().host.publish(
		withSubNodes(row, { model: chatModelNode(talking, modelParameters), memory: memoryNode() }),
	);
	return { talking, workflow };
}

describe('trigger, AI Agent and Agent Club with nothing typed', () => {
	it.each([
		['responses', {}],
		['chat', { responsesApiEnabled: false }],
	])(
		'answer in the chat where somebody wrote, by the interface "%s" of the model',
		async (api, parameters) => {
			const cast = await scene().cast();
			const { agent, mia, group, direct, page } = cast;
			const { talking } = await assistant(
				cast,
				(call) => `you said: ${lastOf(call)?.text ?? ''}`,
				{},
				parameters,
			);
			await scene().club.say(mia.id, group, mention(agent, 'hello there'));
			expect((await page.from(agent.id, group.id))[0]?.content).toBe(
				`you said: ${mia.displayName}: hello there`,
			);
			await scene().club.say(mia.id, direct, { content: 'just us' });
			expect((await page.from(agent.id, direct.id))[0]?.content).toBe('you said: just us');
			expect(talking.calls.map((call) => call.api)).toEqual([api, api]);
		},
	);

	it('remember what was said in a chat, and nothing of what was said in another', async () => {
		const cast = await scene().cast();
		const { agent, mia, group, direct, page } = cast;
		const { talking } = await assistant(cast, (call) => `answer ${call.messages.length}`);
		await scene().club.say(mia.id, group, mention(agent, 'my colour is blue'));
		await page.from(agent.id, group.id);
		await scene().club.say(mia.id, direct, { content: 'a secret' });
		await page.from(agent.id, direct.id);
		await scene().club.say(mia.id, group, mention(agent, 'which colour?'));
		await page.from(agent.id, group.id, 2);
		expect(said(talking.calls[1])).toEqual(['user: a secret']);
		expect(said(talking.calls[2])).toEqual([
			`user: ${mia.displayName}: my colour is blue`,
			'assistant: answer 1',
			`user: ${mia.displayName}: which colour?`,
		]);
	});

	it('show the model @Name, and mention whom it names so', async () => {
		const cast = await scene().cast();
		const { agent, mia, group, page } = cast;
		const [tom, sinead, max, sales] = await Promise.all(
			['Tom Müller', "Sinéad O'Connor", 'Max', 'Max (Sales)'].map(async (name, index) => {
				const member = await scene().club.addHuman(`named-${index}`, name);
				await scene().club.addMember(group.id, member.id);
				return member;
			}),
		);
		const { talking } = await assistant(
			cast,
			() => '@Tom Müller, @Sinéad OConnor and @Max Sales, please have a look',
		);
		const words = `ask <at user_id="${tom?.id}">Tom Müller</at>`;
		await scene().club.say(mia.id, group, {
			content: mention(agent, words).content,
			mentions: [agent.id, tom?.id ?? ''],
		});
		const [answer] = await page.from(agent.id, group.id);
		expect(said(talking.calls[0])).toEqual([`user: ${mia.displayName}: ask @Tom Müller`]);
		expect(answer).toMatchObject({
			content:
				`<at user_id="${tom?.id}">Tom Müller</at>, <at user_id="${sinead?.id}">Sinéad O'Connor` +
				`</at> and <at user_id="${sales?.id}">Max (Sales)</at>, please have a look`,
			mentions: [tom?.id, sinead?.id, sales?.id],
		});
		expect(answer?.mentions).not.toContain(max?.id);
	});

	it('show an image to the model with the type of its bytes, and answer a picture that is none', async () => {
		const cast = await scene().cast();
		const { agent, mia, direct, page } = cast;
		const { talking } = await assistant(cast, () => 'a dot');
		const files = { 'photo.png': TINY_PNG, 'phone.png': JPEG, 'page.png': WEB_PAGE };
		for (const [index, [fileName, bytes]] of Object.entries(files).entries()) {
			const { url } = await scene().club.uploadAs(mia.id, fileName, bytes);
			await scene().club.say(mia.id, direct, { contentType: 'image', fileUrl: url, fileName });
			await page.from(agent.id, direct.id, index + 1);
		}
		const shown = talking.calls.map(({ messages }) =>
			messages.filter(({ role }) => role === 'user'),
		);
		expect(shown.map((messages) => messages.flatMap(({ images }) => images))).toEqual([
			[`data:image/png;base64,${TINY_PNG.toString('base64')}`],
			[`data:image/jpeg;base64,${JPEG.toString('base64')}`],
			[],
		]);
		expect(shown.map((messages) => messages.map(({ text }) => text))).toEqual([
			expect.arrayContaining(['[image: photo.png]']),
			expect.arrayContaining(['[image: phone.png]']),
			expect.arrayContaining([containing('[file: page.png]')]),
		]);
	});

	it('send nothing where the model answers NO_REPLY in its own way, and its words without its reasoning', async () => {
		const cast = await scene().cast();
		const { agent, mia, direct, page } = cast;
		const silent = [
			'NO_REPLY',
			'NO_REPLY.',
			'`NO_REPLY`',
			'Nothing to add.\n\nNO_REPLY',
			'<think>They only said thanks.</think>\nNO_REPLY',
		];
		const spoken = ['The word NO_REPLY means silence.', '<think>A greeting.</think>Hello'];
		const answers = [...silent, ...spoken];
		const { talking, workflow } = await assistant(
			cast,
			() => answers[talking.calls.length - 1] ?? 'more than was asked for',
		);
		for (const [index] of answers.entries())
			await scene().club.say(mia.id, direct, { content: `thanks ${index}` });

		const sent = await page.from(agent.id, direct.id, 2);
		const executions = await scene().host.ended(workflow, answers.length);

		expect(sent.map(({ content }) => content)).toEqual([
			'The word NO_REPLY means silence.',
			'Hello',
		]);
		expect(executions.map((each) => outputOf(each, 'Agent Club')[0]?.json)).toMatchObject([
			...silent.map(() => ({ sent: false, reason: 'skipped' })),
			...spoken.map(() => ({ sent: true })),
		]);
		expect(await scene().club.history(agent.id, direct)).toHaveLength(answers.length + 2);
	});
});

describe('the mention guide in the system message', () => {
	it('tells the model who is in the group, and is no hindrance in a direct chat', async () => {
		const cast = await scene().cast();
		const { agent, mia, group, direct, page } = cast;
		const systemMessage =
			"=You are helpful.\n\n{{ $('Agent Club Trigger').item.json.mentionGuide }}";
		const { talking } = await assistant(
			cast,
			() => `<at user_id="${mia.id}">${mia.displayName}</at> hello`,
			{ options: { systemMessage } },
		);
		await scene().club.say(mia.id, group, mention(agent, 'hello'));
		expect((await page.from(agent.id, group.id))[0]?.mentions).toEqual([mia.id]);
		await scene().club.say(mia.id, direct, { content: 'hello' });
		await page.from(agent.id, direct.id);
		const [inGroup, inDirect] = talking.calls.map(({ messages }) =>
			messages.filter(({ role }) => role === 'system').map(({ text }) => text),
		);
		expect(inGroup).toEqual([containing(`- ${mia.displayName}: user_id="${mia.id}"`)]);
		expect(inGroup).toEqual([containing('Write only your own words, without a name before them.')]);
		expect(inDirect).toEqual(['You are helpful.\n\n']);
	});
});

/**
 * n8n's OpenAI node as the editor adds it: "Message a Model", or (version 1.8) its predecessor, in
 * older workflows.
 */
const openAiNode = (
	name: string,
	{ reference }: CastModel,
	parameters: Record<string, unknown> = {},
	typeVersion = 2.1,
): NodeJson => {
	const said = { values: [{ content: "={{ $('Agent Club Trigger').item.json.chatInput }}" }] };
	return node(
		name,
		'@n8n/n8n-nodes-langchain.openAi',
		{
			modelId: { __rl: true, mode: 'id', value: 'stub' },
			...(typeVersion < 2 ? { messages: said } : { responses: said }),
			...parameters,
		},
		{ typeVersion, credentials: { [MODEL_CREDENTIAL]: reference } },
	);
};

describe("n8n's OpenAI node and Agent Club with nothing typed", () => {
	it('send the words and no reasoning, or say which field of the item has the words', async () => {
		const cast = await scene().cast();
		const { agent, credential, mia, direct, page } = cast;
		const thinking = await model(({ messages: [{ role } = { role: 'user' }] }) => ({
			thoughts: 'Mia greets me.',
			// For JSON n8n adds a system message.
			text: role === 'system' ? '{"answer":42}' : 'Hello Mia',
		}));
		const older = await model(() => 'Hello again');
		const send = (name: string, options = {}): NodeJson => ({
			...actionNode(credential, { options }, name),
			onError: 'continueRegularOutput',
		});
		const workflow = await scene().host.publish(
			sideBySide(
				'OpenAI',
				[
					openTrigger(credential),
					openAiNode('Simple', thinking),
					send('Send'),
					openAiNode('Whole', thinking, { simplify: false }),
					send('Send Again'),
					openAiNode('Parsed', thinking, {
						options: { textFormat: { textOptions: { type: 'json_object' } } },
					}),
					send('Send JSON'),
					openAiNode('Older', older, {}, 1.8),
				],
				[send('Nothing'), send('Error', { failWhenEmpty: true })],
			),
		);
		await scene().club.say(mia.id, direct, { content: 'hello' });
		const [execution] = await scene().host.ended(workflow, 1);
		const output = (name: string) => outputOf(execution, name).map(({ json }) => json);

		expect(output('Whole')[0]?.output).toMatchObject([{ type: 'reasoning' }, { type: 'message' }]);
		expect((await page.from(agent.id, direct.id, 3)).map(({ content }) => content)).toEqual([
			'Hello Mia',
			'Hello Mia',
			'{\n  "answer": 42\n}',
		]);
		const remedy = 'write {{ $json.message }} into';
		expect(output('Nothing')).toEqual([{ sent: false, reason: 'empty' }]);
		expect(execution?.data.resultData.runData.Nothing?.[0]?.hints).toMatchObject([
			{ message: containing(remedy) },
		]);
		expect(output('Error')).toEqual([{ error: containing(remedy) }]);
		await scene().host.logged(remedy);
	});
});

/**
 * A field that the model fills, as the editor's button "Let the model define this parameter" writes
 * it.
 */
const byModel = (key: string, type = 'string') =>
	`={{ /*n8n-auto-generated-fromAI-override*/ $fromAI('${key}', \`\`, '${type}') }}`;
const idByModel = (key: string) => ({ __rl: true, mode: 'id', value: byModel(key) });

/** A tool that sends to the chat that started the workflow, the default. */
const progressTool = ({ credential }: Cast) =>
	toolNode(credential, 'Send Progress', {
		resource: 'message',
		operation: 'send',
		text: byModel('Text'),
	});

/** Every operation that is of use to a model, each as a tool, with the fields left to the model. */
const toolNodes = (cast: Cast, { credential } = cast) => [
	toolNode(credential, 'Who Am I', { resource: 'agent', operation: 'get' }),
	toolNode(credential, 'List Chats', {
		resource: 'chat',
		operation: 'getMany',
		filters: { search: byModel('Search') },
	}),
	toolNode(credential, 'List Members', {
		resource: 'group',
		operation: 'getMembers',
		chatId: idByModel('Group'),
	}),
	toolNode(credential, 'Read Messages', {
		resource: 'message',
		operation: 'getMany',
		chatId: idByModel('Chat'),
		limit: byModel('Limit', 'number'),
		options: { format: 'transcript' },
	}),
	toolNode(credential, 'Mark as Read', {
		resource: 'message',
		operation: 'markAsRead',
		messageId: byModel('Message_ID'),
	}),
	toolNode(credential, 'Send to Chat', {
		resource: 'message',
		operation: 'send',
		sendTo: 'chat',
		chatId: idByModel('Chat'),
		text: byModel('Text'),
	}),
	toolNode(credential, 'Send to Person', {
		resource: 'message',
		operation: 'send',
		sendTo: 'user',
		userId: idByModel('Person'),
		text: byModel('Text'),
	}),
	progressTool(cast),
	toolNode(credential, 'Show Typing', {
		resource: 'message',
		operation: 'sendTyping',
		sendTo: 'chat',
		chatId: idByModel('Chat'),
	}),
];

/**
 * An agent with all tools that does what somebody asks it in the direct chat; resolves with its
 * model and its execution.
 */
async function handyman(cast: Cast, script: Script) {
	const { credential, mia, direct } = cast;
	const acting = await model(script);
	const row = chain('Tools', [openTrigger(credential), agentNode(), actionNode(credential, {})]);
	const workflow = await scene().host.publish(
		withSubNodes(row, {
			model: chatModelNode(acting),
			memory: memoryNode(),
			tools: toolNodes(cast),
		}),
	);
	await scene().club.say(mia.id, direct, { content: 'do it' });
	const [execution] = await scene().host.ended(workflow, 1, 40_000);
	return { acting, execution };
}

/** A script of tool calls, each made of what the tools before it answered; then it says "done". */
function stepByStep(...steps: readonly ((answers: readonly ToolAnswer[]) => ToolCall)[]): Script {
	return (call) => {
		const answers = toolAnswers(call);
		const step = steps[answers.length];
		return step ? [step(answers)] : 'done';
	};
}

type ToolAnswer = Record<string, unknown>[];

/** What the tools answered, one after the other: the items of each. */
const toolAnswers = (call: ModelCall | undefined) =>
	(call?.messages ?? [])
		.filter(({ role }) => role === 'tool')
		.map(({ text }) => JSON.parse(text) as ToolAnswer);

/** The first item that the tool called as number `index` answered. */
const first = (answers: readonly ToolAnswer[], index: number) => answers[index]?.[0];

const use = (name: string, args: Record<string, unknown> = {}): ToolCall => ({
	name,
	arguments: args,
});

describe('the operations as tools of an AI Agent', () => {
	it('say what they are for and what they need', async () => {
		const cast = await scene().cast();
		const { acting } = await handyman(cast, () => 'done');
		const told = acting.calls[0]?.tools.map(({ name, description, parameters }) => [
			name,
			description,
			parameters.required ?? [],
		]);
		expect(told?.sort()).toEqual([
			['List_Chats', 'Get many chats of the agent in Agent Club', ['Search']],
			['List_Members', 'Get the members of a group in Agent Club', ['Group']],
			['Mark_as_Read', 'Mark a message as read in Agent Club', ['Message_ID']],
			['Read_Messages', 'Get many messages of a chat in Agent Club', ['Chat', 'Limit']],
			['Send_Progress', 'Send a message in Agent Club', ['Text']],
			['Send_to_Chat', 'Send a message in Agent Club', ['Chat', 'Text']],
			['Send_to_Person', 'Send a message in Agent Club', ['Person', 'Text']],
			['Show_Typing', 'Show that the agent is typing in Agent Club', ['Chat']],
			['Who_Am_I', 'Get the name and ID of the agent in Agent Club', []],
		]);
		const properties = acting.calls[0]?.tools.find(({ name }) => name === 'Read_Messages')
			?.parameters.properties;
		expect(properties).toEqual({ Chat: { type: 'string' }, Limit: { type: 'number' } });
	});

	it('let it find a group and a person by name, send there with a mention, and read what was said and by whom', async () => {
		const cast = await scene().cast();
		const { agent, mia, group, direct, page } = cast;
		const lunch = await scene().club.say(mia.id, group, { content: 'lunch at noon' });
		const { acting, execution } = await handyman(
			cast,
			stepByStep(
				() => use('Who_Am_I'),
				() => use('List_Chats', { Search: 'team' }),
				(answers) => use('Read_Messages', { Chat: first(answers, 1)?.chatId, Limit: 10 }),
				(answers) => use('List_Members', { Group: first(answers, 1)?.chatId }),
				(answers) =>
					use('Send_to_Chat', {
						Chat: first(answers, 1)?.chatId,
						Text: `@${String(first(answers, 3)?.name)} at noon it is`,
					}),
				() => use('List_Chats', { Search: 'mia' }),
				(answers) =>
					use('Send_to_Person', {
						Person: (first(answers, 5)?.user as { id: string }).id,
						Text: 'told them',
					}),
				() => use('Mark_as_Read', { Message_ID: lunch.id }),
				(answers) => use('Show_Typing', { Chat: first(answers, 1)?.chatId }),
			),
		);
		expect(execution?.status).toBe('success');
		const [self, teams, read, members, sent, people, told, marked] = toolAnswers(
			acting.calls.at(-1),
		);
		expect(self).toMatchObject([{ id: agent.id, name: agent.displayName }]);
		expect(teams).toMatchObject([{ chatId: group.id, chatType: 'group' }]);
		expect(read).toMatchObject([
			{ messageCount: 1, transcript: containing(`${mia.displayName}: lunch at noon`) },
		]);
		expect(members).toMatchObject([
			{ id: mia.id, kind: 'human' },
			{ id: agent.id, isSelf: true },
		]);
		expect(sent).toMatchObject([{ sent: true, mentions: [mia.id] }]);
		expect(people).toMatchObject([{ chatId: direct.id, user: { id: mia.id } }]);
		expect(told).toMatchObject([{ sent: true, chatId: direct.id }]);
		expect(marked).toEqual([{ marked: true }]);
		expect((await page.from(agent.id, group.id))[0]).toMatchObject({ mentions: [mia.id] });
		expect((await page.from(agent.id, direct.id, 2)).map(({ content }) => content)).toEqual([
			'told them',
			'done',
		]);
	});

	it('tell it with each error what to do, and it goes on', async () => {
		const cast = await scene().cast();
		const { agent, mia, group, direct, page } = cast;
		const { acting, execution } = await handyman(
			cast,
			stepByStep(
				() => use('Send_to_Chat', { Chat: 'Nobody', Text: 'hello' }),
				() => use('Send_to_Person', { Person: mia.displayName, Text: 'hello' }),
				() =>
					use('Send_to_Person', { Person: 'u_0123456789abcdef0123456789abcdef', Text: 'hello' }),
				() => use('List_Members', { Group: direct.id }),
				() => use('Read_Messages', { Chat: 'gc_0123456789abcdef0123456789abcdef', Limit: 5 }),
				() => use('Read_Messages', { Chat: group.id, Limit: 0 }),
				() =>
					use('Send_to_Chat', {
						Chat: `team ${mia.displayName.split(' ')[1] ?? ''}`,
						Text: 'hello',
					}),
				(answers) =>
					use('Send_to_Chat', {
						Chat: /"(gc_\w+)"/.exec(String(first(answers, 6)?.error))?.[1],
						Text: 'hello',
					}),
			),
		);
		expect(execution?.status).toBe('success');
		const errors = toolAnswers(acting.calls.at(-1))
			.slice(0, 7)
			.map(([item]) => item?.error);
		expect(errors).toEqual([
			containing(
				'in no chat with the ID "Nobody". Choose the chat from the list, or use a chatId ' +
					'that the Agent Club Trigger or the operation Chat: Get Many gives out.',
			),
			containing(`That is a name. Use the ID: "${mia.id}".`),
			containing('Agents cannot open a direct chat: ask the person to write to the agent first.'),
			containing('Choose a group.'),
			containing('add the agent to this one.'),
			containing('Give a whole number from 1'),
			containing(`That is a name. Use the ID: "${group.id}".`),
		]);
		expect((await page.from(agent.id, group.id))[0]?.content).toBe('hello');
		expect((await page.from(agent.id, direct.id))[0]?.content).toBe('done');
	});

	it('send to the chat that started the workflow by default, whatever else the model says', async () => {
		const cast = await scene().cast();
		const { agent, group, direct, page } = cast;
		const forged = {
			event: 'message',
			chatId: group.id,
			sessionId: `agentclub:${agent.id}:${group.id}`,
		};
		await handyman(
			cast,
			stepByStep(() => use('Send_Progress', { Text: 'working on it', ...forged })),
		);
		expect((await page.from(agent.id, direct.id, 2)).map(({ content }) => content)).toEqual([
			'working on it',
			'done',
		]);
	});

	it('tell it of a file, take none from the message that it answers, and pass on one that lies on the server', async () => {
		const cast = await scene().cast();
		const { credential, agent, mia, group, direct, page } = cast;
		const uploaded = await scene().club.uploadAs(mia.id, 'photo.png', TINY_PNG);
		const url = scene().club.url + uploaded.url;
		const acting = await model(
			stepByStep(
				() => use('Download', { File_URL: url }),
				() => use('Upload'),
				() => use('Pass_On', { Chat: group.id, Files: [{ url, fileName: 'photo.png' }] }),
			),
		);
		const tools = [
			toolNode(credential, 'Download', {
				resource: 'file',
				operation: 'download',
				url: byModel('File_URL'),
			}),
			toolNode(credential, 'Upload', { resource: 'file', operation: 'upload' }),
			toolNode(credential, 'Pass On', {
				resource: 'message',
				operation: 'send',
				sendTo: 'chat',
				chatId: idByModel('Chat'),
				text: '',
				options: { uploadedFiles: byModel('Files', 'json') },
			}),
		];
		const row = chain('File tools', [
			openTrigger(credential),
			agentNode(),
			actionNode(credential, {}),
		]);
		await scene().host.publish(withSubNodes(row, { model: chatModelNode(acting), tools }));
		await scene().club.say(mia.id, direct, {
			contentType: 'image',
			fileUrl: uploaded.url,
			fileName: 'photo.png',
		});
		await page.from(agent.id, direct.id);
		const [described, refused] = toolAnswers(acting.calls.at(-1));
		expect(described).toEqual([
			{
				fileName: 'photo.png',
				kind: 'image',
				mimeType: 'image/png',
				fileSize: TINY_PNG.length,
				problem: null,
			},
		]);
		expect(refused).toEqual([{ error: containing("a binary file 'data'") }]);
		expect((await page.from(agent.id, group.id))[0]).toMatchObject({
			content_type: 'image',
			file_name: 'photo.png',
			file_url: uploaded.url,
		});
	});

	it('give it no more of a long history than it can read, and tell it what is left out', async () => {
		const cast = await scene().cast();
		const { credential, agent, mia, group, direct, page } = cast;
		// From before the group began, so that they are unread for nobody.
		const begin = Date.now() / 1000 - 2 * 86_400;
		const times = Array.from({ length: 2000 }, (_, index) => begin + index);
		await scene().club.givePast(
			group,
			mia.id,
			times,
			(index) => `${'very '.repeat(9)}old ${index}`,
		);
		const history = { resource: 'message', operation: 'getMany', returnAll: true };
		const chatId = { __rl: true, mode: 'id', value: group.id };
		const acting = await model(
			stepByStep(
				() => use('Read_Items'),
				() => use('Read_Transcript'),
			),
		);
		const row = chain('History', [
			openTrigger(credential),
			agentNode(),
			actionNode(credential, {}),
		]);
		const tools = [
			toolNode(credential, 'Read Items', { ...history, chatId }),
			toolNode(credential, 'Read Transcript', {
				...history,
				chatId,
				options: { format: 'transcript' },
			}),
		];
		await scene().host.publish(withSubNodes(row, { model: chatModelNode(acting), tools }));
		await scene().club.say(mia.id, direct, { content: 'what was said?' });
		await page.from(agent.id, direct.id);

		const read = acting.calls.at(-1)?.messages.filter(({ role }) => role === 'tool') ?? [];
		const [[about, ...items] = [], [transcript] = []] = toolAnswers(acting.calls.at(-1));
		for (const { text } of read) expect(text.length).toBeLessThan(110_000);
		expect(about).toEqual({
			leftOut: 2000 - items.length,
			note: containing('a model gets at most 100000 characters'),
		});
		expect(items.at(-1)).toMatchObject({ plainText: containing('old 1999') });
		const { leftOut, messageCount } = transcript as { leftOut: number; messageCount: number };
		expect(leftOut).toBeGreaterThan(0);
		expect(messageCount).toBe(2000 - leftOut);
		// The same words with a fifth of the size, at the least.
		expect(messageCount).toBeGreaterThan(5 * items.length);
		expect(transcript?.transcript).toMatch(/^\[\d+ earlier messages are left out, .*old 1999$/s);
	});
});

/** AI Agent 2 refuses a model that is called by OpenAI's newer interface. */
const CHAT_COMPLETIONS = { responsesApiEnabled: false };

/** What n8n's users put between a trigger and an agent: a node that makes new items. */
const editFields = (name: string) =>
	node(
		name,
		'n8n-nodes-base.set',
		{
			assignments: {
				assignments: [{ id: 'a', name: 'chatInput', value: 'do it', type: 'string' }],
			},
			options: {},
		},
		{ typeVersion: 3.4 },
	);

/** An AI Agent 2.2 that does what its script says when Mia writes; resolves as `handyman`. */
async function olderAgent(cast: Cast, script: Script, between: readonly NodeJson[] = []) {
	const { credential, mia, direct } = cast;
	const acting = await model(script);
	const row = chain('Older agent', [
		openTrigger(credential),
		...between,
		agentNode({}, 2.2),
		actionNode(credential, {}),
	]);
	const workflow = await scene().host.publish(
		withSubNodes(row, {
			model: chatModelNode(acting, CHAT_COMPLETIONS),
			tools: [...toolNodes(cast)],
		}),
	);
	await scene().club.say(mia.id, direct, { content: 'do it' });
	const [execution] = await scene().host.ended(workflow, 1, 40_000);
	return { acting, execution };
}

describe('the operations as tools of AI Agent 2.2, which calls them without pairing', () => {
	it.each([
		['the trigger', []],
		['two nodes between the trigger and it', [editFields('Edit'), editFields('Edit Again')]],
	])(
		'send to the chat that started the workflow where the agent stands behind %s',
		async (_where, between) => {
			const cast = await scene().cast();
			const { agent, direct, page } = cast;
			const { acting, execution } = await olderAgent(
				cast,
				stepByStep(
					() => use('Send_Progress', { Text: 'working on it' }),
					() => use('Send_Progress', { Text: 'nearly there' }),
				),
				between,
			);
			expect(execution?.status).toBe('success');
			expect(toolAnswers(acting.calls.at(-1))).toMatchObject([
				[{ sent: true, chatId: direct.id, text: 'working on it' }],
				[{ sent: true, chatId: direct.id, text: 'nearly there' }],
			]);
			expect((await page.from(agent.id, direct.id, 3)).map(({ content }) => content)).toEqual([
				'working on it',
				'nearly there',
				'done',
			]);
		},
	);

	it('tell it with each error what to do, and it goes on', async () => {
		const cast = await scene().cast();
		const { agent, mia, direct, page } = cast;
		const { acting, execution } = await olderAgent(
			cast,
			stepByStep(
				() => use('Send_to_Chat', { Chat: 'Nobody', Text: 'hello' }),
				() => use('Send_to_Person', { Person: mia.displayName, Text: 'hello' }),
				() => use('List_Members', { Group: direct.id }),
			),
		);
		expect(execution?.status).toBe('success');
		expect(toolAnswers(acting.calls.at(-1))).toEqual([
			[{ error: containing('in no chat with the ID "Nobody". Choose the chat from the list') }],
			[{ error: containing(`That is a name. Use the ID: "${mia.id}".`) }],
			[{ error: containing('Choose a group.') }],
		]);
		expect((await page.from(agent.id, direct.id))[0]?.content).toBe('done');
	});
});

describe('an agent that another agent calls as a tool', () => {
	const NEWEST = agentNode().typeVersion;

	it.each([
		['AI Agent Tool 2.2', 'AI Agent 2.2', 2.2, 2.2],
		['AI Agent Tool 2.2', `AI Agent ${NEWEST}`, 2.2, NEWEST],
		['the newest AI Agent Tool', `AI Agent ${NEWEST}`, undefined, NEWEST],
	])(
		'sends to the chat that started the workflow: %s below %s',
		async (_tool, _agent, toolVersion, agentVersion) => {
			const cast = await scene().cast();
			const { credential, agent, mia, direct, page } = cast;
			const leading = await model(
				stepByStep(() => use('Helper', { Task: 'tell them that we work on it' })),
			);
			const helping = await model(
				stepByStep(() => use('Send_Progress', { Text: 'working on it' })),
			);
			const row = chain('Agent below an agent', [
				openTrigger(credential),
				agentNode({}, agentVersion),
				actionNode(credential, {}),
			]);
			const helper = agentToolNode(
				'Helper',
				{ toolDescription: 'Helps', text: byModel('Task') },
				toolVersion,
			);
			const lead = withSubNodes(row, {
				model: chatModelNode(leading, CHAT_COMPLETIONS),
				tools: [helper],
			});
			await scene().host.publish(
				withSubNodes(
					lead,
					{
						model: chatModelNode(helping, CHAT_COMPLETIONS, "Helper's model"),
						tools: [progressTool(cast)],
					},
					'Helper',
				),
			);
			await scene().club.say(mia.id, direct, { content: 'do it' });

			expect((await page.from(agent.id, direct.id, 2)).map(({ content }) => content)).toEqual([
				'working on it',
				'done',
			]);
			expect(toolAnswers(helping.calls.at(-1))).toMatchObject([
				[{ sent: true, chatId: direct.id }],
			]);
		},
	);
});

describe('asking a person', () => {
	const NEWEST = agentNode().typeVersion;
	const askTool = ({ credential }: Cast) =>
		toolNode(credential, 'Ask', {
			resource: 'message',
			operation: 'sendAndWait',
			message: byModel('Question'),
			responseType: 'freeText',
		});
	const asking = stepByStep(() => use('Ask', { Question: 'May I?' }));
	const itIfToolWaits = itWhere(
		agentToolNode('Helper', {}).typeVersion >= 3,
		'no AI Agent Tool of this n8n waits for its tools',
	);

	/** Mia writes to an agent whose helper, an AI Agent Tool, asks her; what the helper reads. */
	async function helperAsks(cast: Cast, toolVersion?: number) {
		const { credential, mia, direct } = cast;
		const leading = await model(stepByStep(() => use('Helper', { Task: 'ask them' })));
		const helping = await model(asking);
		const row = chain('Helper asks', [
			openTrigger(credential),
			agentNode(),
			actionNode(credential, {}),
		]);
		const settings = { toolDescription: 'Helps', text: byModel('Task') };
		const lead = withSubNodes(row, {
			model: chatModelNode(leading, CHAT_COMPLETIONS),
			tools: [agentToolNode('Helper', settings, toolVersion)],
		});
		const helperModel = chatModelNode(helping, CHAT_COMPLETIONS, "Helper's model");
		const workflow = await scene().host.publish(
			withSubNodes(lead, { model: helperModel, tools: [askTool(cast)] }, 'Helper'),
		);
		await scene().club.say(mia.id, direct, { content: 'do it' });
		return { workflow, read: () => JSON.stringify(toolAnswers(helping.calls.at(-1))) };
	}

	it('is an error below AI Agent 2.2, which waits for no tool', async () => {
		const cast = await scene().cast();
		const { credential, agent, mia, direct, page } = cast;
		const acting = await model(asking);
		const row = chain('Older agent asks', [
			openTrigger(credential),
			agentNode({}, 2.2),
			actionNode(credential, {}),
		]);
		const ai = { model: chatModelNode(acting, CHAT_COMPLETIONS), tools: [askTool(cast)] };
		await scene().host.publish(withSubNodes(row, ai));
		await scene().club.say(mia.id, direct, { content: 'do it' });

		const said = await page.from(agent.id, direct.id);
		expect(said.map(({ content }) => content)).toEqual(['done']);
		expect(toolAnswers(acting.calls.at(-1))).toEqual([
			[{ error: containing('cannot wait for an answer, so the question was not asked') }],
		]);
	});

	it(`is an error below AI Agent Tool 2.2 of AI Agent ${NEWEST}`, async () => {
		const cast = await scene().cast();
		const { read } = await helperAsks(cast, 2.2);

		const said = await cast.page.from(cast.agent.id, cast.direct.id);
		expect(said.map(({ content }) => content)).toEqual(['done']);
		expect(read()).toContain('cannot wait for an answer, so the question was not asked');
	});

	itIfToolWaits(`waits below the newest AI Agent Tool of AI Agent ${NEWEST}`, async () => {
		const cast = await scene().cast();
		const { agent, mia, direct, page } = cast;
		const { workflow, read } = await helperAsks(cast);
		await scene().host.inState(workflow, 'waiting');
		await scene().club.say(mia.id, direct, { content: 'blue' });

		const said = await page.from(agent.id, direct.id, 3);
		expect(said.map(({ content }) => content)).toEqual([
			containing('> May I?'),
			containing('Answered by Mia'),
			'done',
		]);
		expect(read()).toContain('"text":"blue"');
	});
});

const START = 'When Executed by Another Workflow';

describe('a sub-workflow', () => {
	const AGENTS = [2.2, agentNode().typeVersion].map((version) => [version] as const);

	it.each(AGENTS)(
		'that AI Agent %s calls as a tool tells it with each error what to do',
		async (version) => {
			const cast = await scene().cast();
			const { credential, agent, mia, direct, page } = cast;
			const heard = (call: ModelCall | undefined) =>
				(call?.messages ?? []).filter(({ role }) => role === 'tool').map(({ text }) => text);
			const kinds = ['triggeringChat', 'chat', 'user'];
			const acting = await model((call) => {
				const sendTo = kinds[heard(call).length];
				return sendTo === undefined ? 'done' : [use('Post', { To: sendTo })];
			});
			const post = {
				sendTo: '={{ $json.to }}',
				chatId: { __rl: true, mode: 'id', value: 'Nobody' },
				userId: { __rl: true, mode: 'id', value: mia.displayName },
				text: 'hello',
			};
			const tool = node(
				'Post',
				'@n8n/n8n-nodes-langchain.toolWorkflow',
				{ description: 'Posts', ...callThisWorkflow({ to: byModel('To') }) },
				{ typeVersion: 2.2 },
			);
			await scene().host.publish(
				together(
					withSubNodes(
						chain('Calls as a tool', [
							openTrigger(credential),
							agentNode({}, version),
							actionNode(credential, {}),
						]),
						{ model: chatModelNode(acting, CHAT_COMPLETIONS), tools: [tool] },
					),
					subWorkflow(START, ['to'], [actionNode(credential, post, 'Send')]),
				),
			);
			await scene().club.say(mia.id, direct, { content: 'do it' });

			expect((await page.from(agent.id, direct.id))[0]?.content).toBe('done');
			expect(heard(acting.calls.at(-1))).toEqual([
				containing("Pass the chat's ID to it"),
				containing('Choose the chat from the list'),
				containing('That is a name. Use the ID:'),
			]);
		},
	);

	it.each(AGENTS)(
		'with AI Agent %s tells it to have the ID of the chat passed on, and finds the chat so',
		async (version) => {
			const cast = await scene().cast();
			const { credential, agent, mia, direct, page } = cast;
			const chatId = `$("${START}").first().json.chatId`;
			const acting = await model(
				stepByStep(
					() => use('Send_Progress', { Text: 'working on it' }),
					() => use('Send_by_ID', { Text: 'working on it' }),
				),
			);
			const byId = toolNode(credential, 'Send by ID', {
				sendTo: 'chat',
				chatId: { __rl: true, mode: 'id', value: `={{ ${chatId} }}` },
				text: byModel('Text'),
			});
			const call = node(
				'Call',
				'n8n-nodes-base.executeWorkflow',
				callThisWorkflow({ chatId: '={{ $json.chatId }}', chatInput: '={{ $json.chatInput }}' }),
				{ typeVersion: 1.2 },
			);
			const row = chain('Calls an agent', [
				openTrigger(credential),
				call,
				actionNode(credential, {}),
			]);
			await scene().host.publish(
				withSubNodes(
					together(row, subWorkflow(START, ['chatId', 'chatInput'], [agentNode({}, version)])),
					{ model: chatModelNode(acting, CHAT_COMPLETIONS), tools: [progressTool(cast), byId] },
				),
			);
			await scene().club.say(mia.id, direct, { content: 'do it' });

			expect((await page.from(agent.id, direct.id, 2)).map(({ content }) => content)).toEqual([
				'working on it',
				'done',
			]);
			const [[refused] = [], [sent] = []] = toolAnswers(acting.calls.at(-1));
			expect(refused?.error).toContain(`Pass the chat's ID to it as the input "chatId".`);
			expect(refused?.error).toContain(`{{ ${chatId} }}`);
			expect(sent).toMatchObject({ sent: true, chatId: direct.id });
		},
	);
});
