import { CodeIn } from './code-in';
import { finalChannel } from './harmony';
import { withoutBoxes, withoutEnd, withoutNextTurns, withoutTemplateMarks } from './template-marks';

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
/**
 * Marks of Magistral, Kimi, Gemma, MedGemma, OpenThinker and Command A: where reasoning begins,
 * where it ends, and whether one that was cut off is told from a text about the mark.
 */
const MARKS: ReadonlyArray<readonly [string, string, boolean]> = [
	[String.raw`\[THINK\]`, String.raw`\[\/THINK\]`, false],
	['◁think▷', String.raw`◁\/think▷`, true],
	[String.raw`<\|channel>thought`, String.raw`<channel\|>`, true],
	['<unused94>(?:thought)?', '<unused95>', true],
	[String.raw`<\|begin_of_thought\|>`, String.raw`<\|end_of_thought\|>`, true],
	[String.raw`<\|START_THINKING\|>`, String.raw`<\|END_THINKING\|>`, true],
];
/** What Command A and OpenThinker mark their answer with. */
const MARKED_ANSWER = String.raw`(?:\s*<\|(?:START_RESPONSE|begin_of_solution)\|>)?`;
/** One that was cut off has no end; only the usual names are taken for that. */
const REASONING = new RegExp(
	[
		String.raw`<(${NAME})>[\s\S]*?<\/\1>`,
		...MARKS.map(([begin, end, mayBeCut]) => `${begin}[\\s\\S]*?(?:${end}${mayBeCut ? '|$' : ''})`),
	]
		.map((form) => String.raw`[\s\p{Default_Ignorable_Code_Point}]*(?:${form})${MARKED_ANSWER}\s*`)
		.join('|'),
	'iuy',
);
/** What some models put around the answer that follows. */
const ANSWER = 'answer|final_answer|response';
const BEGIN_OF_ANSWER = new RegExp(String.raw`^<(?:${ANSWER})>\s*`, 'i');
const END_OF_ANSWER = new RegExp(String.raw`<\/(?:${ANSWER})>$`, 'i');
const END_OF_RESPONSE = /<\|(?:END_RESPONSE|end_of_solution)\|>$/i;
const ANY_END = `(?:${[String.raw`<\/(?:${THINK}|thoughts?|reasoning)>`, ...MARKS.map(([, end]) => end)].join('|')})`;
const QUOTE = String.raw`"'“”‘’«»「『(（*_\x60`;
/**
 * Some servers swallow the mark that begins the reasoning. Then its end begins or ends a line, is
 * stuck to the reasoning, or stands behind a sentence. Elsewhere people talk about such marks.
 */
const LONE_END = new RegExp(
	[
		String.raw`^[ \t]*${ANY_END}`,
		String.raw`${ANY_END}(?=[ \t]*\r?\n)`,
		String.raw`(?<=[^\s${QUOTE}])${ANY_END}`,
		String.raw`(?<=[.!?。！？…][ \t])${ANY_END}(?=[ \t]*\S)`,
	]
		.map((form) => form + MARKED_ANSWER)
		.join('|'),
	'gimu',
);
const ANY_BEGIN = new RegExp(
	[`<${THINK}`, '<thought', '<reasoning', ...MARKS.map(([begin]) => begin)].join('|'),
	'iu',
);
/** The same end once more. */
const FURTHER_END = new RegExp(String.raw`\s*${ANY_END}${MARKED_ANSWER}\s*`, 'iuy');

/**
 * The text without the reasoning that some models put before their answer, and without the marks
 * of a chat template.
 */
export function withoutReasoning(text: string): string {
	const answer = withoutNextTurns(answerIn(withoutTemplateMarks(text)));
	return withoutBoxes(withoutTemplateMarks(answer));
}

function answerIn(text: string): string {
	const answer = finalChannel(text);
	if (answer !== undefined) return answer;
	const code = new CodeIn(text);
	const begin = loneEnd(text, code);
	let at = begin;
	for (let next = endAt(text, at, code); next !== undefined; next = endAt(text, at, code))
		at = next;
	if (at === 0) return text;
	const words = at === begin ? text.slice(at).trimStart() : text.slice(at);
	const said = words.replace(BEGIN_OF_ANSWER, '');
	return withoutEnd(said, said === words ? END_OF_RESPONSE : END_OF_ANSWER);
}

/** Where reasoning ends whose beginning is not told; 0 without any. */
function loneEnd(text: string, code: CodeIn): number {
	for (const { index, 0: mark } of text.matchAll(LONE_END)) {
		// Reasoning has code too, and ends behind it.
		if (code.has(index)) continue;
		return ANY_BEGIN.test(text.slice(0, index)) ? 0 : index + mark.length;
	}
	return 0;
}

/** Where the reasoning ends that begins here, with the white space after it. */
function endAt(text: string, at: number, code: CodeIn): number | undefined {
	BEGIN_OF_THINKING.lastIndex = at;
	if (BEGIN_OF_THINKING.test(text)) return thinkingEnd(text, BEGIN_OF_THINKING.lastIndex, code);
	REASONING.lastIndex = at;
	if (REASONING.test(text)) return REASONING.lastIndex;
	FURTHER_END.lastIndex = at;
	return at > 0 && FURTHER_END.test(text) ? FURTHER_END.lastIndex : undefined;
}

/**
 * Thoughts may stand within thoughts. If not every one of them ends, then a model only speaks of
 * such tags, and the first end counts. One that is quoted counts where there is no other.
 */
function thinkingEnd(text: string, from: number, code: CodeIn): number {
	let depth = 1;
	let firstEnd: number | undefined;
	let quotedEnd: number | undefined;
	THINK_TAG.lastIndex = from;
	for (let tag = THINK_TAG.exec(text); tag; tag = THINK_TAG.exec(text)) {
		const isEnd = tag[1] !== undefined;
		if (isEnd && isQuoted(text, tag, code)) {
			quotedEnd ??= THINK_TAG.lastIndex;
			continue;
		}
		depth += isEnd ? -1 : 1;
		if (isEnd) firstEnd ??= THINK_TAG.lastIndex;
		if (depth === 0) return THINK_TAG.lastIndex;
		if (depth > DEEPEST_THINKING && firstEnd !== undefined) return firstEnd;
	}
	return firstEnd ?? quotedEnd ?? text.length;
}

function isQuoted(text: string, { index, 0: tag }: RegExpExecArray, code: CodeIn): boolean {
	const isBetweenQuotes =
		QUOTES.test(text.charAt(index - 1)) && QUOTES.test(text.charAt(index + tag.trimEnd().length));
	return isBetweenQuotes || code.has(index);
}

const QUOTES = /["'“”‘’«»「」『』]/;
