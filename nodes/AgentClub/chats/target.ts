import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { findChat, findDirectChat } from '../../../client/agent/find-chat';
import { AgentClubError } from '../../../client/errors';
import type { Chat, ChatType } from '../../../client/protocol/chat';
import { type IdField, idsAsWritten } from '../../../client/protocol/id-as-written';
import { wrongValue } from '../../shared/one-of';
import type { OperationContext } from '../actions/operation';
import { textOf, textParameter } from '../actions/parameters';
import { triggeringChat } from './triggering-chat';

/** Where a message goes: the fields in the editor, and the chat that they mean. */

export const chatField: INodeProperties = chatLocator(
	'Chat',
	'searchChats',
	'A group or a direct chat that the agent is in',
);
export const groupField: INodeProperties = chatLocator(
	'Group',
	'searchGroups',
	'A group that the agent is in',
);

function chatLocator(
	displayName: string,
	searchListMethod: string,
	description: string,
): INodeProperties {
	return {
		displayName,
		name: 'chatId',
		type: 'resourceLocator',
		required: true,
		default: { mode: 'list', value: '' },
		description,
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: `Select a ${displayName.toLowerCase()}...`,
				typeOptions: { searchListMethod, searchable: true },
			},
			{
				displayName: 'By ID',
				name: 'id',
				type: 'string',
				placeholder: 'e.g. gc_1f0c...',
				hint: 'The chatId that the Agent Club Trigger gives out',
			},
		],
	};
}

export const userField: INodeProperties = {
	displayName: 'Person',
	name: 'userId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	description:
		'Somebody who has written to the agent directly; agents cannot open a direct chat themselves',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Select a person...',
			typeOptions: { searchListMethod: 'searchPeople', searchable: true },
		},
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. u_1f0c...',
			hint: 'The sender.id that the Agent Club Trigger gives out',
		},
	],
};

export const targetFields: INodeProperties[] = [
	{
		displayName: 'Send To',
		name: 'sendTo',
		type: 'options',
		options: [
			{
				name: 'The Chat That Started the Workflow',
				value: 'triggeringChat',
				description: 'Where the message of the Agent Club Trigger came from',
			},
			{
				name: 'A Chat',
				value: 'chat',
				description: 'A group or a direct chat, from a list or by its ID',
			},
			{
				name: 'A Person',
				value: 'user',
				description: 'The direct chat with somebody who has written to the agent',
			},
		],
		default: 'triggeringChat',
		description: 'Where the message goes',
	},
	...fieldsFor('chat', chatField),
	...fieldsFor('user', userField),
];

/**
 * The field of one choice of "Send To", which is required then. If an expression chooses, n8n takes
 * a field with `show` for shown, and demands it if it is required (`displayParameter` in
 * n8n-workflow). So the field is then optional, and the run says whether it is missing.
 */
function fieldsFor(choice: string, field: INodeProperties): INodeProperties[] {
	return [
		{
			...field,
			displayOptions: { hide: { sendTo: [{ _cnd: { not: choice } }] } },
		},
		{
			...field,
			required: false,
			// An expression begins with "=". The editor gives "" for one that it cannot work out yet. Not
			// `startsWith`: where the node has no such field, n8n 1.123 fails on that, and refuses to
			// publish. Not `regex`: n8n allows it 250 ms, and a busy n8n 2.41 fails an execution.
			displayOptions: {
				show: { sendTo: [{ _cnd: { between: { from: '=', to: '>' } } }, '', null] },
			},
		},
	];
}

const CHAT_IDS: Omit<IdField, 'name'> = {
	keys: ['chatId', 'id'],
	examples: ['gc_1', 'dc_1'],
	takes: 'the chatId that the Agent Club Trigger gives out',
};
const PERSON_ID: IdField = {
	name: 'Person',
	keys: ['id', 'user_id', 'userId'],
	examples: ['u_1', 'u_2'],
	takes: 'the sender.id that the Agent Club Trigger gives out',
};

/**
 * The value of a resource locator, an ID in either mode. An expression may give anything.
 * @throws AgentClubError SETTINGS for an object, with the ID in it, and for several IDs
 */
function locatedId(
	host: IExecuteFunctions,
	parameter: string,
	itemIndex: number,
	field: IdField,
): string {
	const value: unknown = host.getNodeParameter(parameter, itemIndex, '', { extractValue: true });
	if (typeof value !== 'object' || value === null) return textOf(value);
	const [id = '', ...more] = idsAsWritten(value, field);
	if (more.length === 0) return id;
	throw new AgentClubError(
		'SETTINGS',
		`"${field.name}" has ${more.length + 1} IDs, and takes one for each item`,
		{ remedy: `Give ${field.takes}, or put a Split Out node before this one.` },
	);
}

/**
 * The chat of the field `chatId`, which is called so in the editor.
 * @throws AgentClubError SETTINGS
 */
export async function chosenChat(
	context: OperationContext,
	itemIndex: number,
	field: 'Chat' | 'Group' = 'Chat',
): Promise<Chat & { type: ChatType }> {
	const reference = locatedId(context.host, 'chatId', itemIndex, { ...CHAT_IDS, name: field });
	if (reference.trim()) return await findChat(reference, () => context.chats());
	throw new AgentClubError('SETTINGS', `"${field}" is empty`, {
		remedy:
			'Choose one from the list, or give its ID, for example {{ $json.chatId }} after an ' +
			'Agent Club Trigger.',
	});
}

async function chosenPerson(
	context: OperationContext,
	itemIndex: number,
): Promise<Chat & { type: ChatType }> {
	const userId = locatedId(context.host, 'userId', itemIndex, PERSON_ID);
	if (userId.trim()) return await findDirectChat(userId, () => context.chats());
	throw new AgentClubError('SETTINGS', '"Person" is empty', {
		remedy:
			'Choose a person from the list, or give an ID, for example {{ $json.sender.id }} ' +
			'after an Agent Club Trigger.',
	});
}

/** @throws AgentClubError SETTINGS for a chat that cannot be told or found */
export async function targetChat(
	context: OperationContext,
	itemIndex: number,
): Promise<Chat & { type: ChatType }> {
	const { host } = context;
	const sendTo = textParameter(host, 'sendTo', itemIndex);
	switch (sendTo) {
		case 'triggeringChat':
			return findChat(triggeringChat(host, itemIndex), () => context.chats());
		case 'chat':
			return chosenChat(context, itemIndex);
		case 'user':
			return chosenPerson(context, itemIndex);
		default:
			throw wrongValue('Send To', sendTo, ['triggeringChat', 'chat', 'user']);
	}
}
