/**
 * A text that every server can store. Half a character (of an emoji that was cut, for example)
 * becomes U+FFFD, because the server never answers a text that has one
 * (`test/contract/sending.test.ts`). NUL is left out, because PostgreSQL takes no text with it.
 */
export function wellFormed(text: string): string {
	return text.toWellFormed().replaceAll('\0', '');
}
