import type { IExecuteFunctions } from 'n8n-workflow';
import { AgentClubError } from '../../../../client/errors';
import { readMentionIds } from '../../../../client/outbound/mention-ids';
import { isBlank } from '../../../../client/protocol/blank-text';
import { areDistinct } from '../../../../client/questions/answer-words';
import type { Question } from '../../../../client/questions/question';
import { DEFAULT_LABELS, type Labels } from '../../../../client/questions/question-text';
import { flagOf } from '../../../shared/flag';
import { oneOf } from '../../../shared/one-of';
import { timeLimit } from '../../questions/time-limit';
import type { OperationContext } from '../operation';
import { textOf, wordsParameter } from '../parameters';

const ANSWERED_HOW = ['replyAndLink', 'reply', 'link'] as const;

/** What an item asks. */
export interface AskRequest extends Labels {
	readonly text: string;
	readonly responseType: Question['responseType'];
	readonly answerBy: (typeof ANSWERED_HOW)[number];
	readonly approvers: readonly string[];
	readonly announces: boolean;
	readonly until: Date | undefined;
}

/** @throws AgentClubError SETTINGS */
export function readAskRequest({ host, session }: OperationContext, itemIndex: number): AskRequest {
	const text = readText(host, itemIndex);
	if (isBlank(text))
		throw new AgentClubError('SETTINGS', '"Message" is empty', {
			remedy: 'Write what to ask, for example "May I send the invoice?".',
		});
	const options = host.getNodeParameter('options', itemIndex, {});
	return {
		text,
		responseType: oneOf(
			'Response Type',
			host.getNodeParameter('responseType', itemIndex, 'approval'),
			['approval', 'freeText'],
		),
		...readLabels(host, itemIndex),
		answerBy: oneOf('Answer By', options.answerBy ?? 'replyAndLink', ANSWERED_HOW),
		approvers: readMentionIds(options.approvers, 'Approvers'),
		announces: flagOf('Announce Outcome', options.announceOutcome, true),
		until: timeLimit(options, session.clock.wallTime(), host.getTimezone()),
	};
}

function readLabels(host: IExecuteFunctions, itemIndex: number): Labels {
	const given = host.getNodeParameter('approvalOptions.values', itemIndex, {}) as Partial<
		Record<keyof Labels, unknown>
	>;
	const label = (value: unknown, otherwise: string) => textOf(value).trim() || otherwise;
	const labels = {
		approveLabel: label(given.approveLabel, DEFAULT_LABELS.approveLabel),
		disapproveLabel: label(given.disapproveLabel, DEFAULT_LABELS.disapproveLabel),
	};
	if (areDistinct(labels.approveLabel, labels.disapproveLabel)) return labels;
	throw new AgentClubError(
		'SETTINGS',
		`"Approve Label" and "Decline Label" cannot be told apart: "${labels.approveLabel}" and ` +
			`"${labels.disapproveLabel}"`,
		{ remedy: 'Choose two different words.' },
	);
}

/** What n8n's own text for a review makes of the parameters that a model has chosen. */
const UNREADABLE = '[object Object]';
const LONGEST_PARAMETERS = 2000;
/** What JSON leaves as it is, and what would end a line of the question or turn it around. */
const UNSEEN = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

function readText(host: IExecuteFunctions, itemIndex: number): string {
	const text = wordsParameter(host, 'message', itemIndex);
	if (!isReview(host) || !text.includes(UNREADABLE)) return text;
	const { toolParameters } = host.getInputData()[itemIndex]?.json ?? {};
	const parameters = JSON.stringify(toolParameters ?? {}, null, 2).replace(UNSEEN, escaped);
	const cut =
		parameters.length <= LONGEST_PARAMETERS
			? parameters
			: `${parameters.slice(0, LONGEST_PARAMETERS)}\n... (${parameters.length} characters in all)`;
	return text
		.replace(UNREADABLE, () => `\n\`\`\`json\n${cut}\n\`\`\`\n`)
		.replaceAll(UNREADABLE, '');
}

/** As JSON writes a character that nobody sees. */
function escaped(character: string): string {
	return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/**
 * Before version 3, AI Agent and AI Agent Tool run their tools as a part of themselves. No
 * execution waits then, and the model would read its own words as the answer
 * (`test/e2e/ai-agent.test.ts`).
 * @throws AgentClubError SETTINGS
 */
export function checkWaits(host: IExecuteFunctions): void {
	if (host.getExecuteData().node.name === host.getNode().name) return;
	throw new AgentClubError(
		'SETTINGS',
		'The agent that calls this tool cannot wait for an answer, so the question was not asked',
		{
			remedy:
				'Connect the tool to an AI Agent of version 3 or newer. Older ones do not wait, and ' +
				'neither does an AI Agent Tool before version 3.',
		},
	);
}

/** Whether a model calls the node, and may have chosen its parameters. */
export function isTool(host: IExecuteFunctions): boolean {
	return host.getNode().type.endsWith('Tool');
}

/** Whether an AI Agent may use a tool only once somebody has agreed. */
export function isReview(host: IExecuteFunctions): boolean {
	return host.getNode().type.endsWith('HitlTool');
}
