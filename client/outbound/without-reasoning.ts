import { codeAndLinks } from './code-and-links';
import { finalChannel } from './harmony';
import { withoutEnd, withoutTemplateMarks } from './template-marks';

const THINK = String.raw`(?:\w+:)?think(?:ing)?`;
const BEGIN_OF_THINKING = new RegExp(
	String.raw`[\s\p{Default_Ignorable_Code_Point}]*<${THINK}(?:\s[^<>]*)?>`,
	'iuy',
);
/** Some models end it by another of its names than the one that they begin it with. */
const THINK_TAG = new RegExp(String.raw`<(\/)?${THINK}(?:\s[^<>]*)?>\s*`, 'giu');
/** Deeper ones are not told apart: each text would be gone over as often as its depth. */
const DEEPEST_THINKING = 20;
/** Other names of it, such as `inner_thoughts` and `chain_of_thought`. */
const NAME = String.raw`(?:\w{1,20}_)?(?:thoughts?|think(?:ing)?|reasoning|reflection|scratchpad|monologue)(?:_\w{1,20})?|antThinking`;
/** One that was cut off has no end; only the usual names are taken for that. */
const REASONING = new RegExp(
	[
		String.raw`<(${NAME})>[\s\S]*?<\/\1>`,
		// Magistral, Kimi, Gemma, and Command A, which marks its answer too.
		String.raw`\[THINK\][\s\S]*?\[\/THINK\]`,
		String.raw`◁think▷[\s\S]*?(?:◁\/think▷|$)`,
		String.raw`<\|channel>thought[\s\S]*?(?:<channel\|>|$)`,
		String.raw`<\|START_THINKING\|>[\s\S]*?(?:<\|END_THINKING\|>|$)(?:\s*<\|START_RESPONSE\|>)?`,
	]
		.map((form) => String.raw`[\s\p{Default_Ignorable_Code_Point}]*(?:${form})\s*`)
		.join('|'),
	'iuy',
);
/** What some models put around the answer that follows. */
const ANSWER = 'answer|final_answer|response';
const BEGIN_OF_ANSWER = new RegExp(String.raw`^<(?:${ANSWER})>\s*`, 'i');
const END_OF_ANSWER = new RegExp(String.raw`<\/(?:${ANSWER})>$`, 'i');
const END_OF_RESPONSE = /<\|END_RESPONSE\|>$/i;
/** Some servers swallow the tag that begins the reasoning: then its end begins or ends a line. */
const END_OF_REASONING = new RegExp(
	String.raw`^[ \t]*<\/${THINK}>|<\/${THINK}>(?=[ \t]*\r?\n)`,
	'im',
);

/**
 * The text without the reasoning that some models put before their answer, and without the marks
 * of a chat template.
 */
export function withoutReasoning(text: string): string {
	return withoutTemplateMarks(answerIn(withoutTemplateMarks(text)));
}

function answerIn(text: string): string {
	const answer = finalChannel(text);
	if (answer !== undefined) return answer;
	const end = END_OF_REASONING.exec(text);
	const before = end ? text.slice(0, end.index) : '';
	// Elsewhere people talk about such tags.
	let at = end && !/<think/i.test(before) && !isInCode(text, end.index) ? endOf(end) : 0;
	const begin = at;
	for (let next = reasoningEnd(text, at); next !== undefined; next = reasoningEnd(text, at))
		at = next;
	if (at === 0) return text;
	const words = at === begin ? text.slice(at).trimStart() : text.slice(at);
	const said = words.replace(BEGIN_OF_ANSWER, '');
	return withoutEnd(said, said === words ? END_OF_RESPONSE : END_OF_ANSWER);
}

function endOf(match: RegExpExecArray): number {
	return match.index + match[0].length;
}

/** Reasoning has code too, and ends behind it. */
function isInCode(text: string, at: number): boolean {
	return codeAndLinks(text).some(({ start, end }) => start <= at && at < end);
}

/** Where the reasoning ends that begins here, with the white space after it. */
function reasoningEnd(text: string, at: number): number | undefined {
	BEGIN_OF_THINKING.lastIndex = at;
	if (BEGIN_OF_THINKING.test(text)) return thinkingEnd(text, BEGIN_OF_THINKING.lastIndex);
	REASONING.lastIndex = at;
	return REASONING.test(text) ? REASONING.lastIndex : undefined;
}

/**
 * Thoughts may stand within thoughts. If not every one of them ends, then a model only speaks of
 * such tags, and the first end counts.
 */
function thinkingEnd(text: string, from: number): number {
	let depth = 1;
	let firstEnd: number | undefined;
	THINK_TAG.lastIndex = from;
	for (let tag = THINK_TAG.exec(text); tag; tag = THINK_TAG.exec(text)) {
		const isEnd = tag[1] !== undefined;
		depth += isEnd ? -1 : 1;
		if (isEnd) firstEnd ??= THINK_TAG.lastIndex;
		if (depth === 0) return THINK_TAG.lastIndex;
		if (depth > DEEPEST_THINKING && firstEnd !== undefined) return firstEnd;
	}
	return firstEnd ?? text.length;
}
