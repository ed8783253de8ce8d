import type { INodeProperties } from 'n8n-workflow';
import { findChat, findDirectChat } from '../../../client/agent/find-chat';
import { AgentClubError } from '../../../client/errors';
import type { Chat, ChatType } from '../../../client/protocol/chat';
import type { OperationContext } from '../actions/operation';
import { locatorParameter, textParameter } from '../actions/parameters';
import { triggeringChat } from './triggering-chat';

/** Where a message goes: the fields in the editor, and the chat that they mean. */

export const chatField: INodeProperties = {
	displayName: 'Chat',
	name: 'chatId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	description: 'A group or a direct chat that the agent is in',
	modes: [
		{ displayName: 'From List', name: 'list', type: 'list', typeOptions: { searchListMethod: 'searchChats', searchable: true } },
		{ displayName: 'By ID', name: 'id', type: 'string', placeholder: 'e.g. gc_1f0c...', hint: 'The chatId that the Agent Club Trigger gives out' },
	],
};

export const userField: INodeProperties = {
	displayName: 'Person',
	name: 'userId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	description: 'Somebody who has written to the agent directly; agents cannot open a direct chat themselves',
	modes: [
		{ displayName: 'From List', name: 'list', type: 'list', typeOptions: { searchListMethod: 'searchPeople', searchable: true } },
		{ displayName: 'By ID', name: 'id', type: 'string', placeholder: 'e.g. u_1f0c...', hint: 'The sender.id that the Agent Club Trigger gives out' },
	],
};

export const targetFields: INodeProperties[] = [
	{
		displayName: 'Send To',
		name: 'sendTo',
		type: 'options',
		options: [
			{ name: 'A Chat', value: 'chat', description: 'A group or a direct chat, from a list or by its ID' },
			{ name: 'A Person', value: 'user', description: 'The direct chat with somebody who has written to the agent' },
			{ name: 'The Chat That Started the Workflow', value: 'triggeringChat', description: 'Where the message of the Agent Club Trigger came from' },
		],
		default: 'triggeringChat',
		description: 'Where the message goes',
	},
	{ ...chatField, displayOptions: { show: { sendTo: ['chat'] } } },
	{ ...userField, displayOptions: { show: { sendTo: ['user'] } } },
];

/** @throws AgentClubError SETTINGS for a chat that cannot be told or found */
export async function targetChat(context: OperationContext, itemIndex: number): Promise<Chat & { type: ChatType }> {
	const { host } = context;
	const chats = () => context.chats();
	const sendTo = textParameter(host, 'sendTo', itemIndex);
	switch (sendTo) {
		case 'triggeringChat':
			return findChat(triggeringChat(host, itemIndex), chats);
		case 'chat':
			return findChat(locatorParameter(host, 'chatId', itemIndex), chats);
		case 'user':
			return findDirectChat(locatorParameter(host, 'userId', itemIndex), chats);
		default:
			throw new AgentClubError('SETTINGS', `"Send To" has the value "${sendTo}", which does not exist`, { remedy: 'Choose it again.' });
	}
}
