import { readBlocks, type Span } from './code-blocks';

const COMMENT = '<!--';
/** HTML elements whose words are code, or are not shown. */
const CODE_ELEMENTS = ['code', 'pre', 'kbd', 'samp', 'script', 'style', 'textarea'];
const ATTRIBUTE = String.raw`\s+[a-z_:][\w.:-]*(?:\s*=\s*(?:[^\s"'=<>\x60]+|'[^']*'|"[^"]*"))?`;
/**
 * The marks that are looked for within a paragraph: an escaped character, code, a mention tag,
 * HTML, an address in angle brackets, and the brackets of links.
 */
const MARK = new RegExp(
	[
		String.raw`\\[!-/:-@[-\x60{-~]`,
		'`+',
		'<at user_id="[^"]+">[^<]*</at>',
		COMMENT,
		String.raw`<(${CODE_ELEMENTS.join('|')})(?:\s[^<>]*)?>`,
		String.raw`<[a-z][a-z0-9-]*(?:${ATTRIBUTE})+\s*/?>`,
		String.raw`<[a-z][a-z0-9+.-]{1,31}:[^\s<>]*>`,
		String.raw`<[^\s<>@]+@[^\s<>@]+>`,
		String.raw`[[\]]`,
	].join('|'),
	'giu',
);
const CLOSING = new Map([
	[COMMENT, /-->/g],
	...CODE_ELEMENTS.map((name) => [name, new RegExp(`</${name}\\s*>`, 'gi')] as const),
]);
const FENCE_LENGTH = 3;
/** What follows a link's words: where it leads, and a title. */
const TARGET =
	/\(\s*(?:(?:<[^<>\n]*>|(?:\\.|[^\s()\\]|\((?:\\.|[^\s()\\])*\))+)(?:\s+(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\((?:\\.|[^()\\])*\)))?\s*)?\)/suy;
/** `[label]: address`, with a title that it may have and nothing else in its line. */
const DEFINITION =
	/:\s*(?:<[^<>\n]*>|\S+)(?:\s+(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\((?:\\.|[^()\\])*\)))?[ \t]*(?=\n|$)/suy;
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
 * links with their text, addresses, HTML comments, the insides of HTML tags, and mention tags that
 * are there already. In order, without overlaps.
 */
export function codeAndLinks(text: string): Span[] {
	return spansIn(text, (words) => {
		const marked = merged(markedSpans(words));
		return [...marked, ...addressesBetween(words, marked)];
	});
}

/** Where code and HTML comments are. */
export function codeIn(text: string): Span[] {
	return spansIn(text, (words) => markedSpans(words).filter(({ isCode }) => isCode));
}

function spansIn(text: string, find: (words: string) => Span[]): Span[] {
	const { code, paragraphs } = readBlocks(text);
	return merged([...code, ...paragraphs.flatMap((lines) => spansWithin(text, lines, find))]);
}

/** Those of a paragraph, as places in the whole text. */
function spansWithin(
	text: string,
	lines: readonly Span[],
	find: (words: string) => Span[],
): Span[] {
	const words = lines.map(({ start, end }) => text.slice(start, end)).join('\n');
	const spans = merged(find(words));
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

interface MarkedSpan extends Span {
	readonly isCode: boolean;
}

/** Code, links, tags and addresses in angle brackets. */
function markedSpans(words: string): MarkedSpan[] {
	const spans: MarkedSpan[] = [];
	const closing = backtickRuns(words);
	const elementEnd = elementEnds(words);
	const brackets: number[] = [];
	/** Where the definitions end that a paragraph may begin with. */
	let defined = 0;
	MARK.lastIndex = 0;
	for (let mark = MARK.exec(words); mark; mark = MARK.exec(words)) {
		const [found] = mark;
		const start = mark.index;
		let end: number | undefined;
		if (found.startsWith('`')) end = closing(found.length, start + found.length);
		else if (found.startsWith('<'))
			end = elementEnd(mark[1]?.toLowerCase() ?? found, start + found.length);
		else if (found === '[') brackets.push(start);
		else if (found === ']') {
			const open = brackets.pop();
			if (open === undefined) continue;
			end = matchEnd(TARGET, words, start + 1);
			if (end === undefined && words.slice(defined, open).trim() === '') {
				end = matchEnd(DEFINITION, words, start + 1);
				defined = end ?? defined;
			}
			if (end !== undefined) spans.push({ start: open, end, isCode: false });
		}
		if (end === undefined) continue;
		const isCode = found.startsWith('`') || found === COMMENT || mark[1] !== undefined;
		spans.push({ start, end, isCode });
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

/**
 * Finds the end of an HTML comment, or of an element whose words are code or are not shown. Of any
 * other HTML only the tag itself counts.
 */
function elementEnds(words: string): (opening: string, from: number) => number | undefined {
	const endless = new Set<string>();
	return (opening, from) => {
		const closing = CLOSING.get(opening);
		if (!closing) return from;
		const end = endless.has(opening) ? undefined : matchEnd(closing, words, from);
		if (end === undefined) endless.add(opening);
		return end;
	};
}

function matchEnd(pattern: RegExp, words: string, from: number): number | undefined {
	pattern.lastIndex = from;
	return pattern.test(words) ? pattern.lastIndex : undefined;
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
