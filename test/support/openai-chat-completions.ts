import { randomUUID } from 'node:crypto';
import type { ModelCall, ModelMessage, ModelTool, Script } from './openai-stub';

/** OpenAI's Chat Completions interface, which is all that most compatible servers offer. */

export interface GivenChat {
	readonly messages: readonly GivenMessage[];
	readonly tools?: readonly { readonly function: ModelTool }[];
}

interface GivenMessage {
	readonly role: string;
	readonly content?: string | readonly GivenPart[] | null;
	readonly tool_calls?: readonly {
		readonly function: { readonly name: string; readonly arguments: string };
	}[];
}

interface GivenPart {
	readonly type: 'text' | 'image_url';
	readonly text?: string;
	readonly image_url?: { readonly url: string };
}

export function chatCall({ messages, tools = [] }: GivenChat): ModelCall {
	return {
		api: 'chat',
		messages: messages.map(messageOf),
		tools: tools.map(({ function: { name, description, parameters } }) => ({
			name,
			description,
			parameters,
		})),
	};
}

function messageOf({ role, content, tool_calls: calls = [] }: GivenMessage): ModelMessage {
	const parts: readonly GivenPart[] =
		typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? []);
	return {
		role: role as ModelMessage['role'],
		text: parts.map(({ text }) => text ?? '').join(''),
		images: parts.flatMap(({ image_url: image }) => image?.url ?? []),
		toolCalls: calls.map((call) => ({
			name: call.function.name,
			arguments: JSON.parse(call.function.arguments) as Record<string, unknown>,
		})),
	};
}

export function chatCompletion(said: ReturnType<Script>): object {
	if (typeof said === 'object' && 'thoughts' in said)
		throw new Error('Chat Completions have no thoughts');
	const message =
		typeof said === 'string'
			? { role: 'assistant', content: said }
			: {
					role: 'assistant',
					content: null,
					tool_calls: said.map((call) => ({
						id: `call_${randomUUID()}`,
						type: 'function',
						function: { name: call.name, arguments: JSON.stringify(call.arguments) },
					})),
				};
	return {
		id: `chatcmpl-${randomUUID()}`,
		object: 'chat.completion',
		created: Math.floor(Date.now() / 1000),
		model: 'stub',
		choices: [
			{
				index: 0,
				message,
				finish_reason: typeof said === 'string' ? 'stop' : 'tool_calls',
				logprobs: null,
			},
		],
		usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
	};
}
