import { wordsBetweenMentions } from '../../../../client/questions/answer-in';
import { areDistinct, asksToRefuse, readAnswer } from '../../../../client/questions/answer-words';
import { DEFAULT_LABELS } from '../../../../client/questions/question-text';

const QUESTION = { ...DEFAULT_LABELS, agentName: 'Clerk' };

describe('what people write', () => {
	it.each([
		'yes',
		'Yes!',
		'  YES.  ',
		'**yes**',
		'“Yes”',
		'ok',
		'Go ahead.',
		'approve',
		'Approved',
		'是的。',
		'好',
		'同意！',
		'はい',
		'ja',
		'¡Sí!',
		'да',
		'👍',
		'👍🏽',
		'👍👍👍',
		'✔️',
		'ＯＫ',
		'si\u0301',
		'Yes, please',
		'yes 👍',
		'👍 👍',
		'✅👍🏽',
		'yes yes',
		'Yes!!',
		'yes.',
		'yes :)',
		'Yes, go ahead. Thanks! 🙏',
		'yesss',
		'OK, do it',
		'ОК',
		'Yes, please do it',
		'please do',
		'Please do it!',
		'yes please do so',
		'Ja, bitte',
		'oui merci',
		"d'accord",
		'好的，谢谢',
		'好的谢谢',
		'好好好',
		'可以可以',
		'好的～',
		'はい、お願いします',
		'네 감사합니다',
		'/approve',
		'@Clerk yes',
		'yes @Clerk',
		'Clerk: yes, please',
		'yes pls',
		'ok ty',
		'yess',
		'k',
		'Hi Clerk, yes',
		'Fine by me',
		"yes, that's fine",
		'Looks good to me 👍',
		'OK great, thanks!',
		'Please proceed.',
		'yes 😂',
		'Alles klar, danke',
		'oui bien sur',
		'Oui, allez-y',
		'Claro que si',
		'Sim, pode ser',
		'да, давай',
		'ja graag',
		'OK的',
		'好嘞，麻烦了',
		'はい、よろしくお願いします',
		'はい、大丈夫です',
		'네, 진행해 주세요',
		// Copied from a page, or written from right to left.
		'yes\u200b',
		'\u2067yes\u2069',
	])('"%s" is yes', (text) => {
		expect(readAnswer(text, QUESTION)).toBe(true);
	});

	it.each([
		'no',
		'No.',
		'NOPE',
		"don't",
		'don’t!',
		'Decline',
		'不',
		'拒绝',
		'nein',
		'não',
		'👎🏿',
		'❌',
		'No, thanks',
		'no no no',
		'nooo',
		'nein danke',
		'No, thank you 🙏',
		'No, don’t do it.',
		'HAYIR',
		'不用了，谢谢',
		'不用谢谢',
		'不不',
		'👎 👎',
		'❌ no',
		'@clerk, no!',
		'sorry, no',
		'Stop!',
		'Not approved',
		"I don't approve",
		'cancel it, please',
		'never mind',
		'Nein, bitte nicht',
		'nao, obrigado',
		'Claro que no',
		'НЕТ, не надо',
		'不需要，谢谢',
		'不麻烦了',
		'いいえ、大丈夫です',
		'안 돼요',
		'No, cancel it',
		'no, stop!',
		'Do not do it. Cancel.',
		'please do not do it',
		'do not approve it',
	])('"%s" is no', (text) => {
		expect(readAnswer(text, QUESTION)).toBe(false);
	});

	it.each([
		'',
		'   ',
		'...',
		'yes but wait until noon',
		'no idea',
		'ok so what is this?',
		'not yet',
		'yesterday',
		'now',
		'好的吗',
		'👍👎',
		'maybe',
		'approve?no',
		'ok?',
		'yes?',
		'Approve ?',
		'可以？',
		'yes!?',
		'ok ❓',
		'~~yes~~',
		'~yes~',
		'> yes',
		'!yes',
		'[ ] yes',
		'<del>yes</del>',
		'yes no',
		'yes/no',
		'y/n',
		'yes, but change the amount',
		'yes 🤔',
		'👍 no',
		'不好',
		'好不好',
		'可不可以',
		'行不行',
		'是不是',
		'do not, go ahead',
		'thanks',
		'please',
		'🎉',
		'Clerk',
		'@Clerk',
		'@Mia yes',
		'@Clerkyes',
		'@yes',
		'of course not this one',
		'great',
		'go',
		'continue',
		'大丈夫です',
		'not fine',
		"no, that's fine",
		'don’t go',
		'go / stop',
		'alles klar?',
		'nicht klar',
		// Not to refuse is not to refuse.
		"don't cancel",
		"Don't cancel it!",
		"please don't stop",
		'do not reject it',
		'never cancel',
		'Bitte nicht abbrechen',
		'auf keinen Fall nicht abbrechen',
		'no cancelar',
		'no rechazo',
		'não cancela',
		'не отклонить',
		'不要 取消',
		'correct the amount',
		'yes '.repeat(200),
	])('"%s" is neither', (text) => {
		expect(readAnswer(text, QUESTION)).toBeUndefined();
	});

	it('may be the labels of the question, which win over any language', () => {
		const labels = { approveLabel: 'Ship it', disapproveLabel: 'OK, not today' };
		expect(readAnswer('ship it!', labels)).toBe(true);
		expect(readAnswer('ok, not today', labels)).toBe(false);
		const swapped = { approveLabel: 'No', disapproveLabel: 'Yes' };
		expect(readAnswer('no', swapped)).toBe(true);
		expect(readAnswer('No, thanks!', swapped)).toBe(true);
		expect(readAnswer('yes, please', swapped)).toBe(false);
		expect(readAnswer('really?', { ...labels, approveLabel: 'Really?' })).toBe(true);
	});
});

it.each([
	['✅ Ship it', '❌ Hold', 'ship it!', true],
	['✅ Ship it', '❌ Hold', 'hold, please', false],
	['✅ Go', '❌ Go', 'go', undefined],
	['Cancel order', 'OK, keep it', 'cancel', undefined],
	['Cancel order', 'OK, keep it', 'ok', undefined],
	['Cancel order', 'OK, keep it', 'yes', true],
	['Cancel', 'Keep', 'cancel it', true],
	['Cancel', 'Keep', "don't cancel", false],
	['Cancel', 'Keep', "don't keep it", undefined],
	['Ship', 'Hold', 'ship it!', true],
	['Ship', 'Hold', 'hold it', false],
	['Ship', 'Hold', "don't ship it", false],
	['Ship', 'Hold', 'not ship', false],
	['No, cancel', 'Yes, keep', 'nope', undefined],
	['No, cancel', 'Yes, keep', 'yeah', undefined],
	['Cancel', 'Keep', 'Cancel.', true],
	['取消订单', '保留', '取消', undefined],
	['同意', '不同意', '同意！', true],
	['Do it', "Don't", "don't do it", false],
	['Continue', 'Stop', "Don't stop!", undefined],
	['Continue', 'Stop', 'do not stop', undefined],
	['Continue', 'Stop', 'No, stop!', false],
	['Weiter', 'Abbrechen', 'bitte nicht abbrechen', undefined],
	['Reject', 'Approve', 'approved', undefined],
	['Reject', 'Approve', 'rejected', undefined],
	['Reject', 'Approve', "don't approve", undefined],
	['Reject', 'Approve', 'approve', false],
	['Reject', 'Approve', 'reject', true],
	['Ablehnen', 'Genehmigen', 'genehmigt', undefined],
	['Cancel order', 'OK, keep it', 'cancel it', undefined],
	['Cancel order', 'OK, keep it', 'okay', undefined],
	['Cancel order', 'Yes, keep it', 'yeah', undefined],
	['Cancel order', 'Keep it', 'yeah', true],
	["Don't send", 'Send', 'send it', false],
	["Don't send", 'Send', "don't do it", undefined],
	['Send', "Don't send", 'send it', true],
	['Send', "Don't send", "don't do it", false],
	['却下する', '承認する', '承認します', undefined],
	['Approve', 'Deny', 'denied', false],
	['Deny', 'Approve', 'denied', undefined],
	['Freigeben', 'Löschen', 'loschen', false],
])(
	'with the labels "%s" and "%s", "%s" is %s: a part of a label never means the other one',
	(approveLabel, disapproveLabel, text, expected) => {
		expect(readAnswer(text, { approveLabel, disapproveLabel })).toBe(expected);
	},
);

describe('a question that is itself about refusing something', () => {
	it.each([
		'Shall I cancel the order?',
		'May I DECLINE the invitation?',
		'Soll ich die Bestellung stornieren?',
		'¿Rechazo la oferta?',
		'要不要取消订单？',
		'Отменить заказ?',
		'注文をキャンセルしますか',
	])('is "%s"', (text) => {
		expect(asksToRefuse(text)).toBe(true);
	});

	it.each([
		'May I ship it?',
		'Shall I accept the offer?',
		'Soll ich es freigeben?',
		'可以发货吗？',
	])('is not "%s"', (text) => {
		expect(asksToRefuse(text)).toBe(false);
	});

	it.each([
		['yes', true],
		['Yes, do it', true],
		['approve', true],
		['no', false],
		['no 🙏', false],
		["don't do it", false],
		['cancel it', undefined],
		['Decline', undefined],
		['stop', undefined],
		['accept', undefined],
		['Yes, cancel it', undefined],
	])('is not answered by the verb that it may be about: "%s" is %s', (text, expected) => {
		expect(readAnswer(text, { ...QUESTION, isRefusal: true })).toBe(expected);
	});

	it('is answered by its own labels all the same', () => {
		const labels = { approveLabel: 'Cancel', disapproveLabel: 'Keep', isRefusal: true };
		expect(readAnswer('cancel', labels)).toBe(true);
		expect(readAnswer('Keep!', labels)).toBe(false);
	});
});

it.each(['No', 'Yes'])('counts no word as said by an agent that is called "%s"', (agentName) => {
	expect(readAnswer(`@${agentName}`, { ...DEFAULT_LABELS, agentName })).toBeUndefined();
	expect(readAnswer(`@${agentName} maybe`, { ...DEFAULT_LABELS, agentName })).toBeUndefined();
});

it('reads a message without its mentions of the agent and of everybody, wherever they stand', () => {
	const [clerk, all, mia] = [
		'<at user_id="u_1">Clerk</at>',
		'<at user_id="all">all</at>',
		'<at user_id="u_2">Mia</at>',
	];
	const words = (text: string) => wordsBetweenMentions(text, 'u_1').trim();
	expect(words(`yes ${clerk}`)).toBe('yes');
	expect(words(`${clerk} yes${all}`)).toBe('yes');
	expect(words(`${clerk} yes ${mia}`)).toBe('yes @Mia');
});

it.each([
	['Yes', 'yes!', false],
	['', 'No', false],
	['!!!', 'No', false],
	['Approve', 'Decline', true],
])('tells whether "%s" and "%s" can be told apart', (yes, no, expected) => {
	expect(areDistinct(yes, no)).toBe(expected);
});
