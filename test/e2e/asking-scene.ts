import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { ChatAddress } from '../../playground/club/club';
import {
	ACTION_TYPE,
	actionNode,
	chain,
	CREDENTIAL_TYPE,
	node,
} from '../../playground/host/workflow-json';
import type { ModelCall, ToolCall } from '../support/openai-stub';
import { agentNode, type CastModel, chatModelNode, withSubNodes } from './ai-scene';
import { type Cast, mention, openTrigger, replyNode, type Scene } from './scene';

/** n8n's public address, as people's links have it; the tests know where it really is. */
export const PUBLIC = 'https://n8n.example.test';

/** What a workflow goes on with once its question has been answered. */
export interface Result {
	readonly data: Readonly<Record<string, unknown>>;
	readonly chatInput?: string;
	readonly sessionId?: string;
}

/** Workflows that ask in a chat, and what people see of them. */
export class Asking {
	/** @param path below which n8n's public address has it: "/n8n" */
	constructor(
		private readonly scene: () => Scene,
		private readonly path = '',
	) {}

	/** Somebody writes, the workflow asks in that chat, and says there what came of it. */
	async publish(
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
		return await this.scene().host.publish(chain(name, [openTrigger(credential), ask, tell]));
	}

	/** Starts the workflow. Resolves with the question, whose execution may not wait yet. */
	async question({ mia, agent, page }: Cast, chat: ChatAddress): Promise<string> {
		const own = () => page.messages.filter(({ sender_id: id }) => id === agent.id);
		const before = own().length;
		await this.scene().club.say(mia.id, chat, mention(agent, 'go'));
		await page.until(() => own().length > before, 'the question');
		return own().at(-1)?.content ?? '';
	}

	/** Starts the workflow. Resolves with the question once its execution waits. */
	async ask(cast: Cast, chat: ChatAddress, workflow: string): Promise<string> {
		const question = await this.question(cast, chat);
		await this.scene().host.inState(workflow, 'waiting');
		return question;
	}

	/**
	 * Leaves a question open in the direct chat and one in the group. Resolves with the link of the
	 * group's question that has this label.
	 */
	async askInBothChats(cast: Cast, workflow: string, label: string): Promise<string> {
		await this.ask(cast, cast.direct, workflow);
		const link = this.linkIn(await this.question(cast, cast.group), label);
		await this.scene().host.inState(workflow, 'waiting', 2);
		return link;
	}

	/** The agent's messages in a chat, without what nobody sees. */
	async seen({ page, agent }: Cast, chat: ChatAddress, count: number): Promise<string[]> {
		const said = await page.from(agent.id, chat.id, count);
		return said.map(({ content }) => content.replace(/\n\n\[agentclub\]: .*/, ''));
	}

	/** What the workflow has gone on with, once it has. */
	async results({ page, agent }: Cast, chat: ChatAddress, count = 1): Promise<Result[]> {
		const results = () =>
			page.messages.filter(
				({ sender_id: sender, chat_id: id, content }) =>
					sender === agent.id && id === chat.id && content.startsWith('RESULT '),
			);
		await page.until(() => results().length >= count, `${count} results`);
		return results().map(({ content }) => JSON.parse(content.slice('RESULT '.length)) as Result);
	}

	/** What a link of the question leads to, on this machine. */
	linkIn(question: string, label: string): string {
		const address = new RegExp(`\\[${label}\\]\\(([^)]*)\\)`).exec(question)?.[1] ?? '';
		const root = PUBLIC + this.path;
		expect(address.startsWith(`${root}/`)).toBe(true);
		return this.scene().host.n8n.address + address.slice(root.length);
	}
}

/** A page as a browser gets it from a proxy before n8n, which hands on the host of the link. */
export interface Page {
	readonly status: number;
	readonly headers: IncomingHttpHeaders;
	readonly html: string;
}

export const opened = (address: string): Promise<Page> => throughProxy(address, 'GET', '');

/** Presses a button of the page. */
export const pressed = (address: string, decision: string): Promise<Page> =>
	throughProxy(address, 'POST', new URLSearchParams({ decision }).toString());

async function throughProxy(address: string, method: string, form: string): Promise<Page> {
	const host = new URL(PUBLIC).host;
	const headers = { host, 'content-type': 'application/x-www-form-urlencoded' };
	const asking = request(address, { method, headers }).end(form);
	const [response] = (await once(asking, 'response')) as [IncomingMessage];
	const html = await text(response);
	return { status: response.statusCode ?? 0, headers: response.headers, html };
}

const HITL_TYPE = `${ACTION_TYPE}HitlTool`;

/** n8n wraps the parameters of a tool that is reviewed. */
export const removing = (id: number): ToolCall => ({
	name: 'Delete_Customer',
	arguments: { toolParameters: { id } },
});

/** What the tools have told the model so far. */
export const toolTexts = (call: ModelCall | undefined): string[] =>
	(call?.messages ?? []).filter(({ role }) => role === 'tool').map(({ text }) => text);

/** A chat in which an agent may be asked to delete a customer. */
export interface Guarded {
	readonly workflow: string;
	/** The question that comes in that place, counted from 1. */
	readonly asked: (count: number) => Promise<string>;
	/** What the agent says at the end, the same way. */
	readonly answer: (count: number) => Promise<string>;
}

/**
 * An agent whose only tool deletes a customer, once somebody has agreed.
 * @param options those of the question
 */
export async function guarded(
	scene: Scene,
	cast: Cast,
	acting: CastModel,
	options: Record<string, unknown> = {},
): Promise<Guarded> {
	const { credential, mia, direct, agent, page } = cast;
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
			options,
		},
		{ credentials: { [CREDENTIAL_TYPE]: { ...credential } } },
	);
	const row = withSubNodes(
		chain('Guarded', [openTrigger(credential), agentNode(), actionNode(credential, {})]),
		{ model: chatModelNode(acting), tools: [review] },
	);
	const workflow = await scene.host.publish({
		...row,
		nodes: [...row.nodes, { ...tool, position: [600, 400] }],
		connections: {
			...row.connections,
			[tool.name]: { ai_tool: [[{ node: review.name, type: 'ai_tool', index: 0 }]] },
		},
	});
	await scene.club.say(mia.id, direct, { content: 'delete customer 7' });
	const questions = () =>
		page.messages.filter(({ content }) => content.startsWith('> The agent wants to run'));
	const asked = async (count: number) => {
		await page.until(() => questions().length >= count, `${count} questions`);
		return questions()[count - 1]?.content ?? '';
	};
	const answers = () =>
		page.messages.filter(
			({ sender_id: id, content }) => id === agent.id && content.startsWith('FINAL'),
		);
	const answer = async (count: number) => {
		await page.until(() => answers().length >= count, `${count} answers`);
		return answers()[count - 1]?.content ?? '';
	};
	return { workflow, asked, answer };
}
