import { readBlocks } from './code-blocks';

/** A part of a text. */
export interface Span {
	readonly start: number;
	readonly end: number;
}

/**
 * The marks that are looked for within a paragraph: an escaped character, code, a mention tag, an
 * address in angle brackets, and the brackets of links.
 */
const MARK =
	/\\[!-/:-@[-`{-~]|`+|<at user_id="[^"]+">[^<]*<\/at>|<[a-z][a-z0-9+.-]{1,31}:[^\s<>]*>|<[^\s<>@]+@[^\s<>@]+>|[[\]]/giu;
const FENCE_LENGTH = 3;
/** What follows a link's words: where it leads, and a title. */
const TARGET =
	/\(\s*(?:<[^<>\n]*>|(?:\\.|[^\s()\\]|\((?:\\.|[^\s()\\])*\))*)(?:\s+(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\((?:\\.|[^()\\])*\)))?\s*\)/suy;
/** `[label]: address`, at the start of a line. */
const DEFINITION = /:\s*(?:<[^<>\n]*>|\S+)/uy;
/** Where addresses end that stand in a text without a mark; Chinese text has no space there. */
const END = '\\s<>"`，。！？；：、（）「」『』【】《》';
/**
 * Addresses without a mark: with a scheme, `www.`, a domain with a path, e-mail. Each part begins
 * where no other could have begun, so that nothing is gone over again and again.
 */
const ADDRESS = new RegExp(
	[
		`(?<![a-z0-9])[a-z][a-z0-9+.-]{0,40}://[^${END}]+`,
		`(?<![\\w.@-])(?:mailto:|xmpp:|www\\.)[^${END}]+`,
		`(?<![\\p{L}\\p{N}.@-])(?:[\\p{L}\\p{N}][\\p{L}\\p{N}-]*\\.)+\\p{L}{2,}(?::\\d+)?/[^${END}]*`,
		'(?<![\\w.+-])[\\w.+-]+@[\\w-]+(?:\\.[\\w-]+)+',
	].join('|'),
	'giu',
);

/**
 * Where an @ is no mention, as CommonMark and its readers see it. These are code blocks and spans,
 * links with their text, addresses, and tags that are there already. In order, without overlaps.
 */
export function codeAndLinks(text: string): Span[] {
	const { code, paragraphs } = readBlocks(text);
	return merged([...code, ...paragraphs.flatMap((lines) => spansWithin(text, lines))]);
}

/** Those of a paragraph, as places in the whole text. */
function spansWithin(text: string, lines: readonly Span[]): Span[] {
	const words = lines.map(({ start, end }) => text.slice(start, end)).join('\n');
	const marked = merged(markedSpans(words));
	const spans = merged([...marked, ...addressesBetween(words, marked)]);
	let line = 0;
	let before = 0;
	const inText = (at: number): number => {
		for (;;) {
			const { start, end } = lines[line] ?? { start: 0, end: Number.POSITIVE_INFINITY };
			if (at - before <= end - start) return start + at - before;
			before += end - start + 1;
			line += 1;
		}
	};
	return spans.map(({ start, end }) => ({ start: inText(start), end: inText(end) }));
}

/** Code, links, tags and addresses in angle brackets. */
function markedSpans(words: string): Span[] {
	const spans: Span[] = [];
	const closing = backtickRuns(words);
	const brackets: number[] = [];
	MARK.lastIndex = 0;
	for (let mark = MARK.exec(words); mark; mark = MARK.exec(words)) {
		const [found] = mark;
		const start = mark.index;
		let end: number | undefined;
		if (found.startsWith('`')) end = closing(found.length, start + found.length);
		else if (found.startsWith('<')) end = start + found.length;
		else if (found === '[') brackets.push(start);
		else if (found === ']') {
			const open = brackets.pop();
			end = open === undefined ? undefined : linkEnd(words, open, start + 1);
			if (open !== undefined && end !== undefined) spans.push({ start: open, end });
		}
		if (end === undefined) continue;
		spans.push({ start, end });
		MARK.lastIndex = end;
	}
	return spans;
}

/**
 * Finds the end of a code span: the next run of exactly as many backticks. Three or more without an
 * end are code that was cut off, up to the end of the paragraph; CommonMark takes them for words.
 */
function backtickRuns(words: string): (length: number, from: number) => number | undefined {
	const runs = new Map<number, number[]>();
	for (const { index, 0: run } of words.matchAll(/`+/g)) {
		const sameLength = runs.get(run.length);
		if (sameLength) sameLength.push(index);
		else runs.set(run.length, [index]);
	}
	for (const places of runs.values()) places.reverse();
	return (length, from) => {
		const places = runs.get(length) ?? [];
		while ((places.at(-1) ?? from) < from) places.pop();
		const place = places.at(-1);
		if (place !== undefined) return place + length;
		return length >= FENCE_LENGTH ? words.length : undefined;
	};
}

/** Where the link ends whose text stands between `open` and `after`; undefined if it is no link. */
function linkEnd(words: string, open: number, after: number): number | undefined {
	const startsLine = open === 0 || words[open - 1] === '\n';
	for (const pattern of startsLine ? [TARGET, DEFINITION] : [TARGET]) {
		pattern.lastIndex = after;
		if (pattern.test(words)) return pattern.lastIndex;
	}
	return undefined;
}

function addressesBetween(words: string, spans: readonly Span[]): Span[] {
	const addresses: Span[] = [];
	let from = 0;
	for (const { start, end } of [...spans, { start: words.length, end: words.length }]) {
		for (const { index, 0: address } of words.slice(from, start).matchAll(ADDRESS))
			addresses.push({ start: from + index, end: from + index + address.length });
		from = end;
	}
	return addresses;
}

function merged(spans: readonly Span[]): Span[] {
	const result: Span[] = [];
	for (const span of spans.toSorted((a, b) => a.start - b.start)) {
		const last = result.at(-1);
		if (!last || span.start >= last.end) result.push(span);
		else if (span.end > last.end) result[result.length - 1] = { start: last.start, end: span.end };
	}
	return result;
}
