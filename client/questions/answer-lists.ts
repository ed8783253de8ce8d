/**
 * Words that say yes or no and nothing else, in the languages that we can vouch for. Words that may
 * mean something else are left out: "嗯" can be "hm", and "right" can be "to the right".
 */

export const YES_WORDS = listed(
	'yes, y, yeah, yep, yup, ok, okay, sure, approve, approved, confirm, confirmed, go ahead, do it',
	'go for it, allow, allowed, accept, accepted, agree, agreed, i agree, i approve, i confirm',
	'approve it, i do, you may, of course, please do, do so, sounds good, lgtm',
	'alright, all right, absolutely, definitely, go ahead and do it, do that, sure thing',
	'是, 是的, 好, 好的, 可以, 同意, 批准, 行, 没问题, 确认, 通过, 對, 对, 沒問題, 確認, 通過',
	'好啊, 好呀, 好吧, 行吧, 行啊, 可以的, 可以啊, 对的, 對的, 同意的, 没问题的, 是啊, 当然, 當然, 当然可以, 當然可以',
	'はい, 承認, 承認します, 네, 예, 승인, 좋아요',
	'ja, jawohl, genehmigt, einverstanden, akkoord, ja klar, ja gerne, gerne, natürlich, in ordnung',
	'oui, approuvé, daccord, bien sûr, sí, si, sì, aprobado, approvato, claro, de acuerdo, vale',
	'va bene, certo, daccordo, sim, aprovado, evet, tamam, onaylıyorum',
	// Both letters of "ok" look the same in both alphabets.
	'да, одобряю, ок, oк, оk, окей, хорошо, конечно, согласен, согласна',
);
export const NO_WORDS = listed(
	'no, n, nope, nah, decline, declined, reject, rejected, deny, denied, do not, dont, cancel',
	'no way, refuse, refused, disapprove, disapproved, dont do it, do not do it, dont do that',
	'i decline, i refuse, i disagree, disagree, please dont, please do not, never, absolutely not',
	'definitely not, of course not, better not',
	'不, 不行, 不要, 不是, 不可以, 不同意, 拒绝, 拒絕, 否, 不批准, 取消',
	'不用, 不用了, 不了, 不要了, 不必, 不必了, 不行的, 不是的, 算了, 别, 別',
	'いいえ, 却下, だめ, ダメ, だめです, 아니요, 아니오, 거절',
	'nein, abgelehnt, nee, auf keinen fall, non, refusé, pas daccord, rechazado, rifiutato',
	'de ninguna manera, não, recusado, нет, hayır, hayir, olmaz',
);
/** What may stand beside an answer, and is none itself. */
export const POLITE_WORDS = listed(
	'please, thanks, thank you, thx, many thanks, thank you very much, thanks a lot',
	'谢谢, 謝謝, 谢谢你, 谢谢您, 多谢, 谢啦, 请, 麻烦你了, 辛苦了',
	'お願いします, ありがとう, ありがとうございます, 감사합니다, 고마워요, 부탁합니다',
	'bitte, danke, danke schön, bitte schön, vielen dank, dank je, dank u, bedankt, alstublieft',
	'merci, merci beaucoup, sil vous plaît, sil te plaît, svp, gracias, muchas gracias, por favor',
	'grazie, per favore, obrigado, obrigada, пожалуйста, спасибо, lütfen, teşekkürler',
);
export const ANSWER_EMOJI = {
	yes: listed('👍, ✅, ✔, ☑, 👌, 🆗'),
	no: listed('👎, ❌, ✖, 🚫, ⛔'),
};
export const POLITE_EMOJI = listed(
	'🙏, 🙂, 😊, 😀, 😃, 😄, 😁, 😉, ☺, 🎉, 🚀, ❤, 💯, 🙌, 👏, 💪, 😎',
);

function listed(...lines: readonly string[]): string[] {
	return lines.flatMap((line) => line.split(', '));
}
