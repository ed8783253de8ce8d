import { cleanName } from './display-name';

/**
 * Names as they are compared: whatever their case and Unicode form, their white space, apostrophes
 * and hyphens. A text is folded piece by piece with the same function, so that places in it stay
 * known.
 */

/** Longer names count only as they are shown, which is at most 64 characters. */
const LONGEST_NAME = 200;

const SPACES = /\s+/uy;
/** A character with what is put on top of it; the vowels and finals of a Korean syllable too. */
const CHARACTER = /.[\p{M}\u1160-\u11ff]*/suy;
const UNSEEN = /\p{Default_Ignorable_Code_Point}/gu;
const APOSTROPHES = /[`´‘’ʼʹʻ′＇]/g;
/** What joins two parts of a name; a longer dash parts two clauses. */
const HYPHEN = /[-\u058a\u05be\u2010-\u2013\u2212\ufe63\uff0d]/;
const HYPHENS = new RegExp(HYPHEN, 'g');
const BRACKET = /[([{（［｛]/;
const PUNCTUATION = /["'“”„«»<>[\](){}（）［］｛｝\\]/g;
/** Before a bracket that is stuck to the word before it. */
const STUCK = /(?<=[^\s([{（［｛])(?=[([{（［｛])/g;

/** A sign that Markdown would read as a mark. */
const ESCAPED = /\\(?=[!-/:-@[-`{-~])/y;

/** A piece of a text, folded. */
export interface FoldedPiece {
	/** "" for a character that nobody sees. */
	readonly folded: string;
	/** Where the piece ends in the text. */
	readonly end: number;
}

/**
 * The piece that begins at `at`: one character with its marks and the backslash before it, or a run
 * of white space.
 * @param isEscape whether a backslash before punctuation is Markdown's, and no part of the name
 */
export function foldedPiece(text: string, at: number, isEscape = true): FoldedPiece {
	SPACES.lastIndex = at;
	const spaces = SPACES.exec(text)?.[0];
	if (spaces !== undefined) {
		const end = at + spaces.length;
		return { folded: foldedSpaces(spaces, text.charAt(end)), end };
	}
	ESCAPED.lastIndex = at;
	const start = at + (isEscape && ESCAPED.test(text) ? 1 : 0);
	CHARACTER.lastIndex = start;
	const character = CHARACTER.exec(text)?.[0] ?? '';
	return { folded: foldedCharacter(character), end: start + character.length };
}

function foldedSpaces(spaces: string, next: string): string {
	// A name may be broken over two lines, but not over two paragraphs.
	if (/\n\s*\n/.test(spaces)) return '\n';
	// "Max (Sales)" is written "Max(Sales)" too.
	return BRACKET.test(next) ? '' : ' ';
}

function foldedCharacter(character: string): string {
	if (character.length === 1 && character < '\u0080')
		return character === '`' ? "'" : character.toLowerCase();
	return (
		character
			.replace(UNSEEN, '')
			.replace(APOSTROPHES, "'")
			.replace(HYPHENS, '-')
			.normalize('NFKC')
			// Both ways, so that ß is ss, the two small sigmas are one, and ı is i as İ is.
			.toUpperCase()
			.toLowerCase()
			.normalize('NFKC')
			.replace(/i\u0307/g, 'i')
	);
}

/**
 * What people and models write for a name: the name itself, or the name as it is shown. Or the name
 * without quotes, apostrophes and brackets, which models like to leave out.
 */
export function foldedNames(name: string): ReadonlySet<string> {
	const shown = cleanName(name);
	const words = shown.replace(STUCK, ' ').replace(APOSTROPHES, '').replace(PUNCTUATION, '');
	const written = [shown, words];
	if (name.length <= LONGEST_NAME) written.push(name);
	return new Set(written.map(foldedName).filter((folded) => folded !== ''));
}

/**
 * What models also make of a name: it without accents, full stops, pictures and hyphens, and Han
 * names without a space. Nobody else's name is meant by it, if somebody is called exactly so.
 */
export function looseNames(name: string): ReadonlySet<string> {
	if (name.length > LONGEST_NAME) return new Set();
	const plain = cleanName(name)
		.replace(PICTURES, ' ')
		.replace(/\./g, ' ')
		.replace(HAN_SPACE, '')
		.normalize('NFKD')
		.replace(LATIN_ACCENTS, '')
		.normalize('NFKC');
	const written = [plain, plain.replace(HYPHENS, ' '), plain.replace(HYPHENS, '')];
	return new Set(written.map(foldedName).filter((folded) => folded !== ''));
}

const PICTURES =
	/\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|\u200d|\ufe0f|\u20e3/gu;
const HAN_SPACE = /(?<=\p{Script=Han})\s+(?=\p{Script=Han})/gu;
const LATIN_ACCENTS = /(?<=\p{Script=Latin})\p{Mn}+/gu;

export function isHyphen(character: string): boolean {
	return HYPHEN.test(character);
}

/** A text as lists are searched: folded like a name, and without accents. */
export function searchable(text: string): string {
	return foldedName(text).normalize('NFKD').replace(/\p{M}/gu, '');
}

/** One name, to compare it with another one. */
export function foldedName(name: string): string {
	let folded = '';
	for (let at = 0; at < name.length; ) {
		const piece = foldedPiece(name, at);
		folded += piece.folded === '\n' ? ' ' : piece.folded;
		at = piece.end;
	}
	return folded.replace(/ +/g, ' ').trim().replace(/^@+/, '');
}
