import { inspect } from 'node:util';
import type { Random } from '../simulation/random';

/** Tokens, the ways in which a server may repeat one, and the search for what is left of it. */

/** What regular expressions, JSON, URLs and HTML make something of. */
const DIFFICULT = '.*+?^${}()|[]\\/"\'%&<>=#-_:,;@!`~';
const ORDINARY = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-';

/** Printable ASCII as the credential takes it, today's form or the first servers' among others. */
export function anyToken(random: Random): string {
	const letters = (alphabet: string, count: number) =>
		Array.from({ length: count }, () => random.pick(Array.from(alphabet))).join('');
	return random.pick([
		() => `sk_agt_${letters(ORDINARY, 43)}`,
		() => letters(ORDINARY, 43),
		() => letters(ORDINARY + DIFFICULT, random.int(12, 60)),
		() => letters(DIFFICULT, random.int(16, 30)),
	])();
}

const hexOf = (character: string) => character.charCodeAt(0).toString(16).padStart(2, '0');
const percent = (character: string) => `%${hexOf(character)}`;
const base64 = (text: string) => Buffer.from(text, 'latin1').toString('base64');

const FORMS: ReadonlyArray<(token: string, random: Random) => string> = [
	(token) => token,
	(token) => `Bearer ${token}`,
	(token) => token.toUpperCase(),
	(token) => encodeURIComponent(token),
	(token) => encodeURIComponent(encodeURIComponent(token)),
	(token) => Array.from(token, percent).join(''),
	(token, random) =>
		Array.from(token, (character) =>
			random.chance(0.5) ? percent(character).toUpperCase() : character,
		).join(''),
	(token) => JSON.stringify({ authorization: token }),
	(token) => Array.from(token, (character) => `\\u00${hexOf(character)}`).join(''),
	(token) => base64(token),
	(token, random) =>
		base64(`${'agent:'.slice(random.int(0, 6))}${token}${':and more'.slice(random.int(0, 9))}`),
	(token) => Buffer.from(`x${token}`).toString('base64url'),
	(token) => encodeURIComponent(base64(`:${token}`)),
];

/** How many forms there are. */
export const FORM_COUNT = FORMS.length;

/**
 * A text that says the token in one of these forms. Now and then it stands where a cut at 200
 * characters would go through it.
 */
export function disguised(token: string, form: number, random: Random): string {
	const said = FORMS[form]?.(token, random) ?? token;
	const before = random.pick([
		'',
		'invalid token ',
		'x'.repeat(random.int(150, 199)),
		`http://host.test/?token=`,
	]);
	return before + said + random.pick(['', ' is unknown', '&x=y']);
}

/** So many characters in a row of a token are a piece of it; a text has none by chance. */
const PIECE = 8;

/** Whether a piece of the token can be read out of the text, whichever way it is encoded there. */
export function tells(text: string, token: string): boolean {
	const wanted = plain(token);
	const pieces = Array.from({ length: wanted.length - PIECE + 1 }, (_, at) =>
		wanted.slice(at, at + PIECE),
	);
	return readings(text)
		.map(plain)
		.some((reading) => pieces.some((piece) => reading.includes(piece)));
}

function plain(text: string): string {
	return text.toLowerCase().replaceAll('\\', '');
}

function readings(text: string): string[] {
	const open = [text, unescaped(text)];
	const percents = open.flatMap((each) => [decoded(each), decoded(decoded(each))]);
	const all = [...open, ...percents];
	return [...all, ...all.flatMap(outOfBase64)];
}

function unescaped(text: string): string {
	return text.replace(/\\u00([0-9a-f]{2})/gi, (_all, hex: string) =>
		String.fromCharCode(parseInt(hex, 16)),
	);
}

function decoded(text: string): string {
	return text.replace(/%([0-9a-f]{2})/gi, (_all, hex: string) =>
		String.fromCharCode(parseInt(hex, 16)),
	);
}

function outOfBase64(text: string): string[] {
	const runs = text.match(/[\w+/-]{10,}/g) ?? [];
	return runs.flatMap((run) =>
		[0, 1, 2, 3].map((skipped) => Buffer.from(run.slice(skipped), 'base64').toString('latin1')),
	);
}

/** Everything that can be read in an error, its hidden fields and its causes included. */
export function allOf(error: unknown): string {
	const { message, description, stack } = error as Partial<
		Record<'message' | 'description' | 'stack', unknown>
	>;
	const texts = [
		message,
		description,
		stack,
		JSON.stringify(error),
		inspect(error, { depth: 10, showHidden: true, breakLength: Infinity, maxStringLength: null }),
	];
	return texts.map(String).join('\n');
}
