/** Keeps agent tokens out of what people read: errors and log lines quote servers, and a server may repeat what it was sent. */

/** Shared by all versions of the package in the process: a session of one may have been given its token by another. */
const KEPT = Symbol.for('n8n-nodes-agentclub.secrets.1');

/** Tokens that are looked for; of more the ones used longest ago are forgotten. */
const MOST_TOKENS = 1000;

/** Shorter than any token of any server generation (43 characters); what is shorter still stands in texts by chance. */
const SHORTEST_TOKEN = 8;

/** The form of today's tokens, whoever's: one that was pasted into the wrong field is nobody's yet. */
const LOOKS_LIKE_A_TOKEN = /sk_agt_[\w-]{16,}/gi;

const PLACEHOLDER = '[agent token]';

/** From now on the token stands in no error and in no log line of this process. */
export function keepSecret(token: string): void {
	if (token.length < SHORTEST_TOKEN) return;
	const patterns = keptTokens();
	const pattern = patterns.get(token) ?? new RegExp(formsOf(token).join('|'), 'gi');
	patterns.delete(token);
	patterns.set(token, pattern);
	const [oldest] = patterns.keys();
	if (patterns.size > MOST_TOKENS && oldest !== undefined) patterns.delete(oldest);
}

/** The text without tokens: as they are, percent-encoded (wholly or in part), escaped as in JSON, or within something in base64. */
export function withoutSecrets(text: string): string {
	// No spelling of a token is shorter than itself, so ids and other short texts cost nothing.
	const possible = [...keptTokens()].filter(([token]) => token.length <= text.length);
	// Of two tokens the longer one first, which may begin with the other.
	possible.sort(([a], [b]) => b.length - a.length);
	return possible.reduce((left, [, pattern]) => left.replace(pattern, PLACEHOLDER), text).replace(LOOKS_LIKE_A_TOKEN, PLACEHOLDER);
}

/** Each with what finds it; letters in either case, for hosts lose theirs on the way. */
function keptTokens(): Map<string, RegExp> {
	const shared = globalThis as { [KEPT]?: Map<string, RegExp> };
	shared[KEPT] ??= new Map<string, RegExp>();
	return shared[KEPT];
}

function formsOf(token: string): string[] {
	const escaped = insideJson(token);
	const spellings = new Set([token, escaped, insideJson(escaped), escaped.replaceAll('/', '\\/')]);
	return [...Array.from(spellings, (spelling) => Array.from(spelling, characterForm).join('')), ...[0, 1, 2].map((before) => base64Form(token, before))];
}

function insideJson(text: string): string {
	return JSON.stringify(text).slice(1, -1);
}

/** A character as it is, percent-encoded (twice: with "%25" for the percent sign), or by its number in JSON. */
function characterForm(character: string): string {
	const hex = character.charCodeAt(0).toString(16).padStart(2, '0');
	return `(?:\\x${hex}|%(?:25)*${hex}|(?:\\\\|%(?:25)*5c){1,2}u00${hex})`;
}

/** Base64 of something with the token in it, in both alphabets. @param before how many bytes stand before it, modulo 3 */
function base64Form(token: string, before: number): string {
	const encoded = Buffer.from('\0'.repeat(before) + token).toString('base64');
	// What the neighbours have a part in is not told by the token alone.
	const own = encoded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + token.length) * 8) / 6));
	return Array.from(own, (character) => {
		if (character === '+') return '(?:[+-]|%(?:25)*2b)';
		if (character === '/') return '(?:[/_]|%(?:25)*2f|\\\\+/)';
		return character;
	}).join('');
}
