import {
	ANSWER_EMOJI,
	NEGATIONS,
	NO_VERBS,
	NO_WORDS,
	POLITE_EMOJI,
	POLITE_WORDS,
	REFUSING,
	YES_VERBS,
	YES_WORDS,
} from './answer-lists';
import { isNegated, saysOpposite, UNSPACED } from './label-words';
import { DEFAULT_LABELS } from './question-text';

/** Whether somebody's words say yes or no, and nothing else. */

/** What is known of a question when its answer is read. */
export interface AnswerContext {
	readonly approveLabel: string;
	readonly disapproveLabel: string;
	/** Whether the question is itself about refusing or ending something: see `asksToRefuse`. */
	readonly isRefusal?: boolean;
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
/** Words of one phrase; a label may have more. */
const LONGEST_PHRASE = 8;
/** An answer is short. What is longer says more than yes or no. */
const LONGEST_ANSWER = 200;

const WORDS = new Map<string, Meaning>([
	...phrasesOf([...YES_WORDS, ...ANSWER_EMOJI.yes], true),
	...phrasesOf([...NO_WORDS, ...ANSWER_EMOJI.no], false),
	...phrasesOf([...POLITE_WORDS, ...POLITE_EMOJI], null),
]);
const WORDS_AND_VERBS = new Map<string, Meaning>([
	...WORDS,
	...phrasesOf(YES_VERBS, true),
	...phrasesOf(NO_VERBS, false),
]);
const POLITE_ENDS = [...WORDS].flatMap(([phrase, meaning]) =>
	meaning === null && UNSPACED.test(phrase) ? [phrase] : [],
);

/**
 * True for yes, false for no, undefined for anything else. Each word has to say the same, or to be
 * polite. The labels of the question win over the words of all languages.
 */
export function readAnswer(
	text: string,
	{ approveLabel, disapproveLabel, isRefusal = false, agentName = '' }: AnswerContext,
): boolean | undefined {
	const longest = LONGEST_ANSWER + approveLabel.length + disapproveLabel.length;
	if (text.length > longest) return undefined;
	const said = folded(text);
	// "Decline" is no label that people see: they are asked to write yes or no.
	const noLabel =
		isRefusal && disapproveLabel === DEFAULT_LABELS.disapproveLabel ? '' : disapproveLabel;
	if (said === folded(approveLabel)) return true;
	if (said === folded(noLabel)) return false;
	const [yes, no] = [phraseOf(approveLabel), phraseOf(noLabel)];
	const known = knownBeside(yes, no, isRefusal ? WORDS : WORDS_AND_VERBS);
	const name = phraseOf(agentName);
	if (name !== '' && !known.has(name)) known.set(name, null);
	const words = withoutMention(folded(agentName), said);
	return isNegatedRefusal(words, no, known) ? undefined : meaningOf(words, known);
}

/**
 * Whether a question is itself about refusing or ending something. Then a word such as "cancel"
 * may repeat it, and answers nothing.
 */
export function asksToRefuse(question: string): boolean {
	const words = folded(question).replace(/\s+/g, ' ');
	return REFUSING.some((part) => words.includes(folded(part)));
}

/**
 * The labels, with and without emoji, and the words of all languages that contradict neither. To
 * "Cancel order" or "OK, keep it", neither "cancel it" nor "okay" is an answer.
 */
function knownBeside(
	yes: string,
	no: string,
	words: ReadonlyMap<string, Meaning>,
): Map<string, Meaning> {
	const known = new Map<string, Meaning>();
	for (const [phrase, meaning] of words)
		if (meaning === null || !saysOpposite(phrase, meaning ? [yes, no] : [no, yes]))
			known.set(phrase, meaning);
	const [yesWords, noWords] = [withoutEmoji(yes), withoutEmoji(no)];
	for (const object of OBJECTS) {
		if (!isNegated(yes)) for (const not of NOT) known.set(not + yesWords + object, false);
		known.set(no + object, false).set(yes + object, true);
	}
	if (yesWords !== noWords) known.set(noWords, false).set(yesWords, true);
	return known.set(no, false).set(yes, true);
}

/** What people write behind a label, and before one that they do not choose. */
const OBJECTS = ['', ' it', ' that', ' this', ' them'];
const NOT = ['dont ', 'do not ', 'not '];

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
	// What the words before each place say together, in each way to cut them into phrases: "please
	// do it" is no "please do" with a word too many.
	const said = Array.from({ length: tokens.length + 1 }, () => new Set<Meaning>());
	said[0]?.add(null);
	for (const [at, meanings] of said.entries())
		for (const { length, meaning } of phrasesAt(tokens, at, known))
			for (const before of meanings)
				if (before === null || meaning === null || before === meaning)
					said[at + length]?.add(meaning ?? before);
	const [answer, ...others] = [...(said.at(-1) ?? [])].filter((meaning) => meaning !== null);
	return others.length === 0 ? answer : undefined;
}

/** The known phrases that begin with this token. */
function phrasesAt(
	tokens: readonly string[],
	at: number,
	known: ReadonlyMap<string, Meaning>,
): Array<{ readonly length: number; readonly meaning: Meaning }> {
	const longest = Math.min(LONGEST_PHRASE, tokens.length - at);
	return Array.from({ length: longest }, (_, index) => index + 1).flatMap((length) => {
		const phrase = tokens.slice(at, at + length).join(' ');
		const isUnspaced = length === 1 && !known.has(phrase);
		const meaning = isUnspaced ? unspacedMeaning(phrase, known) : known.get(phrase);
		return meaning === undefined ? [] : [{ length, meaning }];
	});
}

/**
 * "do not cancel", also with the label for no in the verb's place. With a comma, as in "No,
 * cancel", it is none.
 */
function isNegatedRefusal(
	words: string,
	disapproveLabel: string,
	known: ReadonlyMap<string, Meaning>,
): boolean {
	const isVerb = WORDS.get(disapproveLabel) !== false && !isNegated(disapproveLabel);
	const verbs = NO_VERBS.map(phraseOf).filter((verb) => known.get(verb) === false);
	if (isVerb && disapproveLabel !== '') verbs.push(disapproveLabel);
	if (verbs.length === 0) return false;
	const [negation, verb] = [NEGATIONS.join('|'), verbs.join('|')];
	const form = `(?<!${LETTER})(?:${negation})\\s+(?:${FILLERS})*(?:${verb})(?!${LETTER})`;
	return new RegExp(form, 'u').test(words);
}

const LETTER = String.raw`[\p{L}\p{N}]`;
const FILLERS = String.raw`(?:please|bitte|you|to)\s+`;

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
