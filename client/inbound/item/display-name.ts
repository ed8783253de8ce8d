/** Longer names are cut: a name is a name, not a message. */
const LONGEST_NAME = 64;
/**
 * Nothing behind this is looked at: a name of 1 MB in a roster would cost every item of the group
 * 50 ms (measured).
 */
const LONGEST_READ = 1024;

/**
 * A display name in one line that a model (or a person) reads as a name: any user can choose any
 * text, so line breaks, control and direction characters, and what could open or close a tag, a
 * quotation or a bracket of the text around it, are left out.
 */
export function cleanName(name: string): string {
	return (
		name
			.slice(0, LONGEST_READ)
			.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ')
			.replace(/["'`<>[\](){}\\]/g, '')
			.replace(/\s+/g, ' ')
			.trim()
			.slice(0, LONGEST_NAME)
			// The cut may have left half of a character.
			.replace(/\p{Cs}/gu, '')
	);
}
