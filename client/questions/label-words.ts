import { NEGATIONS, SAME_WORDS } from './answer-lists';

/** How a known phrase stands to the labels of a question; both folded, a space between words. */

/** Scripts that write words without a space between them. */
export const UNSPACED =
	/^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー\p{Script=Hangul}]+$/u;

/** Letters that two words share at least, and letters that an ending has at most. */
const SHORTEST_STEM = 4;
const SHORTEST_UNSPACED_STEM = 2;
const ENDING = 3;
const NEGATION_WORDS = new Set(NEGATIONS.flatMap((phrase) => phrase.split(' ')));
NEGATION_WORDS.delete('do');

/**
 * Whether a phrase would say the opposite of what it means, by a word that it shares with a label.
 * @param labels that for what the phrase means, and the other one
 */
export function saysOpposite(phrase: string, [own, other]: readonly [string, string]): boolean {
	if (isRelated(phrase, other)) return true;
	if (isNegated(phrase)) return isNegated(other) || (!isNegated(own) && sharesWord(phrase, own));
	return isNegated(other) ? sharesParticle(phrase, other) : sharesWord(phrase, other);
}

/** "no" alone negates nothing. */
export function isNegated(phrase: string): boolean {
	return phrase !== 'no' && phrase.split(' ').some((word) => NEGATION_WORDS.has(word));
}

/** "nope" and "No, cancel". */
function sharesParticle(phrase: string, label: string): boolean {
	const words = new Set(label.split(' '));
	return SAME_WORDS.some((same) => same.includes(phrase) && same.some((word) => words.has(word)));
}

/** "approved" and "Approve", "okay" and "OK". */
function sharesWord(phrase: string, label: string): boolean {
	const words = label.split(' ');
	return phrase.split(' ').some((word) => words.some((other) => isOneWord(word, other)));
}

function isOneWord(one: string, other: string): boolean {
	if (one === other) return one.length >= SHORTEST_STEM || UNSPACED.test(one);
	if (SAME_WORDS.some((words) => words.includes(one) && words.includes(other))) return true;
	const [a, b] = [one, other].map((word) => word.replace(/y$/, 'i')) as [string, string];
	let same = 0;
	while (same < a.length && a[same] === b[same]) same += 1;
	if (UNSPACED.test(a)) return same >= SHORTEST_UNSPACED_STEM;
	if (same < SHORTEST_STEM) return false;
	return same === Math.min(a.length, b.length) || Math.max(a.length, b.length) - same <= ENDING;
}

/** Whether a phrase is a part of the label, or begins with it. */
function isRelated(phrase: string, label: string): boolean {
	const isPart = UNSPACED.test(phrase)
		? label.includes(phrase)
		: ` ${label} `.includes(` ${phrase} `);
	return isPart || phrase.startsWith(`${label} `);
}
