import { withoutEnd } from './template-marks';

/**
 * The channels in which OpenAI's open models (gpt-oss) speak. Servers that do not know them pass
 * them on as text: with their marks, or with the words of the marks only.
 */

const HEADER = String.raw`(?:<\|start\|>\s*assistant\s*)?<\|channel\|>`;
const BEGIN = new RegExp(
	String.raw`^\s*(?:${HEADER}\s*(?:analysis|commentary|final)\b|(?:analysis|commentary)[^<\n]*<\|message\|>)`,
);
/** Where the answer begins. The mark of the first channel may be missing, but not of this one. */
const FINAL = new RegExp(
	String.raw`(?:^|<\|(?:end|call)\|>)\s*${HEADER}\s*final[^<]*(?:<\|constrain\|>[^<]*)?<\|message\|>\s*`,
);
const END = /<\|(?:return|end)\|>$/;
/** Without marks the names of the channels are stuck to the words. */
const BEGIN_WITHOUT_MARKS = /^\s*analysis(?=["“‘'«(「]?[\p{Lu}\p{Lo}])/u;
const FINAL_WITHOUT_MARKS = 'assistantfinal';

/**
 * What a model says in the channel for its reader: "" where it never came to that; undefined for a
 * text without channels.
 */
export function finalChannel(text: string): string | undefined {
	const final = FINAL.exec(text);
	if (final && !text.slice(0, final.index).includes('`'))
		return withoutEnd(text.slice(final.index + final[0].length), END);
	if (BEGIN.test(text)) return '';
	if (!BEGIN_WITHOUT_MARKS.test(text)) return undefined;
	const at = text.indexOf(FINAL_WITHOUT_MARKS);
	return at === -1 ? undefined : text.slice(at + FINAL_WITHOUT_MARKS.length).trimStart();
}
