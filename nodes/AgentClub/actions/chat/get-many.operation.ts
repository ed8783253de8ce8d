import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import type { DirectChat, GroupChat } from '../../../../client/protocol/answers';
import { searchable } from '../../../../client/protocol/folded-name';
import { toChatReference } from '../../../../client/protocol/chat-reference';
import { oneOf } from '../../../shared/one-of';
import { textOf } from '../parameters';
import {
	json,
	type Operation,
	type OperationContext,
	type OperationResult,
	type UnpairedItem,
} from '../operation';

const properties: INodeProperties[] = [
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add filter',
		default: {},
		options: [
			{
				displayName: 'Chat Type',
				name: 'chatType',
				type: 'options',
				options: [
					{ name: 'Any', value: '' },
					{ name: 'Direct Chats', value: 'direct' },
					{ name: 'Groups', value: 'group' },
				],
				default: '',
				description: 'Which kind of chats to list',
			},
			{
				displayName: 'Search',
				name: 'search',
				type: 'string',
				default: '',
				description: 'Part of the name of the group or the person',
			},
		],
	},
];

async function execute(context: OperationContext, itemIndex: number): Promise<OperationResult> {
	const filters = context.host.getNodeParameter('filters', itemIndex, {}) as {
		chatType?: unknown;
		search?: unknown;
	};
	const type =
		textOf(filters.chatType).trim() === ''
			? undefined
			: oneOf('Chat Type', filters.chatType, ['group', 'direct']);
	const search = searchable(textOf(filters.search));
	const { groups, directs } = await context.chats();
	const all = [...groups.map(groupItem), ...directs.map(directItem)];
	return all.filter(
		({ json: chat }) =>
			(type === undefined || chat.chatType === type) &&
			searchable(textOf(chat.name)).includes(search),
	);
}

function groupItem({ id, name, description, createdAt }: GroupChat): UnpairedItem {
	return json({
		chatId: toChatReference({ type: 'group', id }),
		chatType: 'group',
		name,
		description,
		user: null,
		createdAt: isoTime(createdAt),
	});
}

function directItem({ id, peer, description, createdAt }: DirectChat): UnpairedItem {
	const chatId = toChatReference({ type: 'direct', id });
	return json({
		chatId,
		chatType: 'direct',
		name: peer.name,
		description,
		user: { ...peer },
		createdAt: isoTime(createdAt),
	});
}

function isoTime(seconds: number | null): string | null {
	return seconds === null ? null : new Date(seconds * 1000).toISOString();
}

export const getMany: Operation = {
	description: updateDisplayOptions(
		{ show: { resource: ['chat'], operation: ['getMany'] } },
		properties,
	),
	execute,
};
