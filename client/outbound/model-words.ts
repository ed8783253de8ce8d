import { isBlank } from '../protocol/blank-text';

/**
 * What a language model has said, from the forms in which n8n's nodes give it. These are a text, or
 * a list of content blocks as OpenAI, Anthropic and Gemini have them. Never its reasoning.
 */

type Fields = Readonly<Record<string, unknown>>;

/** Blocks whose own words are meant for the reader, and the field that has them. */
const WORDS: Readonly<Record<string, string>> = {
	text: 'text',
	output_text: 'text',
	input_text: 'text',
	refusal: 'refusal',
	message: 'content',
	ai: 'content',
};
/** Blocks without words for the reader: reasoning, calls of tools and their results, files. */
const SILENT =
	/reason|think|^(?:(?:server_|custom_)?tool|function|web_search|file_search|mcp|computer|code_interpreter|(?:input_)?(?:image|audio|file)|document)(?:_|$)/;

/** The fields of Gemini's parts, which have no type, and what is in each. */
const PART: Readonly<Record<string, string>> = {
	text: 'string',
	thought: 'boolean',
	thoughtSignature: 'string',
	functionCall: 'object',
	functionResponse: 'object',
	executableCode: 'object',
	codeExecutionResult: 'object',
	inlineData: 'object',
	fileData: 'object',
};

/** The words in a list of content blocks, or in a whole message; undefined for what is neither. */
export function wordsOfBlocks(value: unknown): string | undefined {
	const blocks: readonly unknown[] = Array.isArray(value) ? value : [value];
	// Gemini's parts have no type, so one that stands alone could be anything.
	if (isFields(value) && typeof value.type !== 'string' && !isWholeMessage(value)) return undefined;
	if (!blocks.some(isBlock) || !blocks.every(isWordsOrBlock)) return undefined;
	let words = '';
	let isNewPart = false;
	for (const block of blocks) {
		const said = typeof block === 'string' ? block : wordsOfBlock(block);
		if (words !== '' && said !== '') words += isNewPart || isMessage(block) ? '\n\n' : '';
		words += said;
		isNewPart = said === '' || isMessage(block);
	}
	return words;
}

/** Parts of one message follow each other without a gap, as the models' own libraries join them. */
function wordsOfBlock(block: Fields): string {
	const { type, thought } = block;
	if (thought === true) return '';
	const field = typeof type === 'string' ? WORDS[type] : 'text';
	const words = isWholeMessage(block)
		? (block.content ?? block.parts)
		: field !== undefined && block[field];
	if (typeof words === 'string') return words;
	// OpenAI's assistants put it a level deeper.
	if (isFields(words) && typeof words.value === 'string') return words.value;
	const inner = wordsOfBlocks(words);
	if (inner === undefined && type === 'output_text' && isContainer(words)) return asJson(words);
	return inner ?? '';
}

/** With its output format JSON, n8n's OpenAI node has parsed what the model wrote. */
function asJson(parsed: object): string {
	return Object.keys(parsed).length === 0 ? '' : JSON.stringify(parsed, null, 2);
}

function isMessage(block: unknown): boolean {
	return (
		isFields(block) && (block.type === 'message' || block.type === 'ai' || isWholeMessage(block))
	);
}

/** As chat interfaces give it: OpenAI's with `content`, Gemini's with `parts`. */
function isWholeMessage(block: Fields): boolean {
	return (
		(block.role === 'assistant' && 'content' in block) ||
		(block.role === 'model' && Array.isArray(block.parts))
	);
}

/** Beside a block that is known, one of a new kind is no reason to post them all as JSON. */
function isWordsOrBlock(value: unknown): value is string | Fields {
	return typeof value === 'string' || isBlock(value) || isOfUnknownKind(value);
}

function isOfUnknownKind(value: unknown): boolean {
	return isFields(value) && typeof value.type === 'string' && !Object.hasOwn(WORDS, value.type);
}

function isBlock(value: unknown): value is Fields {
	if (!isFields(value)) return false;
	const { type } = value;
	if (isWholeMessage(value)) return true;
	if (typeof type === 'string')
		return SILENT.test(type) || (Object.hasOwn(WORDS, type) && (WORDS[type] ?? '') in value);
	const keys = Object.keys(value);
	return (
		keys.some((key) => key in PART) && keys.every((key) => PART[key]?.includes(typeof value[key]))
	);
}

function isFields(value: unknown): value is Fields {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Names of fields under which nodes give a model's answer, the likeliest first. */
const ANSWERS = [
	'output',
	'output_text',
	'plainText', // of the trigger: its `text` mentions the agent
	'text',
	'generated_text',
	'response',
	'message',
	'content',
	'answer',
	'reply',
	'result',
	'completion',
	'parts',
	'choices',
	'candidates',
	'generations',
	'messages',
	'data',
	'body',
];
const DEEPEST = 5;

/** The path of the field that has words, such as "message.content"; undefined without one. */
export function fieldWithWords(item: unknown, depth = 0): string | undefined {
	if (depth === DEEPEST || !isContainer(item)) return undefined;
	const entries = Array.isArray(item)
		? item.slice(0, 1).map((value: unknown) => ['[0]', value] as const)
		: ANSWERS.filter((name) => Object.hasOwn(item, name)).map(
				(name) => [name, (item as Fields)[name]] as const,
			);
	const direct = entries.find(([, value]) => {
		const words = typeof value === 'string' ? value : wordsOfBlocks(value);
		return words !== undefined && !isBlank(words);
	});
	if (direct) return direct[0];
	for (const [name, value] of entries) {
		const rest = fieldWithWords(value, depth + 1);
		if (rest !== undefined) return rest.startsWith('[') ? name + rest : `${name}.${rest}`;
	}
	return depth === 0 ? longestField(item) : undefined;
}

/** A field of the user's own, which has several words; IDs and names of files have none. */
function longestField(item: object): string | undefined {
	const entries = Object.entries(item).filter(
		(entry): entry is [string, string] =>
			/^[A-Za-z_$][\w$]*$/.test(entry[0]) &&
			typeof entry[1] === 'string' &&
			/\p{L}\s+\p{L}/u.test(entry[1]),
	);
	entries.sort(([, a], [, b]) => b.length - a.length);
	return entries[0]?.[0];
}

function isContainer(value: unknown): value is object {
	return typeof value === 'object' && value !== null;
}
