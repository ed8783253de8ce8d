/**
 * A text that every server can store. Half a character (of an emoji that was cut, for example)
 * becomes U+FFFD: the server answers nothing at all to a text that has one (measured). NUL is left
 * out, because PostgreSQL takes no text with it.
 */
export function wellFormed(text: string): string {
	return text.toWellFormed().replaceAll('\0', '');
}
