const BLANK = /^[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]*$/u;

/** Whether nothing of a text can be seen: it is empty, or white space with or without a width. */
export function isBlank(text: string): boolean {
	return BLANK.test(text);
}
