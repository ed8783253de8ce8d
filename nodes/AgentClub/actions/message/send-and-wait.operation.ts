import { randomBytes } from 'node:crypto';
import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeProperties,
	updateDisplayOptions,
	WAIT_INDEFINITELY,
} from 'n8n-workflow';
import { AgentClubError } from '../../../../client/errors';
import { sendMessage } from '../../../../client/outbound/send';
import { cleanName } from '../../../../client/protocol/display-name';
import { withHiddenNote } from '../../../../client/protocol/hidden-note';
import { asksToRefuse } from '../../../../client/questions/answer-words';
import { aboutChat, type Question, type QuestionNote } from '../../../../client/questions/question';
import { excerptOf, pageText, questionText } from '../../../../client/questions/question-text';
import { Sealer } from '../../../../client/questions/sealer';
import { isQueueMode } from '../../../shared/execution-mode';
import { targetChat, targetFields } from '../../chats/target';
import { approversIn } from '../../questions/approvers';
import { answerJson, type Asked, keepAsked } from '../../questions/asked';
import { limitWaitTimeField } from '../../questions/time-limit';
import { wakeAddress } from '../../questions/wake-address';
import {
	CONNECT_DEADLINE,
	json,
	type Operation,
	type OperationContext,
	type OperationResult,
} from '../operation';
import { checkWaits, isReview, isTool, readAskRequest } from './send-and-wait-request';

const properties: INodeProperties[] = [
	...targetFields,
	{
		displayName: 'Message',
		name: 'message',
		type: 'string',
		typeOptions: { rows: 4 },
		required: true,
		default: '',
		placeholder: 'e.g. May I send the invoice to Tom?',
		description:
			'What to ask, in Markdown. A line that says how to answer is added below it. A replied word is noticed as long as an Agent Club Trigger of this agent is published in this n8n.',
	},
	{
		displayName: 'Response Type',
		name: 'responseType',
		type: 'options',
		options: [
			{ name: 'Approval', value: 'approval', description: 'Yes or no' },
			{ name: 'Free Text', value: 'freeText', description: 'Whatever somebody answers' },
		],
		default: 'approval',
		description: 'What counts as an answer',
	},
	{
		displayName: 'Approval Options',
		name: 'approvalOptions',
		type: 'fixedCollection',
		placeholder: 'Add option',
		default: {},
		displayOptions: { show: { responseType: ['approval'] } },
		options: [
			{
				displayName: 'Values',
				name: 'values',
				values: [
					{
						displayName: 'Approve Label',
						name: 'approveLabel',
						type: 'string',
						default: 'Approve',
						description: 'The word for yes; people may write it, in any case',
					},
					{
						displayName: 'Decline Label',
						name: 'disapproveLabel',
						type: 'string',
						default: 'Decline',
						description: 'The word for no; people may write it, in any case',
					},
				],
			},
		],
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Announce Outcome',
				name: 'announceOutcome',
				type: 'boolean',
				default: true,
				description:
					'Whether the chat is told how the question ended, for example "Approved by Mia"',
			},
			{
				displayName: 'Answer By',
				name: 'answerBy',
				type: 'options',
				options: [
					{
						name: 'Reply or Link',
						value: 'replyAndLink',
						description:
							'A word in the chat, or a page with buttons where n8n has a public address',
					},
					{ name: 'Reply', value: 'reply', description: 'A word in the chat' },
					{ name: 'Link', value: 'link', description: 'A page with buttons' },
				],
				default: 'replyAndLink',
				description:
					'How people answer. Replies need a published Agent Club Trigger of the same agent in this n8n. Links need a public address of n8n (WEBHOOK_URL), and are left out if approvers are named.',
			},
			{
				displayName: 'Approvers',
				name: 'approvers',
				type: 'string',
				default: '',
				placeholder: 'e.g. u_1f0c..., u_2a9b...',
				description:
					'IDs of those who may answer, separated by commas; they are mentioned. Empty lets everybody in the chat answer, but no other agent.',
			},
			limitWaitTimeField,
		],
	},
];

const description = updateDisplayOptions(
	{ show: { resource: ['message'], operation: ['sendAndWait'] } },
	properties,
);

const ID_BYTES = 16;

/** Asks once, whatever the number of items; the execution then waits. */
async function ask(context: OperationContext, itemIndex: number): Promise<OperationResult> {
	const { host, session, signal } = context;
	checkWaits(host);
	const wanted = readAskRequest(context, itemIndex);
	const chat = await targetChat(context, itemIndex);
	await session.whenReady(CONNECT_DEADLINE, signal);
	const agentId = session.identity?.userId ?? '';
	const approvers = await approversIn(context, chat, wanted.approvers);
	const id = randomBytes(ID_BYTES).toString('base64url');
	const wake = wakeAddress(host, id);
	const takesReplies = wanted.answerBy !== 'link';
	const links = wanted.answerBy === 'reply' || approvers.length > 0 ? undefined : wake.links;
	if (!takesReplies && !links) throw noWayToAnswer(approvers.length > 0);

	const { responseType, until, announces, text, approveLabel, disapproveLabel } = wanted;
	const question: Question = {
		id,
		responseType,
		approveLabel,
		disapproveLabel,
		approvers: wanted.approvers,
		isReview: isReview(host),
		// What a model asks to do in a review is named in its parameters.
		isRefusal: !isReview(host) && asksToRefuse(text),
		until: until?.getTime(),
		announces,
		excerpt: excerptOf(text),
		wakePath: wake.path,
		wakeOrigin: wake.origin,
	};
	const agentName = cleanName(session.identity?.displayName ?? '') || 'An agent';
	const asked: Asked = { ...pick(question), chat, agentId, agentName, text: pageText(text) };
	keepAsked(host, asked);
	const shown = questionText({
		text,
		isByModel: isTool(host),
		responseType,
		approveLabel,
		disapproveLabel,
		takesReplies,
		links,
		approvers: chat.type === 'group' ? approvers : [],
	});
	const note: QuestionNote = { is: 'question', question };
	const sealed = new Sealer(session.credentials.token).seal(note, aboutChat(agentId, chat));
	await sendMessage(session, {
		chat,
		text: takesReplies ? withHiddenNote(shown, sealed) : shown,
		format: 'text',
		mentionIds: [],
		files: [],
		uploaded: [],
		filesBefore: false,
		signal,
	});
	if (takesReplies && !links) warnWithoutTrigger(context);
	goOnWith(host, { json: answerJson(asked, timedOut(responseType, until)) });
	await host.putExecutionToWait(until ?? WAIT_INDEFINITELY);
	return json({ ...host.getInputData()[itemIndex]?.json });
}

function noWayToAnswer(hasApprovers: boolean): AgentClubError {
	return new AgentClubError('SETTINGS', 'Nobody could answer the question, so it was not asked', {
		remedy: hasApprovers
			? 'Under "Answer By" choose "Reply": whoever opens a link has no name, so links are left ' +
				'out where approvers are named.'
			: "n8n's own address leads nowhere from other machines. Set WEBHOOK_URL to its public " +
				'address, or choose "Reply" under "Answer By".',
	});
}

function pick({
	id,
	responseType,
	approveLabel,
	disapproveLabel,
	isReview: review,
	announces,
	excerpt,
}: Question): Omit<Asked, 'chat' | 'agentId' | 'agentName' | 'text'> {
	return { id, responseType, approveLabel, disapproveLabel, isReview: review, announces, excerpt };
}

function timedOut(
	responseType: Question['responseType'],
	until: Date | undefined,
): Parameters<typeof answerJson>[1] {
	return {
		approved: responseType === 'approval' ? false : null,
		text: null,
		via: 'timeout',
		respondedAt: until ?? WAIT_INDEFINITELY,
	};
}

/**
 * When the time is over n8n goes on with what came in, so this result stands there instead. Only
 * once the question is sent: a further try of *Retry On Fail* reads its parameters from it. Each
 * run gets a node object of its own, because a model may call several tools at once. With a shared
 * one, resuming one call disables the other (`test/e2e/send-and-wait.test.ts`, "each of two
 * tools").
 */
function goOnWith(host: IExecuteFunctions, item: INodeExecutionData): void {
	const running = host.getExecuteData();
	running.node = { ...running.node };
	for (const inputs of Object.values(running.data)) {
		const first = inputs[0];
		if (first?.[0]) inputs[0] = [{ ...first[0], ...item }];
	}
}

/** Workers cannot know: there the triggers run in another process. */
function warnWithoutTrigger({ host, session }: OperationContext): void {
	if (isQueueMode() || session.inbox.hasSubscriptions) return;
	host.addExecutionHints({
		message:
			'Nobody listens for the reply: publish a workflow with an Agent Club Trigger of this agent ' +
			'in this n8n.',
		location: 'outputPane',
	});
}

export const sendAndWait: Operation = { description, execute: ask, onlyOnce: true };
