import { isHyphen } from '../protocol/folded-name';

/**
 * Where a mention can begin and end. Half of a longer word is no mention: neither `@Ann-Kathrin`
 * nor `@tom/utils` means Ann or Tom.
 */

/** Scripts whose words follow each other without a space, or have endings such as 님 at a name. */
const UNSPACED =
	/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}]/u;
const LETTER = /[\p{L}\p{N}]/u;
/** What changes the character before it, and is a part of it. */
const MARK = /[\p{M}\p{Emoji_Modifier}]/u;
const UNSEEN = /\p{Default_Ignorable_Code_Point}/u;
/** What makes a key of a digit. */
const KEYCAP = '\u20e3';
const JOINER = '\u200d';
const PICTURE = /\p{Extended_Pictographic}/u;
/** Between two parts of one word beside hyphens, as in Tom.Weber, tom/utils, Tom+1 and tom#1234. */
const CONNECTORS = new Set('./\\+=~#'.split(''));
/** The key of a setting behind a name, as `@tom:registry=` has it. */
const SETTING = /:[\p{L}\p{N}_.-]{1,64}=/uy;
/** The server behind a name of Matrix or XMPP, as in `@tom:matrix.org`. */
const SERVER = /:[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+/y;
/** Such a name. */
const NAME_AT_SERVER = /[@＠﹫][a-z0-9._=/+-]{1,64}$/;
/** Between two parts of a foreign name, as in 玛丽·居里. */
const MIDDLE_DOT = /[·・]/;
const EMPHASIS = /[_*]+/y;
/** An ending after an apostrophe: Ann's, ANN'S, Ali'nin; O'Brien is not the ending of an O. */
const ENDING = /['’ʼ＇](?:\p{Ll}|S(?![\p{L}\p{N}]))/uy;
const APOSTROPHE = /['’ʼ＇]/;

/**
 * Whether a word can begin with the sign at this place.
 * @param mentionEnd where the mention before it ends: right behind that another one may follow
 */
export function startsWord(text: string, sign: number, mentionEnd: number): boolean {
	if (sign === mentionEnd) return true;
	let before = sign;
	while (before > mentionEnd && text[before - 1] === '_') before -= 1;
	const previous = characterBefore(text, before);
	if (previous === '\\') return false;
	if (previous !== '/') return !isSpaced(previous) || isPrefix(text, before);
	return before - 1 === mentionEnd || /\s/.test(text[before - 2] ?? ' ');
}

/** Whether a name that ends at this place is a word, or the last of several. */
export function endsWord(text: string, end: number): boolean {
	const next = seenFrom(text, end);
	if (next === undefined) return false;
	const last = characterBefore(text, end);
	const character = characterAt(text, next);
	if (LETTER.test(character)) return !isSpaced(last) || !isSpaced(character);
	if (APOSTROPHE.test(character)) {
		ENDING.lastIndex = next;
		return !LETTER.test(characterAt(text, next + 1)) || ENDING.test(text);
	}
	if (character === '_' || character === '*') return !isSpaced(afterEmphasis(text, next));
	if (MIDDLE_DOT.test(character)) return !LETTER.test(characterAt(text, next + 1));
	SETTING.lastIndex = next;
	if (SETTING.test(text)) return false;
	SERVER.lastIndex = next;
	if (SERVER.test(text) && NAME_AT_SERVER.test(text.slice(Math.max(0, end - 65), end)))
		return false;
	// Markdown's `Ann\-Kathrin` is Ann-Kathrin.
	const isEscape = character === '\\' && isConnector(characterAt(text, next + 1));
	const connector = isEscape ? next + 1 : next;
	return !isConnector(characterAt(text, connector)) || !isSpaced(characterAt(text, connector + 1));
}

/** In Arabic and Hebrew "and", "to" and others are one letter, stuck to the word. */
const PREFIX = /[وفبلكובלמשהכ]/;

function isPrefix(text: string, end: number): boolean {
	return PREFIX.test(characterBefore(text, end)) && !isSpaced(characterBefore(text, end - 1));
}

function isConnector(character: string): boolean {
	return CONNECTORS.has(character) || isHyphen(character);
}

/** Where the next character stands that can be seen; undefined where it belongs to the last one. */
function seenFrom(text: string, end: number): number | undefined {
	let at = end;
	for (let next = characterAt(text, at); next !== ''; next = characterAt(text, at)) {
		if (next === JOINER && PICTURE.test(characterAt(text, at + 1))) return undefined;
		if (!UNSEEN.test(next)) return MARK.test(next) ? undefined : at;
		at += next.length;
	}
	return at;
}

/** `_@Tom_` is emphasis, `@tom_weber` is a longer word. */
function afterEmphasis(text: string, at: number): string {
	if (text[at] === '*') return '';
	EMPHASIS.lastIndex = at;
	EMPHASIS.test(text);
	return characterAt(text, EMPHASIS.lastIndex);
}

function characterAt(text: string, at: number): string {
	return String.fromCodePoint(text.codePointAt(at) ?? 0).replace('\0', '');
}

function characterBefore(text: string, at: number): string {
	const isPair = at > 1 && /[\udc00-\udfff]/.test(text.charAt(at - 1));
	return text.slice(Math.max(0, at - (isPair ? 2 : 1)), at);
}

/** Whether it is a letter, digit or mark of a script that separates its words. */
function isSpaced(character: string): boolean {
	if (character === '_') return true;
	return (LETTER.test(character) || isAccent(character)) && !UNSPACED.test(character);
}

function isAccent(character: string): boolean {
	const isPicture = character === KEYCAP || /\p{Emoji}/u.test(character);
	return MARK.test(character) && !UNSEEN.test(character) && !isPicture;
}
