import type { INodeProperties } from 'n8n-workflow';
import type { Operation } from '../operation';
import { getMany } from './get-many.operation';
import { markAsRead } from './mark-as-read.operation';
import { send } from './send.operation';
import { sendAndWait } from './send-and-wait.operation';
import { sendTyping } from './send-typing.operation';

export const operations: Readonly<Record<string, Operation>> = {
	send,
	sendAndWait,
	getMany,
	markAsRead,
	sendTyping,
};

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['message'] } },
		options: [
			{
				name: 'Get Many',
				value: 'getMany',
				action: 'Get many messages of a chat',
				description: 'Read what was said in a chat, as far back as you like',
			},
			{
				name: 'Mark as Read',
				value: 'markAsRead',
				action: 'Mark a message as read',
				description: 'Mark a message, and everything earlier in its chat, as read by the agent',
			},
			{
				name: 'Send',
				value: 'send',
				action: 'Send a message',
				description: 'Send a text, files, or both',
			},
			{
				name: 'Send and Wait for Response',
				value: 'sendAndWait',
				action: 'Send a message and wait for the answer',
				description: 'Ask somebody in a chat, and go on with the answer',
			},
			{
				name: 'Send Typing',
				value: 'sendTyping',
				action: 'Show that the agent is typing',
				description: 'Let a chat see the agent typing for a while',
			},
		],
		default: 'send',
	},
	...Object.values(operations).flatMap((operation) => operation.description),
];
