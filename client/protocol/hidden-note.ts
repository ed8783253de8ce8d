/**
 * A note at the end of a message that nobody sees: Markdown's definition of a link that no text
 * refers to. The server keeps it with the message, so it is there for every process and after every
 * restart.
 */

const NOTE = /(?:^|\s*\n)\[agentclub\]: # "([\w-]+)"\s*$/;

/** The text with a note behind it. @param note in base64url */
export function withHiddenNote(text: string, note: string): string {
	return `${text}\n\n[agentclub]: # "${note}"`;
}

/** The note behind the text, if it has one; anybody may have written it. */
export function hiddenNoteOf(text: string): string | undefined {
	// Nearly no message has one, and a look for it costs next to nothing.
	return text.includes('[agentclub]: # "') ? NOTE.exec(text)?.[1] : undefined;
}

/** The text as people see it. */
export function withoutHiddenNote(text: string): string {
	return text.includes('[agentclub]: # "') ? text.replace(NOTE, '') : text;
}
