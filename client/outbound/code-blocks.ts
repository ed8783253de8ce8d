/** A part of a text. */
export interface Span {
	readonly start: number;
	readonly end: number;
}

/**
 * The blocks of a Markdown text, as CommonMark reads them: what is a code block, and which lines
 * form a paragraph together. Only what decides that is told apart; a heading is a paragraph too.
 * Each line is read once, whatever it holds. Other parsers take time that grows with the square of
 * what a hostile text nests.
 */
export interface Blocks {
	readonly code: readonly Span[];
	/** The lines of each paragraph, without the marks of the quotes and lists around them. */
	readonly paragraphs: ReadonlyArray<readonly Span[]>;
}

/** A quote, or a list item with the columns that its further lines are indented by. */
type Container = { readonly kind: 'quote' } | { readonly kind: 'item'; readonly indent: number };

/** Deeper ones are read as words: nobody nests so deep, and depth costs time on each blank line. */
const MOST_CONTAINERS = 50;
const CODE_INDENT = 4;
const TAB_WIDTH = 4;
/** No rule asks for more columns. */
const MOST_COLUMNS = 20;

const LINE = /([^\r\n]*)(?:\r\n|\n|\r|$)/y;
const FENCE = /(?:`{3,}(?=[^`\r\n]*$)|~{3,})/my;
const HEADING = /#{1,6}(?:[ \t]|$)/my;
const UNDERLINE = /(?:=+|-+)[ \t]*$/my;
const RULE = /([-*_])(?:[ \t]*\1){2,}[ \t]*$/my;
/** HTML whose words are code or are not shown goes on over blank lines, up to its end. */
const HTML = /<(?:!--|(?:pre|script|style|textarea)(?=[\s>]|$))/imy;
const HTML_END = /<\/(?:pre|script|style|textarea)>/giu;
const COMMENT_END = /-->/g;
const MARKER = /(?:[-+*]|(\d{1,9})[.)])(?=[ \t]|$)/my;

export function readBlocks(text: string): Blocks {
	const reader = new BlockReader();
	LINE.lastIndex = 0;
	while (LINE.lastIndex < text.length) {
		const start = LINE.lastIndex;
		const words = LINE.exec(text)?.[1] ?? '';
		const next = LINE.lastIndex;
		reader.read(new Line(text, start, start + words.length));
		LINE.lastIndex = next;
	}
	return reader.finish();
}

class BlockReader {
	private readonly code: Span[] = [];
	private readonly paragraphs: Span[][] = [];
	private paragraph: Span[] = [];
	private containers: Container[] = [];
	private fence: { readonly marks: string; readonly depth: number } | undefined;
	private html: { readonly end: RegExp; readonly depth: number } | undefined;

	finish(): Blocks {
		this.endParagraph();
		return { code: this.code, paragraphs: this.paragraphs };
	}

	read(line: Line): void {
		const continued = this.continuedBy(line);
		if (this.fence && continued >= this.fence.depth) {
			this.readFenced(line, this.fence.marks);
			return;
		}
		this.fence = undefined;
		if (this.html && continued >= this.html.depth) {
			this.readHtml(line, this.html.end);
			return;
		}
		this.html = undefined;
		let isInParagraph = this.paragraph.length > 0 && continued === this.containers.length;
		const opened: Container[] = [];
		while (continued + opened.length < MOST_CONTAINERS) {
			const container = openedBy(line, isInParagraph);
			if (!container) break;
			opened.push(container);
			isInParagraph = false;
		}
		const goesOn = opened.length === 0 && continued < this.containers.length;
		if (goesOn && this.paragraph.length > 0 && continuesLazily(line)) {
			this.paragraph.push(line.rest);
			return;
		}
		if (opened.length > 0 || continued < this.containers.length) this.endParagraph();
		this.containers = [...this.containers.slice(0, continued), ...opened];
		this.readLeaf(line);
	}

	/** How many of the open containers the line belongs to, whose marks are read over. */
	private continuedBy(line: Line): number {
		const left = this.containers.findIndex((container) => !line.continues(container));
		return left < 0 ? this.containers.length : left;
	}

	private readFenced(line: Line, marks: string): void {
		this.code.push(line.whole);
		const closing = line.indent < CODE_INDENT ? line.match(FENCE)?.[0] : undefined;
		if (closing?.startsWith(marks) && line.isBlankAfter(closing.length)) this.fence = undefined;
	}

	/** What follows the end in its line is words again. */
	private readHtml(line: Line, pattern: RegExp): void {
		const { start, end } = line.rest;
		const closed = line.endOf(pattern);
		this.code.push({ start, end: closed ?? end });
		if (closed === undefined) return;
		this.html = undefined;
		this.paragraphs.push([{ start: closed, end }]);
	}

	private readLeaf(line: Line): void {
		if (line.isBlank) {
			this.endParagraph();
			return;
		}
		if (line.indent >= CODE_INDENT) {
			if (this.paragraph.length > 0) this.paragraph.push(line.rest);
			else this.code.push(line.whole);
			return;
		}
		const marks = line.match(FENCE)?.[0];
		if (marks !== undefined) {
			this.endParagraph();
			this.code.push(line.whole);
			this.fence = { marks, depth: this.containers.length };
			return;
		}
		const html = line.match(HTML)?.[0];
		if (html !== undefined) {
			this.endParagraph();
			const end = html === '<!--' ? COMMENT_END : HTML_END;
			this.html = { end, depth: this.containers.length };
			this.readHtml(line, end);
			return;
		}
		const isAlone = line.match(HEADING) !== null || line.match(RULE) !== null;
		if (isAlone) this.endParagraph();
		const endsParagraph = isAlone || (this.paragraph.length > 0 && line.match(UNDERLINE) !== null);
		this.paragraph.push(line.rest);
		if (endsParagraph) this.endParagraph();
	}

	private endParagraph(): void {
		if (this.paragraph.length > 0) this.paragraphs.push(this.paragraph);
		this.paragraph = [];
	}
}

/** The quote or list item that begins here; its mark is read over. */
function openedBy(line: Line, isInParagraph: boolean): Container | undefined {
	if (line.isBlank || line.indent >= CODE_INDENT) return undefined;
	if (line.startsWith('>')) {
		line.skipQuoteMark();
		return { kind: 'quote' };
	}
	if ((isInParagraph && line.match(UNDERLINE)) || line.match(RULE)) return undefined;
	const marker = line.match(MARKER);
	if (!marker) return undefined;
	const [mark, number] = marker;
	// A paragraph goes on where a list that begins in its middle would be surprising.
	const isSurprising = line.isBlankAfter(mark.length) || (number !== undefined && +number !== 1);
	if (isInParagraph && isSurprising) return undefined;
	return { kind: 'item', indent: line.skipMarker(mark.length) };
}

/** Whether a line without the marks of its paragraph's containers belongs to the paragraph. */
function continuesLazily(line: Line): boolean {
	if (line.isBlank) return false;
	if (line.indent >= CODE_INDENT) return true;
	return ![FENCE, HEADING, RULE, HTML].some((block) => line.match(block));
}

/** A line, of which a part has been read. */
class Line {
	/** Where the last word ends. */
	private readonly lastWord: number;
	/** Where the part begins that has not been read. */
	private at: number;
	private column = 0;
	/** Columns of a tab that a container has used up only in part. */
	private spare = 0;

	constructor(
		private readonly text: string,
		private readonly start: number,
		private readonly end: number,
	) {
		this.at = start;
		this.lastWord = start + text.slice(start, end).trimEnd().length;
	}

	get whole(): Span {
		return { start: this.start, end: this.end };
	}

	get rest(): Span {
		return { start: this.at, end: this.end };
	}

	get isBlank(): boolean {
		return this.at >= this.lastWord;
	}

	/** Columns of white space before the next word, 20 at most. */
	get indent(): number {
		let columns = this.spare;
		for (let at = this.at; columns < MOST_COLUMNS; at += 1) {
			if (this.text[at] === ' ' && at < this.end) columns += 1;
			else if (this.text[at] === '\t' && at < this.end)
				columns += TAB_WIDTH - ((this.column + columns) % TAB_WIDTH);
			else break;
		}
		return columns;
	}

	isBlankAfter(length: number): boolean {
		return this.word + length >= this.lastWord;
	}

	startsWith(mark: string): boolean {
		return this.text.startsWith(mark, this.word) && this.word < this.end;
	}

	/** Matches the next words; the pattern is sticky, and `$` in it ends at the end of a line. */
	match(pattern: RegExp): RegExpExecArray | null {
		pattern.lastIndex = this.word;
		return pattern.exec(this.text);
	}

	/** Where the first match in what has not been read ends; the pattern is global. */
	endOf(pattern: RegExp): number | undefined {
		pattern.lastIndex = 0;
		return pattern.test(this.text.slice(this.at, this.end))
			? this.at + pattern.lastIndex
			: undefined;
	}

	/** Whether the line belongs to an open container, whose mark is then read over. */
	continues(container: Container): boolean {
		if (container.kind === 'item') {
			if (this.isBlank) return true;
			if (this.indent < container.indent) return false;
			this.skip(container.indent);
			return true;
		}
		if (this.isBlank || this.indent >= CODE_INDENT || !this.startsWith('>')) return false;
		this.skipQuoteMark();
		return true;
	}

	skipQuoteMark(): void {
		this.skipWord(1);
		this.skip(1);
	}

	/** Returns by how many columns further lines of the list item are indented. */
	skipMarker(length: number): number {
		const before = this.indent;
		this.skipWord(length);
		const after = this.indent;
		const padding = this.isBlank || after > CODE_INDENT ? 1 : after;
		this.skip(padding);
		return before + length + padding;
	}

	private get word(): number {
		let at = this.at;
		while (at < this.end && (this.text[at] === ' ' || this.text[at] === '\t')) at += 1;
		return at;
	}

	private skipWord(length: number): void {
		this.skip(this.indent);
		this.at += length;
		this.column += length;
	}

	private skip(columns: number): void {
		let left = columns;
		while (left > 0) {
			if (this.spare === 0) {
				const char = this.text[this.at];
				if (this.at >= this.end || (char !== ' ' && char !== '\t')) return;
				this.at += 1;
				this.spare = char === '\t' ? TAB_WIDTH - (this.column % TAB_WIDTH) : 1;
			}
			const used = Math.min(left, this.spare);
			this.spare -= used;
			this.column += used;
			left -= used;
		}
	}
}
