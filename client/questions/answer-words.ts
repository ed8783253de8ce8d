import { ANSWER_EMOJI, NO_WORDS, POLITE_EMOJI, POLITE_WORDS, YES_WORDS } from './answer-lists';

/** Whether somebody's words say yes or no, and nothing else. */

/** What is known of a question when its answer is read. */
export interface AnswerContext {
	readonly approveLabel: string;
	readonly disapproveLabel: string;
	/** The agent's, which people write before or after their answer. */
	readonly agentName?: string;
}

/** What a phrase says; null for what is only polite. */
type Meaning = boolean | null;

/** A word, or one emoji. */
const TOKEN = /[\p{L}\p{N}\p{M}]+|\p{Extended_Pictographic}/gu;
/** What may stand between words without a meaning of its own. */
const PUNCTUATION = /[\s`"'*_()[\]{}.,:;!/…·¡«»‹›“”„‚‘’「」『』《》【】、。，・-]|\p{Pd}/gu;
/** Asked, negated as in code, struck out, or not ticked. */
const NOT_MEANT = /[?؟‽❓❔]|^\s*!|\[\s*\]/u;
/** A wave at the end, as in "好的~". */
const WAVES = /~+(?=[\s.!。]*$)/u;
/** Colours of skin, how an emoji is shown, and what copying brings along unseen. */
const UNSEEN = /\p{Emoji_Modifier}|\p{Default_Ignorable_Code_Point}/gu;
/** Accents, which people leave out on a phone. In other scripts they make another letter. */
const ACCENTS = /(?<=\p{Script=Latin})\p{Mn}+/gu;
const APOSTROPHES = /(?<=\p{L})['’`](?=\p{L})/gu;
/** "yesss", and "好好好". */
const STRETCHED = /(\p{L})\1{2,}/gu;
/** Scripts that write words without a space between them. */
const UNSPACED = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー\p{Script=Hangul}]+$/u;
/** Words of one phrase; a label may have more. */
const LONGEST_PHRASE = 8;
/** An answer is short. What is longer says more than yes or no. */
const LONGEST_ANSWER = 200;

const KNOWN = new Map<string, Meaning>([
	...phrasesOf([...YES_WORDS, ...ANSWER_EMOJI.yes], true),
	...phrasesOf([...NO_WORDS, ...ANSWER_EMOJI.no], false),
	...phrasesOf([...POLITE_WORDS, ...POLITE_EMOJI], null),
]);
const POLITE_ENDS = [...KNOWN].flatMap(([phrase, meaning]) =>
	meaning === null && UNSPACED.test(phrase) ? [phrase] : [],
);

/**
 * True for yes, false for no, undefined for anything else. Each word has to say the same, or to be
 * polite. The labels of the question win over the words of all languages.
 */
export function readAnswer(
	text: string,
	{ approveLabel, disapproveLabel, agentName = '' }: AnswerContext,
): boolean | undefined {
	const longest = LONGEST_ANSWER + approveLabel.length + disapproveLabel.length;
	if (text.length > longest) return undefined;
	const said = folded(text);
	if (said === folded(approveLabel)) return true;
	if (said === folded(disapproveLabel)) return false;
	const known = knownBeside(phraseOf(approveLabel), phraseOf(disapproveLabel));
	const name = phraseOf(agentName);
	if (name !== '' && !known.has(name)) known.set(name, null);
	return meaningOf(withoutMention(folded(agentName), said), known);
}

/**
 * The labels, with and without emoji, and the words of all languages that contradict neither. To
 * "Cancel order" or "OK, keep it", neither "cancel" nor "ok" is an answer.
 */
function knownBeside(yes: string, no: string): Map<string, Meaning> {
	const known = new Map<string, Meaning>();
	for (const [phrase, meaning] of KNOWN)
		if (meaning === null || !isRelated(phrase, meaning ? no : yes)) known.set(phrase, meaning);
	const [yesWords, noWords] = [withoutEmoji(yes), withoutEmoji(no)];
	if (yesWords !== noWords) known.set(noWords, false).set(yesWords, true);
	return known.set(no, false).set(yes, true);
}

/** Whether a phrase is a part of the label, or begins with it. */
function isRelated(phrase: string, label: string): boolean {
	const isPart = UNSPACED.test(phrase)
		? label.includes(phrase)
		: ` ${label} `.includes(` ${phrase} `);
	return isPart || phrase.startsWith(`${label} `);
}

function withoutEmoji(phrase: string): string {
	return phrase
		.replace(/\p{Extended_Pictographic}/gu, '')
		.replace(/ +/g, ' ')
		.trim();
}

/** Whether the labels can be told apart when somebody writes one of them. */
export function areDistinct(approveLabel: string, disapproveLabel: string): boolean {
	const [yes, no] = [phraseOf(approveLabel), phraseOf(disapproveLabel)];
	return yes !== '' && no !== '' && yes !== no;
}

/** What all phrases of a text say together; undefined where they differ or one is not known. */
function meaningOf(text: string, known: ReadonlyMap<string, Meaning>): boolean | undefined {
	if (NOT_MEANT.test(text)) return undefined;
	const rest = text.replace(WAVES, '').replace(TOKEN, '').replace(PUNCTUATION, '');
	if (rest !== '') return undefined;
	const tokens = tokensOf(text);
	const meanings = new Set<Meaning>();
	for (let at = 0; at < tokens.length; ) {
		const phrase = phraseAt(tokens, at, known);
		if (!phrase) return undefined;
		meanings.add(phrase.meaning);
		at += phrase.length;
	}
	meanings.delete(null);
	const [meaning] = meanings;
	return meanings.size === 1 && meaning !== null ? meaning : undefined;
}

/** The longest known phrase that begins with this token. */
function phraseAt(
	tokens: readonly string[],
	at: number,
	known: ReadonlyMap<string, Meaning>,
): { readonly length: number; readonly meaning: Meaning } | undefined {
	for (let length = Math.min(LONGEST_PHRASE, tokens.length - at); length > 0; length -= 1) {
		const meaning = known.get(tokens.slice(at, at + length).join(' '));
		if (meaning !== undefined) return { length, meaning };
	}
	const meaning = unspacedMeaning(tokens[at] ?? '', known);
	return meaning === undefined ? undefined : { length: 1, meaning };
}

/** "好的谢谢" and "可以可以": one word, repeated or politely ended, without a space. */
function unspacedMeaning(token: string, known: ReadonlyMap<string, Meaning>): Meaning | undefined {
	if (!UNSPACED.test(token)) return undefined;
	const polite = POLITE_ENDS.find((word) => token.length > word.length && token.endsWith(word));
	const words = polite === undefined ? token : token.slice(0, -polite.length);
	for (let length = 1; length <= words.length; length += 1) {
		const word = words.slice(0, length);
		const meaning = known.get(word);
		if (meaning !== undefined && words === word.repeat(words.length / length)) return meaning;
	}
	return undefined;
}

/** The text without "@" and the agent's name. With any other name the "@" stays: no answer. */
function withoutMention(name: string, text: string): string {
	if (name === '') return text;
	const parts = text.split(`@${name}`);
	const isLongerName = parts.slice(1).some((part) => /^[\p{L}\p{N}]/u.test(part));
	return isLongerName ? text : parts.join(' ');
}

function phrasesOf(words: readonly string[], meaning: Meaning): Array<[string, Meaning]> {
	return words.map((word) => [phraseOf(word), meaning]);
}

/** The words of a text, with one space between them. */
function phraseOf(text: string): string {
	return tokensOf(folded(text)).join(' ');
}

function tokensOf(text: string): string[] {
	return text.match(TOKEN) ?? [];
}

/** One spelling for all that read alike. */
function folded(text: string): string {
	return text
		.normalize('NFKD')
		.toLowerCase()
		.replace(ACCENTS, '')
		.replaceAll('ı', 'i')
		.normalize('NFKC')
		.replace(UNSEEN, '')
		.replace(APOSTROPHES, '')
		.replace(STRETCHED, '$1')
		.trim();
}
