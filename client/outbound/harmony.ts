import { CodeIn } from './code-in';

/**
 * The channels in which OpenAI's open models (gpt-oss) speak. Servers that do not know them pass
 * them on as text: with their marks, or with the words of the marks only.
 */

const ASSISTANT = String.raw`<\|start\|>\s*assistant`;
const HEADER = String.raw`(?:${ASSISTANT}\s*)?<\|channel\|>`;
/** A text that is spoken in channels begins with one, whose first marks may be missing. */
const BEGIN = new RegExp(
	String.raw`^\s*(?:${HEADER}\s*(?:analysis|commentary|final)\b|(?:analysis|commentary|final)[^<\n]*<\|message\|>)`,
);
/** Some answers come without a channel. */
const BEGIN_OF_ANSWER = new RegExp(
	String.raw`^\s*(?:${ASSISTANT}\s*|final[^<\n]*)<\|message\|>\s*`,
	'g',
);
/** Where the answer begins. */
const FINAL_CHANNEL = String.raw`${HEADER}\s*final[^<]*(?:<\|constrain\|>[^<]*)?<\|message\|>\s*`;
const FINAL = new RegExp(FINAL_CHANNEL, 'g');
/** The mark of the first channel may be missing, but then not the end of what was said in it. */
const FINAL_BEHIND_END = new RegExp(String.raw`<\|(?:end|call)\|>\s*${FINAL_CHANNEL}`, 'g');
/** What the answer ends with, also where the model went on behind it. */
const END = /(?:<\|return\|>|<\|end\|>\s*(?=$|<\|start\|>))/g;
/** Without marks the channels' names are stuck to the words, or stand in lines of their own. */
const BEGIN_WITHOUT_MARKS =
	/^\s*(?:analysis[ \t]*\n|(?:analysis|assistantfinal)(?=["“‘'«(「]?[\p{Lu}\p{Lo}]))/u;
const FINAL_WITHOUT_MARKS = /(?<![ \t])assistantfinal\s*/;

/**
 * What a model says in the channel for its reader: "" where it never came to that; undefined for a
 * text without channels.
 */
export function finalChannel(text: string): string | undefined {
	if (BEGIN.test(text))
		return answerBehind(text, FINAL) ?? answerBehind(text, BEGIN_OF_ANSWER) ?? '';
	const answer = answerBehind(text, FINAL_BEHIND_END) ?? answerBehind(text, BEGIN_OF_ANSWER);
	if (answer !== undefined) return answer;
	if (!BEGIN_WITHOUT_MARKS.test(text)) return undefined;
	const final = FINAL_WITHOUT_MARKS.exec(text);
	return final ? text.slice(final.index + final[0].length) : undefined;
}

/** The words behind the first of these marks that is no code. */
function answerBehind(text: string, mark: RegExp): string | undefined {
	const begin = firstOutsideCode(text, mark);
	if (!begin) return undefined;
	const answer = text.slice(begin.index + begin[0].length);
	const end = firstOutsideCode(answer.trimEnd(), END);
	return end ? answer.slice(0, end.index).trimEnd() : answer;
}

function firstOutsideCode(text: string, mark: RegExp): RegExpExecArray | undefined {
	const code = new CodeIn(text);
	for (const match of text.matchAll(mark)) if (!code.has(match.index)) return match;
	return undefined;
}
