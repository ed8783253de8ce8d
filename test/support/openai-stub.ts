import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chatCall, chatCompletion, type GivenChat } from './openai-chat-completions';
import { type GivenResponse, responseObject, responsesCall } from './openai-responses';

/** What a model was given, whichever of OpenAI's two interfaces it came by. */
export interface ModelCall {
	readonly api: 'responses' | 'chat';
	/** The conversation, the system message first. */
	readonly messages: readonly ModelMessage[];
	readonly tools: readonly ModelTool[];
}

export interface ModelMessage {
	/** `tool` is what a tool answered. */
	readonly role: 'system' | 'user' | 'assistant' | 'tool';
	readonly text: string;
	/** Data URLs. */
	readonly images: readonly string[];
	/** What the model asked of its tools in this message. */
	readonly toolCalls: readonly ToolCall[];
}

export interface ModelTool {
	readonly name: string;
	readonly description: string;
	/** JSON schema of the arguments. */
	readonly parameters: {
		readonly properties: Readonly<
			Record<string, { readonly type?: string; readonly description?: string }>
		>;
		readonly required?: readonly string[];
	};
}

export interface ToolCall {
	readonly name: string;
	readonly arguments: Readonly<Record<string, unknown>>;
}

/** Words behind a summary of what the model thought; by the Responses interface only. */
export interface ThoughtAnswer {
	readonly thoughts: string;
	readonly text: string;
}

/**
 * What a model answers: words, or tools to be called. Throwing makes the server refuse the request
 * with the error's words.
 */
export type Script = (call: ModelCall) => string | ThoughtAnswer | readonly ToolCall[];

/** One model of the stub, told from the others by its API key. */
export interface ScriptedModel {
	/** What a credential of n8n's type `openAiApi` holds. */
	readonly credential: { readonly apiKey: string; readonly url: string };
	/** What it was given so far, oldest first. */
	readonly calls: readonly ModelCall[];
}

interface Model extends ScriptedModel {
	readonly script: Script;
	readonly calls: ModelCall[];
}

/** The model's words in the form of the interface that was asked. */
type Answer = (said: ReturnType<Script>) => object;

/**
 * An OpenAI-compatible server on this machine: models that answer by a script, and write down what
 * they were given.
 */
export class OpenAiStub {
	private readonly models = new Map<string, Model>();

	private constructor(private readonly server: Server) {}

	static async start(): Promise<OpenAiStub> {
		const server = createServer();
		const stub = new OpenAiStub(server);
		server.on('request', (request, response) => void stub.respond(request, response));
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		return stub;
	}

	model(script: Script): ScriptedModel {
		const { port } = this.server.address() as AddressInfo;
		const apiKey = `model-${this.models.size + 1}`;
		const model: Model = {
			credential: { apiKey, url: `http://127.0.0.1:${port}/v1` },
			calls: [],
			script,
		};
		this.models.set(`Bearer ${apiKey}`, model);
		return model;
	}

	async stop(): Promise<void> {
		this.server.closeAllConnections();
		this.server.close();
		await once(this.server, 'close');
	}

	private async respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const reply = (status: number, body: object) => {
			response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
		};
		// 400 is the status after which OpenAI's client does not try again.
		const refuse = (message: string) => {
			reply(400, { error: { message, type: 'invalid_request_error', param: null, code: null } });
		};
		try {
			const model = this.models.get(request.headers.authorization ?? '');
			if (!model) {
				refuse('no such API key');
				return;
			}
			const { call, answer } = read(
				request.url ?? '',
				(await bodyOf(request)) as { stream?: boolean },
			);
			model.calls.push(call);
			reply(200, answer(model.script(call)));
		} catch (error) {
			refuse((error as Error).message);
		}
	}
}

function read(path: string, body: { stream?: boolean }): { call: ModelCall; answer: Answer } {
	// The AI Agent node of n8n 2.41 streams only for n8n's own chat trigger.
	if (body.stream) throw new Error('the stub does not stream');
	if (path === '/v1/responses')
		return { call: responsesCall(body as GivenResponse), answer: responseObject };
	if (path === '/v1/chat/completions')
		return { call: chatCall(body as GivenChat), answer: chatCompletion };
	throw new Error(`the stub does not know ${path}`);
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	return JSON.parse(Buffer.concat(chunks).toString());
}
