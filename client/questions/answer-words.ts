/** Whether somebody's words say yes or no, and nothing else. */

const YES = [
	'yes, y, yeah, yep, yup, ok, okay, sure, approve, approved, confirm, confirmed, go ahead, do it',
	'yes please, go for it, allow, accept, accepted',
	'是, 是的, 好, 好的, 可以, 同意, 批准, 行, 没问题, 确认, 通过, 對, 对, 沒問題, 確認, 通過',
	'はい, 承認, 承認します, 네, 예, 승인',
	'ja, jawohl, genehmigt, einverstanden, akkoord, oui, approuvé, sí, si, sì, aprobado, approvato',
	'sim, aprovado, да, одобряю, evet',
	'👍, ✅, ✔, 👌, 🆗',
];
const NO = [
	'no, n, nope, nah, decline, declined, reject, rejected, deny, denied, do not, dont, no thanks',
	'no way, refuse, refused, disapprove, disapproved',
	'不, 不行, 不要, 不是, 不可以, 不同意, 拒绝, 拒絕, 否, 不批准, 取消',
	'いいえ, 却下, 아니요, 아니오, 거절',
	'nein, abgelehnt, nee, non, refusé, não, нет, hayır',
	'👎, ❌, ✖, 🚫, ⛔',
];

/** What surrounds words without being part of them: punctuation, quotes, Markdown. */
const AROUND = /^[\p{P}\p{Sk}\s~+=|<>]+|[\p{P}\p{Sk}\s~+=|<>]+$/gu;
/** Colours of skin, and whether an emoji is shown as a picture. */
const EMOJI_FORM = /\p{Emoji_Modifier}|\ufe0e|\ufe0f/gu;
/** The same emoji several times. */
const REPEATED = /^(\p{Extended_Pictographic})\1+$/u;

const YES_WORDS = wordsOf(YES);
const NO_WORDS = wordsOf(NO);

/**
 * True for yes, false for no, undefined for anything else. The labels of the question win over the
 * words of all languages.
 */
export function readAnswer(
	text: string,
	labels: { readonly approveLabel: string; readonly disapproveLabel: string },
): boolean | undefined {
	const said = plainWords(text);
	if (said === '') return undefined;
	if (said === plainWords(labels.approveLabel)) return true;
	if (said === plainWords(labels.disapproveLabel)) return false;
	if (YES_WORDS.has(said)) return true;
	return NO_WORDS.has(said) ? false : undefined;
}

/** Whether the labels can be told apart when somebody writes one of them. */
export function areDistinct(approveLabel: string, disapproveLabel: string): boolean {
	const [yes, no] = [plainWords(approveLabel), plainWords(disapproveLabel)];
	return yes !== '' && no !== '' && yes !== no;
}

function wordsOf(lists: readonly string[]): Set<string> {
	return new Set(lists.flatMap((list) => list.split(', ')).map(plainWords));
}

/** One spelling for all that read alike. */
function plainWords(text: string): string {
	return text
		.normalize('NFKC')
		.toLowerCase()
		.replace(EMOJI_FORM, '')
		.replace(AROUND, '')
		.replace(/['’`]/g, '')
		.replace(/\s+/g, ' ')
		.replace(REPEATED, '$1');
}
