/** An ID as people and models write it: with an @ or # before it, or in quotes. */
export function idAsWritten(text: string): string {
	return text.replace(/^[\s@＠#"'`]+|[\s"'`]+$/g, '');
}
