import { isBlank } from '../protocol/blank-text';
import { finalChannel } from './harmony';

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
	/reason|think|^(?:tool|server_tool|function|web_search|file_search|mcp|computer|code_interpreter|custom_tool|image|audio|input_image|input_audio|input_file|document|file)(?:_|$)/;

/** The words in a list of content blocks; undefined for anything else. */
export function wordsOfBlocks(value: unknown): string | undefined {
	const blocks: readonly unknown[] = Array.isArray(value) ? value : [value];
	// Gemini's parts have no type, so one that stands alone could be anything.
	if (isFields(value) && typeof value.type !== 'string') return undefined;
	if (!blocks.some(isFields) || !blocks.every(isWordsOrBlock)) return undefined;
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
	const words = field === undefined ? undefined : block[field];
	if (typeof words === 'string') return words;
	// OpenAI's assistants put it a level deeper.
	if (isFields(words) && typeof words.value === 'string') return words.value;
	return wordsOfBlocks(words) ?? '';
}

function isMessage(block: unknown): boolean {
	return isFields(block) && (block.type === 'message' || block.type === 'ai');
}

function isWordsOrBlock(value: unknown): value is string | Fields {
	return typeof value === 'string' || isBlock(value);
}

function isBlock(value: unknown): value is Fields {
	if (!isFields(value)) return false;
	const { type, text } = value;
	if (typeof type === 'string')
		return SILENT.test(type) || (type in WORDS && (WORDS[type] ?? '') in value);
	const known = ['text', 'thought', 'thoughtSignature'];
	return typeof text === 'string' && Object.keys(value).every((key) => known.includes(key));
}

function isFields(value: unknown): value is Fields {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const THINK = String.raw`(?:\w+:)?think(?:ing)?`;
/** One that was cut off has no end; only the usual names are taken for that. */
const REASONING = new RegExp(
	[
		String.raw`<(${THINK})(?:\s[^<>]*)?>[\s\S]*?(?:<\/\1>|$)`,
		String.raw`<(thought|reasoning|reflection)>[\s\S]*?<\/\2>`,
		// Magistral, Kimi, Gemma, and Command A, which marks its answer too.
		String.raw`\[THINK\][\s\S]*?\[\/THINK\]`,
		String.raw`◁think▷[\s\S]*?(?:◁\/think▷|$)`,
		String.raw`<\|channel>thought[\s\S]*?(?:<channel\|>|$)`,
		String.raw`<\|START_THINKING\|>[\s\S]*?(?:<\|END_THINKING\|>|$)(?:\s*<\|START_RESPONSE\|>)?`,
	]
		.map((form) => String.raw`\s*(?:${form})\s*`)
		.join('|'),
	'iy',
);
const END_OF_RESPONSE = /\s*<\|END_RESPONSE\|>\s*$/;
/** Some servers swallow the tag that begins the reasoning: then its end begins or ends a line. */
const END_OF_REASONING = new RegExp(
	String.raw`^[ \t]*<\/${THINK}>|<\/${THINK}>(?=[ \t]*\r?\n)`,
	'im',
);

/** The text without the reasoning that some models put before their answer. */
export function withoutReasoning(text: string): string {
	const answer = finalChannel(text);
	if (answer !== undefined) return answer;
	const end = END_OF_REASONING.exec(text);
	const before = end ? text.slice(0, end.index) : '';
	// Elsewhere people talk about such tags.
	let at = end && !/<think|`|~~~/i.test(before) ? end.index + end[0].length : 0;
	const begin = at;
	REASONING.lastIndex = at;
	while (REASONING.test(text)) at = REASONING.lastIndex;
	if (at === 0) return text;
	const words = at === begin ? text.slice(at).trimStart() : text.slice(at);
	return words.replace(END_OF_RESPONSE, '');
}

const DECORATION = /[\s\p{P}\p{S}\p{Default_Ignorable_Code_Point}]/u;

/**
 * Whether a model's word for silence stands alone: in the text, in its first or last line, or as
 * its first or last sentence. Case, quotes, Markdown and punctuation around it do not matter.
 */
export function isSilence(text: string, word: string): boolean {
	const silence = bare(word);
	if (silence === '') return word.trim() !== '' && text.trim() === word.trim();
	const said = bare(text);
	if (said.toLowerCase() === silence.toLowerCase()) return true;
	if (withoutJoints(said) === withoutJoints(silence)) return true;
	if (isSentenceAtAnEnd(said, silence)) return true;
	const lines = text.split(/[\r\n]+/).map((line) => bare(line).toLowerCase());
	return [lines.find(hasWords), lines.findLast(hasWords)].includes(silence.toLowerCase());
}

/** Without what stands around it, and without the backslash that Markdown wants before a `_`. */
function bare(text: string): string {
	let [start, end] = [0, text.length];
	while (start < end && DECORATION.test(text.charAt(start))) start += 1;
	while (start < end && DECORATION.test(text.charAt(end - 1))) end -= 1;
	return text.slice(start, end).replaceAll('\\_', '_');
}

/** Models write NO REPLY too. In small letters "no reply" is what people say of each other. */
function withoutJoints(word: string): string {
	return word.replace(/[\s_-]+/g, '');
}

const SENTENCE_END = /[.!?。！？…][\s"'”’)*_`]*$/;
/** The next sentence, a remark in brackets that ends the text, or a word that is stuck to it. */
const SENTENCE_BEGIN = /^(?:[.!?。！？…]|[\s*_`]*[(（][^)）]*$|\p{Lu}\p{Ll})/u;

/** "Nothing to add. NO_REPLY", the word as it is written in the node. */
function isSentenceAtAnEnd(said: string, silence: string): boolean {
	if (said.endsWith(silence)) {
		// As much as quotes and Markdown before the word may take.
		const before = said.slice(0, -silence.length).slice(-SENTENCE_READ);
		return SENTENCE_END.test(before);
	}
	return said.startsWith(silence) && SENTENCE_BEGIN.test(said.slice(silence.length));
}

const SENTENCE_READ = 16;

function hasWords(line: string): boolean {
	return line !== '';
}

/** Names of fields under which nodes give a model's answer, the likeliest first. */
const ANSWERS = [
	'output',
	'text',
	'plainText',
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
	return undefined;
}

function isContainer(value: unknown): value is object {
	return typeof value === 'object' && value !== null;
}
