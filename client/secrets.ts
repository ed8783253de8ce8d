/**
 * Keeps agent tokens out of what people read: errors and log lines quote servers, and a server may
 * repeat what it was sent.
 */

/**
 * Shared by all versions of the package in the process: a session of one may have been given its
 * token by another.
 */
const KEPT = Symbol.for('n8n-nodes-agentclub.secrets.2');

/** Tokens that are looked for; of more the ones used longest ago are forgotten. */
const MOST_TOKENS = 1000;

/**
 * Shorter than any token of any server generation (43 characters); what is shorter still stands in
 * texts by chance.
 */
const SHORTEST_TOKEN = 8;

/**
 * The form of today's tokens, whoever's: one that was pasted into the wrong field is nobody's yet.
 */
const LOOKS_LIKE_A_TOKEN = /sk_agt_[\w-]{16,}/gi;

const PLACEHOLDER = '[agent token]';

/** From now on the token stands in no error and in no log line of this process. */
export function keepSecret(token: string): void {
	if (token.length < SHORTEST_TOKEN) return;
	const kept = keptTokens();
	const traces = kept.get(token) ?? tracesOf(token);
	kept.delete(token);
	kept.set(token, traces);
	const [oldest] = kept.keys();
	if (kept.size > MOST_TOKENS && oldest !== undefined) kept.delete(oldest);
}

/**
 * The text without tokens: as they are, percent-encoded (wholly or in part), escaped as in JSON, or
 * within something in base64.
 */
export function withoutSecrets(text: string): string {
	const folded = fold(text);
	// No spelling of a token is shorter than itself, so ids and other short texts cost nothing.
	const possible = Array.from(keptTokens()).filter(
		([token, traces]) =>
			token.length <= text.length && traces.some((trace) => folded.includes(trace)),
	);
	// Of two tokens the longer one first, which may begin with the other.
	possible.sort(([a], [b]) => b.length - a.length);
	return possible
		.reduce((left, [token]) => left.replace(patternOf(token), PLACEHOLDER), text)
		.replace(LOOKS_LIKE_A_TOKEN, PLACEHOLDER);
}

/** Each with its traces. */
function keptTokens(): Map<string, readonly string[]> {
	const shared = globalThis as { [KEPT]?: Map<string, readonly string[]> };
	shared[KEPT] ??= new Map<string, readonly string[]>();
	return shared[KEPT];
}

/**
 * A folded text with the token in any spelling has one of these in it. Looking for them costs
 * almost nothing. An exact pattern keeps memory for each token once it has been used, so it is made
 * only after one of these was found.
 */
function tracesOf(token: string): string[] {
	// Its own percent signs and backslashes would be folded with what follows them.
	if (/[%\\]/.test(token)) return [''];
	return [token, ...base64FormsOf(token)].map((spelling) =>
		fold(spelling)
			.replace(/^5?(?:25)*/, '')
			.slice(MOST_SWALLOWED, MOST_SWALLOWED + LENGTH_OF_A_TRACE),
	);
}

/**
 * Characters at the start of a spelling that folding may take for the end of an encoded one before
 * it ("%", "\\u"). A repeated "25" does not count.
 */
const MOST_SWALLOWED = 6;

/** As much as no text has by chance. */
const LENGTH_OF_A_TRACE = 12;

/**
 * One text for all spellings of it: in lower case, nothing encoded or escaped, and with one base64
 * alphabet.
 */
function fold(text: string): string {
	const decode = (_: string, hex: string) =>
		String.fromCharCode(Number.parseInt(hex, 16)).toLowerCase();
	return text
		.toLowerCase()
		.replace(/%(?:25)*([0-9a-f]{2})/g, decode)
		.replace(/\\{1,2}u00([0-9a-f]{2})/g, decode)
		.replaceAll('\\', '')
		.replaceAll('-', '+')
		.replaceAll('_', '/');
}

/** Finds the token; letters in either case, for hosts lose theirs on the way. */
function patternOf(token: string): RegExp {
	const escaped = insideJson(token);
	const spellings = new Set([token, escaped, insideJson(escaped), escaped.replaceAll('/', '\\/')]);
	const forms = [
		...Array.from(spellings, (spelling) => Array.from(spelling, characterForm).join('')),
		...base64FormsOf(token).map(base64Form),
	];
	return new RegExp(forms.join('|'), 'gi');
}

function insideJson(text: string): string {
	return JSON.stringify(text).slice(1, -1);
}

/**
 * A character as it is, percent-encoded (twice: with "%25" for the percent sign), or by its number
 * in JSON.
 */
function characterForm(character: string): string {
	const hex = character.charCodeAt(0).toString(16).padStart(2, '0');
	return `(?:\\x${hex}|%(?:25)*${hex}|(?:\\\\|%(?:25)*5c){1,2}u00${hex})`;
}

/**
 * Base64 of something with the token in it, for each number of bytes before it, modulo 3: what the
 * neighbours have no part in.
 */
function base64FormsOf(token: string): string[] {
	return [0, 1, 2].map((before) => {
		const encoded = Buffer.from('\0'.repeat(before) + token).toString('base64');
		return encoded.slice(
			Math.ceil((before * 8) / 6),
			Math.floor(((before + token.length) * 8) / 6),
		);
	});
}

/** In both alphabets. */
function base64Form(encoded: string): string {
	return Array.from(encoded, (character) => {
		if (character === '+') return '(?:[+-]|%(?:25)*2b)';
		if (character === '/') return '(?:[/_]|%(?:25)*2f|\\\\+/)';
		return character;
	}).join('');
}
