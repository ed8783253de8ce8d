/**
 * Words that say yes or no and nothing else, in the languages that we can vouch for. Words that may
 * mean something else are left out: "嗯" can be "hm", and "go" can begin something new.
 */

export const YES_WORDS = listed(
	'yes, y, yeah, yep, yup, yea, yess, k, kk, ok, okay, okey, sure, approve, approved, confirm',
	'confirmed, go ahead, do it, proceed, fine, thats fine, its fine, thats ok',
	'fine by me, fine with me, ok with me, works for me, looks good, looks good to me, affirmative',
	'go for it, agree, agreed, i agree, i approve, i confirm',
	'approve it, i do, you may, you can, of course, please do, do so, sounds good, lgtm, correct',
	'alright, all right, absolutely, definitely, go ahead and do it, do that, sure thing, send it',
	'是, 是的, 好, 好的, 可以, 同意, 批准, 行, 没问题, 确认, 對, 对, 沒問題, 確認',
	'好啊, 好呀, 好吧, 行吧, 行啊, 可以的, 可以啊, 对的, 對的, 同意的, 没问题的, 是啊, 当然, 當然, 当然可以, 當然可以',
	'好滴, 好嘞, 好哒, ok的',
	'はい, 承認, 承認します, ok です, okです, オッケー, オーケー, いいよ, いいですよ, どうぞ',
	'네, 예, 응, 넵, 승인, 승인합니다, 좋아요, 좋습니다, 그래, 그래요, 오케이, 진행해 주세요, 진행해주세요',
	'ja, jo, jap, jep, jawohl, genehmigt, freigegeben, einverstanden, ja klar, klar, alles klar',
	'gerne, ja gerne, natürlich, in ordnung, passt, mach das, ja mach das',
	'akkoord, graag, oké, goed, is goed, prima, doe maar',
	'oui, ouais, approuvé, validé, je valide, je confirme, daccord, bien sûr, vas y, allez y, cest bon',
	'sí, si, aprobado, apruebo, claro, claro que sí, por supuesto, de acuerdo, vale, adelante, dale',
	'está bien, hazlo, confirmo, confirmado',
	'sì, approvato, approvo, va bene, certo, certamente, daccordo, procedi, confermo',
	'sim, aprovado, aprovo, pode, pode sim, pode ser, tá bom, com certeza, beleza',
	'evet, tamam, olur, peki, tabii, onaylıyorum, onaylandı',
	// Both letters of "ok" look the same in both alphabets.
	'да, ага, одобряю, одобрено, подтверждаю, ок, oк, оk, окей, хорошо, конечно, согласен, согласна',
	'давай, давайте, можно',
);
export const NO_WORDS = listed(
	'no, n, nope, nah, do not, dont',
	'no way, dont do it, do not do it, dont do that',
	'i disagree, disagree, please dont, please do not, never, absolutely not',
	'definitely not, of course not, better not, noo',
	'not approved, dont approve, do not approve, i dont approve, no need',
	'i do not approve, i dont agree, i do not agree, never mind, nevermind, forget it, negative',
	'不, 不行, 不要, 不是, 不可以, 不同意, 否, 不批准',
	'不用, 不用了, 不了, 不要了, 不必, 不必了, 不行的, 不是的, 算了, 别, 別',
	'不需要, 不通过, 不確認, 不确认, 反对, 反對',
	'いいえ, いえ, だめ, ダメ, 駄目, だめです, ダメです, 駄目です, 承認しません',
	'ng, ngです',
	'아니요, 아니오, 아뇨, 아니, 안돼, 안돼요, 안 돼, 안 돼요, 하지 마세요, 하지마세요',
	'nein, nö, nicht genehmigt, nicht einverstanden, auf keinen fall, bitte nicht',
	'lieber nicht, natürlich nicht, nee, niet, liever niet, niet akkoord, niet doen',
	'non, pas daccord, surtout pas, pas du tout, jamais',
	'no lo hagas, claro que no, por supuesto que no, de ninguna manera, nunca',
	'no apruebo, non approvo, assolutamente no',
	'não, não pode, não aprovo',
	'нет, неа, не надо, не нужно, нельзя, не согласен, не согласна',
	'не одобряю, ни в коем случае',
	'hayır, olmaz, yok, istemiyorum, onaylamıyorum, gerek yok',
);
/**
 * Verbs that say yes or no, as long as the question is not itself about refusing something: to
 * "Shall I cancel it?" the answer "cancel it" is no refusal.
 */
export const YES_VERBS = listed('allow, allowed, accept, accepted, 通过, 通過');
export const NO_VERBS = listed(
	'decline, declined, reject, rejected, deny, denied, cancel, refuse, refused, disapprove',
	'disapproved, stop, stop it, cancel it, cancel that, reject it, decline it, deny it, 拒绝, 拒絕',
	'取消, 驳回, 駁回, 否决, 否決, 却下, 却下します, 拒否, 拒否します, やめて, やめてください, キャンセル, 中止, 거절, 거절합니다, 반려, 취소',
	'abgelehnt, abbrechen, stopp, afgewezen, refusé, je refuse, annule, annuler, rechazado',
	'rechazo, cancelar, rifiutato, rifiuto, annulla, recusado, recuso, cancela, отмена, отклонить',
	'отклонено, стоп, reddedildi, iptal, i decline, i refuse',
);
/** What such a question has in it: parts of words, folded. */
export const REFUSING = listed(
	'cancel, stop, halt, abort, reject, declin, deny, denie, refus, block, disapprov, revok, terminat',
	'shut down, shutdown, discard, dismiss, abbrech, ablehn, abgelehnt, storn, absag, verweiger',
	'verwerf, kundig, sperr, annul, afwijz, weiger, rejet, arret, bloqu, rechaz, deneg, deten, rifiut',
	'ferm, blocc, recus, rejeit, 取消, 拒绝, 拒絕, 停止, 中止, 驳回, 駁回, 否决, 否決, キャンセル, 却下, 拒否, やめ',
	'취소, 거절, 중지, 반려, 정지, отмен, отклон, останов, отказ, прекрат, заблокир, iptal, redde, durdur, engelle',
);
/** Words that turn the verb behind them around: "do not cancel" is no refusal. */
export const NEGATIONS = listed(
	'dont, do not, not, never, no, nicht, nie, niemals, niet, nooit, pas, ne, non, nunca, jamas, nao',
	'не, никогда, нельзя, 不, 不要, 别, 別, 请不要, 请别',
);
/** Words for yes, for ok and for no that are one word to a reader: a label has one of them. */
export const SAME_WORDS = [
	listed('yes, y, yeah, yep, yup, yea, yess'),
	listed('ok, okay, okey, k, kk, ок, oк, оk, окей, ok的, okです'),
	listed('no, n, nope, nah, noo'),
];
/** What may stand beside an answer, and is none itself. */
export const POLITE_WORDS = listed(
	'please, pls, plz, thanks, thank you, thank u, thx, ty, cheers, many thanks, thank you very much',
	'thanks a lot, thank you so much, hi, hello, hey, sorry, great, cool, good, perfect, nice, awesome',
	'谢谢, 謝謝, 谢谢你, 谢谢您, 多谢, 谢啦, 请, 麻烦你了, 麻烦了, 麻煩了, 辛苦了, 收到',
	'お願いします, お願いいたします, お願い致します, よろしくお願いします, よろしくお願いいたします',
	// With nothing beside them, these two mean yes to one and no to another.
	'大丈夫です, 結構です, ありがとう, ありがとうございます, 了解です, すみません',
	'감사합니다, 고마워요, 고맙습니다, 부탁합니다, 부탁드려요, 부탁드립니다, 알겠습니다',
	'bitte, danke, danke dir, danke schön, bitte schön, vielen dank, genau',
	'dank je, dank u, bedankt, alstublieft, alsjeblieft, hoor',
	'merci, merci beaucoup, sil vous plaît, sil te plaît, svp, stp, parfait, désolé',
	'gracias, muchas gracias, por favor, perfecto, grazie, grazie mille, per favore, perfetto',
	'obrigado, obrigada, пожалуйста, спасибо, lütfen, teşekkürler',
);
export const ANSWER_EMOJI = {
	yes: listed('👍, ✅, ✔, ☑, 👌, 🆗'),
	no: listed('👎, ❌, ✖, 🚫, ⛔, 🛑'),
};
export const POLITE_EMOJI = listed(
	'🙏, 🙂, 😊, 😀, 😃, 😄, 😁, 😉, ☺, 🎉, 🚀, ❤, 💯, 🙌, 👏, 💪, 😎, 😅, 😂, 🥰, 😍, 🤗, ✨, 🔥, 👋',
);

function listed(...lines: readonly string[]): string[] {
	return lines.flatMap((line) => line.split(', '));
}
