/**
 * A note at the end of a message that nobody sees: Markdown's definition of a link that no text
 * refers to. The server keeps it with the message, so it is there for every process and after every
 * restart.
 */

const BEGINNING = '[agentclub]: # "';
/** From where it begins to the end of the text. */
const NOTE = /\[agentclub\]: # "([\w-]+)"\s*$/y;

/** The text with a note behind it. @param note in base64url */
export function withHiddenNote(text: string, note: string): string {
	return `${text}\n\n${BEGINNING}${note}"`;
}

/** The note behind the text, if it has one; anybody may have written it. */
export function hiddenNoteOf(text: string): string | undefined {
	return find(text)?.note;
}

/** The text as people see it. */
export function withoutHiddenNote(text: string): string {
	const found = find(text);
	return found ? text.slice(0, found.start).trimEnd() : text;
}

/** One look at one place: a search would go over long white space again and again. */
function find(text: string): { note: string; start: number } | undefined {
	const start = text.lastIndexOf(BEGINNING);
	if (start < 0 || (start > 0 && text[start - 1] !== '\n')) return undefined;
	NOTE.lastIndex = start;
	const note = NOTE.exec(text)?.[1];
	return note === undefined ? undefined : { note, start };
}
