import { cleanName } from '../protocol/display-name';
import { replaceMentionTags } from '../protocol/mention-tags';
import { wellFormed } from '../protocol/well-formed';

/**
 * Makes a text of others safe to show in a message of the agent. Nothing in it has to be understood
 * for that. Whatever could become a link, a picture, a table, HTML or a mention is written as an
 * entity. Every reader of Markdown shows that as a plain character. Bold, lists and headings stay.
 * Code in a fence stays, and the fence is written anew. Code within words stays if nothing in it
 * would work outside of code either, because readers disagree about where it ends.
 */

/** Whatever any reader could take for the end of a line. */
const LINE_BREAK = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/;
/** The server's page marks the places of mentions with these two before it reads the Markdown. */
const PLACE_MARKS = /[\ue000\ue001]/g;
const FENCE = /^([ \t]*)(`{3,}|~{3,})([^`]*)$/;
const SHORTEST_FENCE = 3;
/** The name of a language, for its colours. */
const LANGUAGE = /^\s*([\w+#.-]{0,20})/;
const TAG_START = /<(?=at user_id=)/g;
const PUNCTUATION = /[!-/:-@[-`{-~]/g;
/** Below a line of words, `:-:` makes a table of it. */
const TABLE_LINE = /^[\s>]*:?-+:?\s*$/;
/** White space in front. Four columns make code of words, unless a list item follows. */
const INDENT = /^[ \t]*/;
const CODE_INDENT = 4;
const LIST_ITEM = /^(?:[-+*]|\d{1,9}[.)])[ \t]/;
/** Marks, links with their addresses, addresses without them, and addresses in angle brackets. */
const MARKS = new RegExp(
	[
		'\\\\(?<escaped>[!-/:-@[-`{-~])',
		'!?\\[(?<label>[^[\\]]*)\\]\\((?<target>[^()]*)\\)',
		'(?<address>(?:[a-z]{2,10}://|www\\.)[^\\s<>|[\\]`"\\\\]*)',
		'<(?<bare>[a-z][a-z0-9+.-]{1,31}:[^\\s<>]*|[^\\s<>@]{1,64}@[^\\s<>@]+)>(?=[\\s.,;:!?)]|$)',
		'[[\\]<|`]|~{3,}',
	].join('|'),
	'giu',
);
/** Where the server's page would see an address without a mark. */
export const ADDRESS_MARKS = /:(?=\/\/)|(?<=www)\.|(?<=[\w.+-])@/gi;

/**
 * The lines of a text, in which nothing works.
 * @param showsAddresses whether an address in it may be a link, which then shows where it leads
 */
export function harmlessLines(text: string, showsAddresses: boolean): string[] {
	const cleaned = withoutTags(wellFormed(text).replace(PLACE_MARKS, ''));
	const lines = cleaned.split(LINE_BREAK);
	const safe: string[] = [];
	for (let at = 0; at < lines.length; at += 1) {
		const [, indent = '', marks, info = ''] = FENCE.exec(lines[at] ?? '') ?? [];
		if (marks === undefined) {
			safe.push(harmlessLine(lines[at] ?? '', showsAddresses));
			continue;
		}
		const end = endOfFence(lines, at + 1, marks);
		safe.push(...codeBlock(lines.slice(at + 1, end), indent.length, info));
		at = end;
	}
	return safe;
}

/** The text with names in place of its tags, which would mention whomever a model thinks of. */
export function withoutTags(text: string): string {
	return replaceMentionTags(text, ({ userId, name }) => `@${cleanName(name) || userId}`);
}

/** Without an end, the code goes on to the end of the text. */
function endOfFence(lines: readonly string[], from: number, marks: string): number {
	for (let at = from; at < lines.length; at += 1) {
		const found = lines[at]?.trim() ?? '';
		if (found.startsWith(marks) && /^(?:`+|~+)$/.test(found)) return at;
	}
	return lines.length;
}

/** In a fence that no line of the code can end. */
function codeBlock(lines: readonly string[], indent: number, info: string): string[] {
	const runs = lines.flatMap((line) => line.match(/`+/g) ?? []);
	const longest = runs.reduce((most, { length }) => Math.max(most, length), SHORTEST_FENCE - 1);
	const fence = '`'.repeat(longest + 1);
	const code = lines.map((line) =>
		line.slice(Math.min(indent, indentOf(line).length)).replace(TAG_START, '< '),
	);
	return [fence + (LANGUAGE.exec(info)?.[1] ?? ''), ...code, fence];
}

function harmlessLine(line: string, showsAddresses: boolean): string {
	if (TABLE_LINE.test(line)) return line.replaceAll(':', entity);
	const indent = indentOf(line).replaceAll('\t', ' '.repeat(CODE_INDENT));
	const words = line.slice(indentOf(line).length);
	if (words === '') return '';
	const isCode = indent.length >= CODE_INDENT && !LIST_ITEM.test(words);
	let safe = isCode ? indent.replaceAll(' ', '&nbsp;') : indent;
	let at = 0;
	for (const { start, end, code } of codeSpans(words)) {
		const isSafe = !code.includes('`') && harmlessWords(code, showsAddresses) === code;
		safe += harmlessWords(words.slice(at, start), showsAddresses);
		safe += isSafe ? `\`${code}\`` : words.slice(start, end).replace(PUNCTUATION, entity);
		at = end;
	}
	return safe + harmlessWords(words.slice(at), showsAddresses);
}

function indentOf(line: string): string {
	return INDENT.exec(line)?.[0] ?? '';
}

interface CodeSpan {
	readonly start: number;
	readonly end: number;
	/** Between the backticks. */
	readonly code: string;
}

/** From a run of backticks to the next one of the same length. */
function codeSpans(line: string): CodeSpan[] {
	const runs = [...line.matchAll(/`+/g)].map(({ index, 0: { length } }) => ({ index, length }));
	const next = new Map<number, number>();
	const partners = runs.map(() => -1);
	for (let at = runs.length - 1; at >= 0; at -= 1) {
		const length = runs[at]?.length ?? 0;
		partners[at] = next.get(length) ?? -1;
		next.set(length, at);
	}
	const spans: CodeSpan[] = [];
	for (let at = 0; at < runs.length; at += 1) {
		const [opening, closing] = [runs[at], runs[partners[at] ?? -1]];
		if (!opening || !closing || isEscaped(line, opening.index)) continue;
		const end = closing.index + closing.length;
		const code = line.slice(opening.index + opening.length, closing.index);
		spans.push({ start: opening.index, end, code });
		at = partners[at] ?? at;
	}
	return spans;
}

function isEscaped(line: string, at: number): boolean {
	let before = at;
	while (line[before - 1] === '\\') before -= 1;
	return (at - before) % 2 === 1;
}

/** Words of one line, which are not in code. */
function harmlessWords(words: string, showsAddresses: boolean): string {
	const safe = words.replace(MARKS, (found: string, ...more: unknown[]) => {
		const [at, , groups] = more.slice(-3) as [number, string, Partial<Record<string, string>>];
		const { escaped, label, target = '', address, bare } = groups;
		const next = words[at + found.length] ?? '';
		if (escaped !== undefined) return entity(escaped);
		if (bare !== undefined) return `(${harmlessWords(bare, true)})`;
		if (address !== undefined) return found + spaceBefore(next);
		if (label === undefined) return found.replace(PUNCTUATION, entity);
		const [shown = ''] = target.trim().split(/\s/, 1);
		const leadsTo = harmlessWords(shown.replace(/^<|>$/g, ''), true);
		return `${harmlessWords(label, true)} (${leadsTo})${spaceBefore(next)}`;
	});
	return showsAddresses ? safe : safe.replace(ADDRESS_MARKS, entity);
}

/** What stands right behind an address would be read as a part of it. */
function spaceBefore(next: string): string {
	return /[<>|[\]`"\\]/.test(next) ? ' ' : '';
}

function entity(character: string): string {
	return `&#${character.charCodeAt(0)};`;
}
