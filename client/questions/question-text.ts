import { cleanName } from '../protocol/display-name';
import { mentionTag } from '../protocol/mention-tags';
import { ADDRESS_MARKS, harmlessLines, withoutTags } from './harmless';
import type { Question } from './question';

/** What people see of a question, and of how it ended. */

/** The words for both answers, as buttons and links bear them. */
export interface Labels {
	readonly approveLabel: string;
	readonly disapproveLabel: string;
}

export const DEFAULT_LABELS: Labels = { approveLabel: 'Approve', disapproveLabel: 'Decline' };

/** Addresses of the page on which somebody answers without writing. */
export interface AnswerLinks {
	readonly approve: string;
	readonly disapprove: string;
}

export interface QuestionText extends Labels {
	readonly text: string;
	/** Whether a model has written the text, or parts of it: no address in it is a link then. */
	readonly isByModel: boolean;
	readonly responseType: Question['responseType'];
	/** Whether a reply in the chat counts. */
	readonly takesReplies: boolean;
	readonly links: AnswerLinks | undefined;
	/** Members who are mentioned. */
	readonly approvers: ReadonlyArray<{ readonly id: string; readonly name: string }>;
}

/**
 * The question as it stands in the chat. The text is a quotation, so that nothing in it can look
 * like the line after it that says how to answer.
 */
export function questionText(question: QuestionText): string {
	const approvers = question.approvers.map(({ id, name }) => mentionTag(id, name)).join(' ');
	const quoted = harmlessLines(question.text, !question.isByModel)
		.map((line) => `> ${line}`.trimEnd())
		.join('\n');
	return [approvers, quoted, answerLine(question)].filter((part) => part !== '').join('\n\n');
}

function answerLine({ responseType, takesReplies, links, ...labels }: QuestionText): string {
	if (responseType === 'freeText')
		return [takesReplies && 'Reply with your answer', links && `[Answer](${links.approve})`]
			.filter(Boolean)
			.join(', or ');
	const { approveLabel, disapproveLabel } = labels;
	const words = areDefault(labels) ? ['yes', 'no'] : [approveLabel, disapproveLabel];
	const [yes, no] = words.map((word) => `**${plain(word)}**`);
	const reply = takesReplies && `Reply ${yes ?? ''} or ${no ?? ''}`;
	const byLink =
		links &&
		`[${plain(approveLabel)}](${links.approve}) · [${plain(disapproveLabel)}](${links.disapprove})`;
	return [reply, byLink].filter(Boolean).join(', or ');
}

function areDefault({ approveLabel, disapproveLabel }: Labels): boolean {
	return (
		approveLabel === DEFAULT_LABELS.approveLabel &&
		disapproveLabel === DEFAULT_LABELS.disapproveLabel
	);
}

/** Words in one line, without anything that Markdown or a tag could be made of. */
function plain(words: string): string {
	return withoutLinks(cleanName(words).replace(/[\\`*_~[\]()#!|&]/g, '\\$&'));
}

/** One line, in which no address is a link. */
function withoutLinks(line: string): string {
	return line.replace(ADDRESS_MARKS, '\\$&');
}

const LONGEST_ON_PAGE = 10_000;

/** The question as its page shows it: as it was written, with names for tags. */
export function pageText(text: string): string {
	const untagged = withoutTags(text).trim();
	if (untagged.length <= LONGEST_ON_PAGE) return untagged;
	const cut = untagged.slice(0, LONGEST_ON_PAGE).replace(/\p{Cs}/gu, '');
	return `${cut}…\n\n(It goes on in the chat.)`;
}

const EXCERPT_LENGTH = 60;

/** The first words of a question, in one line. */
export function excerptOf(text: string): string {
	const line = withoutTags(text)
		.replace(/\*\*|`/g, '')
		.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}"<>`*_[\]\\]/gu, ' ')
		.replace(/\s+/g, ' ')
		.trim();
	if (line.length <= EXCERPT_LENGTH) return line;
	return `${line
		.slice(0, EXCERPT_LENGTH)
		.replace(/\p{Cs}/gu, '')
		.trimEnd()}…`;
}

export interface Ending {
	readonly approved: boolean | null;
	/** Undefined for a link, whose clicker has no name. */
	readonly responder: string | undefined;
}

/** "Approved by Mia", with the question's first words. */
export function outcomeText(excerpt: string, { approved, responder }: Ending): string {
	const what = approved === null ? 'Answered' : approved ? 'Approved' : 'Declined';
	const who = responder === undefined ? 'link' : plain(responder) || 'somebody';
	return `${what} by ${who}: "${withoutLinks(excerpt)}"`;
}

/** What the chat reads when somebody answers a question that has ended without their knowing. */
export function tooLateText(excerpt: string): string {
	return `Too late, this question is not open any more: "${withoutLinks(excerpt)}"`;
}

/** What the chat reads when nobody has answered. */
export function timedOutText(excerpt: string): string {
	return `Nobody answered in time: "${withoutLinks(excerpt)}"`;
}
