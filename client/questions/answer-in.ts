import { plainText } from '../inbound/item/plain-text';
import { isAddressed, isEmpty } from '../inbound/intake/filter';
import { EVERYONE, replaceMentionTags } from '../protocol/mention-tags';
import type { Message } from '../protocol/message';
import { readAnswer } from './answer-words';
import type { AskedQuestion, Reply } from './question';

/** What a message says to a question. Undefined where that is no answer. */
export function answerIn(
	message: Message,
	question: AskedQuestion,
	selfId: string,
): Pick<Reply, 'approved' | 'text'> | undefined {
	if (isForOthers(message, selfId)) return undefined;
	const text = plainText(message.text, selfId).trim();
	if (question.responseType === 'freeText')
		return isEmpty(message) ? undefined : { approved: null, text };
	const approved = readAnswer(wordsBetweenMentions(message.text, selfId), question);
	if (approved !== undefined) return { approved, text: null };
	const declines = question.isReview && text !== '' && isAddressed(message, selfId, true);
	return declines ? { approved: false, text } : undefined;
}

/** Whether a message of a group mentions somebody, and neither the agent nor everybody. */
function isForOthers(message: Message, selfId: string): boolean {
	return message.mentions.length > 0 && !isAddressed(message, selfId, false);
}

/** People answer, and of agents only those that are named; never what was said before. */
export function mayAnswer(question: AskedQuestion, { sender, createdAt }: Message): boolean {
	const isNamed = question.approvers.includes(sender.id);
	if (createdAt <= question.askedAt) return false;
	return isNamed || (question.approvers.length === 0 && sender.kind === 'human');
}

/** What is said apart from mentions of the agent and of everybody, wherever these stand. */
export function wordsBetweenMentions(text: string, agentId: string): string {
	const isKept = (id: string) => id === agentId || id === EVERYONE;
	return replaceMentionTags(plainText(text, '', isKept), () => ' ');
}
