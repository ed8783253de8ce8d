/**
 * How a display name is shown to a model. Any user can choose any text. So whatever could break out
 * of the name's line or quotes is left out. The rest stays as people wrote it.
 */

/** Longer names are cut: a name is a name, not a message. */
const LONGEST_NAME = 64;
/**
 * Only this much of a name is looked at. A name of 1 MB in a roster would slow down every item of
 * its group.
 */
const LONGEST_READ = 1024;

/** Line breaks, tabs and other control characters stand between words. */
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}]/gu;
/**
 * Characters that nobody sees: direction marks, spaces without width, tags. The two joiners stay,
 * because emoji and Persian or Indian names fall apart without them.
 */
const INVISIBLE =
	/(?!\p{Join_Control})(?:\p{Cf}|\u034f|\u115f|\u1160|\u17b4|\u17b5|\u3164|\uffa0)/u;
/**
 * The flag of a part of a country, such as England's: a black flag with the place in tags. Others
 * after a flag could hide words.
 */
const FLAG =
	/\u{1f3f4}[\u{e0061}-\u{e007a}]{2}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{1,3}\u{e007f}/u;
const FLAG_OR_INVISIBLE = new RegExp(`(${FLAG.source})|${INVISIBLE.source}`, 'gu');
/** What ends a quotation or a mention tag. */
const BREAKING_OUT = /["<>]/g;
const PARTNERS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** A display name in one line, at most 64 characters; "" where nothing of it can be seen. */
export function cleanName(name: string): string {
	const line = name
		.slice(0, LONGEST_READ)
		.replace(CONTROLS, ' ')
		.replace(FLAG_OR_INVISIBLE, '$1')
		.replace(BREAKING_OUT, '')
		.replace(/\s+/g, ' ')
		.trim();
	const shown = withoutOpenEnds(cutAt(line, LONGEST_NAME));
	return /[^\s\p{Join_Control}]/u.test(shown) ? shown : '';
}

/** Never through the middle of a flag or a surrogate pair, of which the cut would leave a part. */
function cutAt(text: string, length: number): string {
	return text
		.slice(0, length)
		.replace(/\p{Cs}/gu, '')
		.replace(FLAG_OR_INVISIBLE, '$1');
}

/**
 * Without brackets at its ends that surround the whole name or have no partner in it. They would
 * look like brackets of the text around the name. "Ann (QA)" stays as it is.
 */
function withoutOpenEnds(name: string): string {
	let shown = name.trim();
	for (;;) {
		const partners = partnersOf(shown);
		const last = shown.length - 1;
		const first = partners.get(0);
		if (isBracket(shown[0]) && (first === undefined || first === last))
			shown = shown.slice(1, first === last ? last : undefined).trim();
		else if (isBracket(shown[last]) && !partners.has(last)) shown = shown.slice(0, last).trim();
		else return shown;
	}
}

function isBracket(char: string | undefined): boolean {
	return char !== undefined && '()[]{}'.includes(char);
}

/** For each bracket that has a partner, where the partner stands. */
function partnersOf(name: string): Map<number, number> {
	const partners = new Map<number, number>();
	const open: number[] = [];
	for (let index = 0; index < name.length; index += 1) {
		const char = name.charAt(index);
		if (char in PARTNERS) open.push(index);
		const begin = open.at(-1);
		if (begin === undefined || PARTNERS[name.charAt(begin)] !== char) continue;
		open.pop();
		partners.set(begin, index).set(index, begin);
	}
	return partners;
}
