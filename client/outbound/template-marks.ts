import { CodeIn } from './code-in';

/**
 * The marks of a chat's turns, which a model's server should keep to itself. Where its template
 * does not fit the model, they come as text: ChatML's, Llama's, Gemma's, DeepSeek's and others'.
 */

/** What a turn begins with: what stands before and behind the name of who speaks. */
const TURNS: ReadonlyArray<readonly [string, string]> = [
	[String.raw`<\|im_start\|>\s*`, ''],
	[String.raw`<\|start_header_id\|>\s*`, String.raw`\s*<\|end_header_id\|>`],
	[String.raw`<\|header_start\|>\s*`, String.raw`\s*<\|header_end\|>`],
	[String.raw`<\|start_of_role\|>\s*`, String.raw`\s*<\|end_of_role\|>`],
	[String.raw`<start_of_turn>\s*`, ''],
	[String.raw`<\|turn>\s*`, ''],
	[String.raw`<\|im_assistant\|>\s*`, String.raw`\s*<\|im_middle\|>`],
	[String.raw`<\|`, String.raw`\|>`],
	[String.raw`<\|`, String.raw`_start\|>`],
	['<｜', '｜>'],
];
const BEGIN = new RegExp(
	String.raw`^\s*(?:${TURNS.map(([before, behind]) => `${before}(?:assistant|model)${behind}`).join('|')})\s*`,
	'iu',
);
const ENDS =
	String.raw`(?:<\|(?:im_end|eot_id|eom_id|eot|end_of_text|endoftext|end_of_turn|end|return|END_OF_TURN_TOKEN` +
	String.raw`|assistant_end)\|>|<end_of_turn>|<turn\|>|<eos>|<\/s>|<｜end▁of▁sentence｜>)`;
/** GLM's models end with the beginning of whoever speaks next. */
const END_OF_GLM = String.raw`<\|(?:user|observation)\|>`;
/** Right behind the words or in a line of its own: who tells of a mark has a space before it. */
const END = new RegExp(String.raw`(?<![ \t\x60])(?:${ENDS}|${END_OF_GLM})$`, 'u');
/** The longest of them. */
const LONGEST = 24;
const ANY_TURN =
	String.raw`<\|(?:im_start|start_header_id|header_start|start_of_role|turn>|im_user|user|assistant|system)` +
	String.raw`|<start_of_turn>|<｜(?:User|Assistant)｜>`;
/** A model that was not stopped goes on with turns of its own making. */
const NEXT_TURN = new RegExp(String.raw`(?<![ \t\x60])${ENDS}\s*(?:${ANY_TURN})`, 'gu');
const TURN = new RegExp(ANY_TURN, 'u');
/** What GLM's vision models put around the heart of an answer. */
const BOX = /<\|begin_of_box\|>((?:(?!<\|begin_of_box\|>)[\s\S])*?)<\|end_of_box\|>/g;

/** The text without the marks around it. */
export function withoutTemplateMarks(text: string): string {
	let words = text.replace(BEGIN, '');
	// HTML strikes words out with a tag that also ends what Llama and Mistral say.
	const isStruck = words.includes('<s>');
	for (let end = trimmedWithMark(words); end; end = trimmedWithMark(words)) {
		if (isStruck && end.endsWith('</s>')) return words;
		words = end.slice(0, end.lastIndexOf('<')).trimEnd();
	}
	return words;
}

/**
 * The text without turns that the model made up behind it. Who explains such marks writes the
 * beginning of a turn before its end, or both as code.
 */
export function withoutNextTurns(text: string): string {
	const code = new CodeIn(text);
	for (const { index } of text.matchAll(NEXT_TURN)) {
		if (code.has(index)) continue;
		const words = text.slice(0, index);
		return TURN.test(words) ? text : words.trimEnd();
	}
	return text;
}

/** The text without the marks around the heart of an answer. */
export function withoutBoxes(text: string): string {
	if (!text.includes('<|end_of_box|>')) return text;
	const code = new CodeIn(text);
	return text.replace(BOX, (box, words: string, at: number) => (code.has(at) ? box : words));
}

/** The text up to the mark that it ends with; undefined without one. */
function trimmedWithMark(text: string): string | undefined {
	const trimmed = text.trimEnd();
	return END.test(trimmed.slice(-LONGEST - 1)) ? trimmed : undefined;
}

/**
 * The text without a mark that it ends with, and without the white space around that.
 * @param mark ends with `$`, and has no white space: a run of it would be gone over again and again
 */
export function withoutEnd(text: string, mark: RegExp): string {
	const trimmed = text.trimEnd();
	const at = trimmed.search(mark);
	return at === -1 ? text : trimmed.slice(0, at).trimEnd();
}
