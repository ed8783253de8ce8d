/**
 * The marks of a chat's turns, which a model's server should keep to itself. Where its template
 * does not fit the model, they come as text: ChatML's, Llama's, Gemma's, DeepSeek's and others'.
 */

const BEGIN =
	/^\s*(?:<\|im_start\|>\s*assistant|<\|start_header_id\|>\s*assistant\s*<\|end_header_id\|>|<start_of_turn>\s*model|<\|assistant\|>|<｜Assistant｜>)\s*/u;
/** Right behind the words or in a line of its own: who tells of a mark has a space before it. */
const END =
	/(?<![ \t`])(?:<\|(?:im_end|eot_id|eom_id|eot|end_of_text|endoftext|end_of_turn|end|return|END_OF_TURN_TOKEN)\|>|<end_of_turn>|<eos>|<\/s>|<｜end▁of▁sentence｜>)$/u;
/** The longest of them. */
const LONGEST = 24;

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
