import { type IExecuteFunctions, type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import { AgentClubError } from '../../../../client/errors';
import type { HistoryRange } from '../../../../client/http/history';
import { toChatReference } from '../../../../client/protocol/chat-reference';
import { flagOf } from '../../../shared/flag';
import { oneOf } from '../../../shared/one-of';
import { chatField, chosenChat } from '../../chats/target';
import { itemsForModel, transcriptForModel } from '../../history/for-a-model';
import { momentOf } from '../../history/moment';
import { pastMessageJson, pastMessages } from '../../history/past-messages';
import { transcriptOf } from '../../../shared/transcript';
import { isTool } from '../../tool';
import { json, type Operation, type OperationContext, type OperationResult } from '../operation';

const properties: INodeProperties[] = [
	{
		displayName:
			'Below an AI Agent, set Format to Transcript under Options: a model reads the same words ' +
			'with a fifth of the tokens. It gets at most 100,000 characters; the oldest messages are ' +
			'left out, and it is told how many.',
		name: 'forModels',
		type: 'notice',
		displayOptions: { show: { '@tool': [true] } },
		default: '',
	},
	{ ...chatField, description: 'The group or direct chat whose messages to read' },
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		displayOptions: { show: { returnAll: [false] } },
		default: 50,
		description: 'Max number of results to return',
		hint: 'The newest messages count; they come oldest first',
	},
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add filter',
		default: {},
		options: [
			{
				displayName: 'After',
				name: 'after',
				type: 'dateTime',
				default: '',
				description:
					'Only messages later than this: a date, or seconds such as the timestamp of a ' +
					'message, which is left out itself',
			},
			{
				displayName: 'Before',
				name: 'before',
				type: 'dateTime',
				default: '',
				description:
					'Only messages earlier than this: a date, or seconds such as the timestamp of a ' +
					'message, which is left out itself',
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
				displayName: 'Format',
				name: 'format',
				type: 'options',
				options: [
					{
						name: 'Items',
						value: 'items',
						description:
							'An item for each message, with the fields that the Agent Club Trigger gives',
					},
					{
						name: 'Transcript',
						value: 'transcript',
						description:
							'One item with the conversation as text, for a person or a model to read: ' +
							'a fifth of the size',
					},
				],
				default: 'items',
				description: 'What to make of the messages',
			},
			{
				displayName: 'Include Roster',
				name: 'includeRoster',
				type: 'boolean',
				default: false,
				description:
					'Whether each item of a group carries its members and the guide to mentions, as ' +
					'those of the trigger do',
			},
		],
	},
];

async function execute(context: OperationContext, itemIndex: number): Promise<OperationResult> {
	const { host } = context;
	const options = host.getNodeParameter('options', itemIndex, {});
	const format = oneOf('Format', options.format ?? 'items', ['items', 'transcript']);
	const includeRoster = flagOf('Include Roster', options.includeRoster, false);
	const range = readRange(host, itemIndex);
	const chat = await chosenChat(context, itemIndex);
	// Two people of one name are told apart by the roster.
	const past = await pastMessages(context, chat, range, includeRoster || format === 'transcript');
	if (format === 'items')
		return (
			isTool(host) ? itemsForModel(past) : past.messages.map((message) => pastMessageJson(message))
		).map(json);
	return json({
		chatId: toChatReference(chat),
		chatType: chat.type,
		chatName: past.chatName,
		...(isTool(host)
			? transcriptForModel(past)
			: {
					messageCount: past.messages.length,
					transcript: transcriptOf(past.messages, past.roster, past.identity),
				}),
	});
}

function readRange(host: IExecuteFunctions, itemIndex: number): HistoryRange {
	const filters = host.getNodeParameter('filters', itemIndex, {}) as {
		after?: unknown;
		before?: unknown;
	};
	const timezone = host.getTimezone();
	const after = momentOf('After', filters.after, timezone);
	const before = momentOf('Before', filters.before, timezone);
	const isAll = flagOf('Return All', host.getNodeParameter('returnAll', itemIndex, false), false);
	const limit = isAll
		? Number.POSITIVE_INFINITY
		: readLimit(host.getNodeParameter('limit', itemIndex, 50));
	return { limit, ...(after !== undefined && { after }), ...(before !== undefined && { before }) };
}

function readLimit(value: unknown): number {
	const limit = Number(value);
	if (Number.isInteger(limit) && limit >= 1) return limit;
	throw new AgentClubError('SETTINGS', `"Limit" has the value ${JSON.stringify(value)}`, {
		remedy: 'Give a whole number from 1, or turn on "Return All".',
	});
}

export const getMany: Operation = {
	description: updateDisplayOptions(
		{ show: { resource: ['message'], operation: ['getMany'] } },
		properties,
	),
	execute,
};
