import { randomUUID } from 'node:crypto';
import type { ModelCall, ModelMessage, ModelTool, Script } from './openai-stub';

/** OpenAI's Responses interface, which n8n's chat model asks by default. */

export interface GivenResponse {
	readonly input: readonly GivenItem[];
	readonly tools?: readonly ModelTool[];
}

type GivenItem =
	| {
			readonly type?: 'message';
			readonly role: string;
			readonly content: string | readonly GivenPart[];
	  }
	| { readonly type: 'function_call'; readonly name: string; readonly arguments: string }
	| { readonly type: 'function_call_output'; readonly output: string };

interface GivenPart {
	readonly type: 'input_text' | 'output_text' | 'input_image';
	readonly text?: string;
	readonly image_url?: string;
}

export function responsesCall({ input, tools = [] }: GivenResponse): ModelCall {
	return {
		api: 'responses',
		messages: input.map(messageOf),
		tools: tools.map(({ name, description, parameters }) => ({ name, description, parameters })),
	};
}

function messageOf(item: GivenItem): ModelMessage {
	if (item.type === 'function_call_output')
		return { role: 'tool', text: item.output, images: [], toolCalls: [] };
	if (item.type === 'function_call') {
		const args = JSON.parse(item.arguments) as Record<string, unknown>;
		return {
			role: 'assistant',
			text: '',
			images: [],
			toolCalls: [{ name: item.name, arguments: args }],
		};
	}
	const parts: readonly GivenPart[] =
		typeof item.content === 'string' ? [{ type: 'input_text', text: item.content }] : item.content;
	return {
		role: item.role === 'developer' ? 'system' : (item.role as ModelMessage['role']),
		text: parts.map(({ text }) => text ?? '').join(''),
		images: parts.flatMap(({ image_url: url }) => url ?? []),
		toolCalls: [],
	};
}

export function responseObject(said: ReturnType<Script>): object {
	return {
		id: `resp_${randomUUID()}`,
		object: 'response',
		created_at: Math.floor(Date.now() / 1000),
		status: 'completed',
		model: 'stub',
		output: outputOf(said),
		error: null,
		incomplete_details: null,
		parallel_tool_calls: true,
		usage: {
			input_tokens: 1,
			input_tokens_details: { cached_tokens: 0 },
			output_tokens: 1,
			output_tokens_details: { reasoning_tokens: 0 },
			total_tokens: 2,
		},
	};
}

function outputOf(said: ReturnType<Script>): object[] {
	if (typeof said === 'string') return [spoken(said)];
	if ('thoughts' in said) return [reasoning(said.thoughts), spoken(said.text)];
	return said.map((call) => functionCall(call.name, call.arguments));
}

function reasoning(text: string): object {
	return { type: 'reasoning', id: `rs_${randomUUID()}`, summary: [{ type: 'summary_text', text }] };
}

function spoken(text: string): object {
	return {
		type: 'message',
		id: `msg_${randomUUID()}`,
		status: 'completed',
		role: 'assistant',
		content: [{ type: 'output_text', text, annotations: [] }],
	};
}

function functionCall(name: string, args: object): object {
	return {
		type: 'function_call',
		id: `fc_${randomUUID()}`,
		call_id: `call_${randomUUID()}`,
		name,
		arguments: JSON.stringify(args),
		status: 'completed',
	};
}
