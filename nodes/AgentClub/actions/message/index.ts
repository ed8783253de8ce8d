import type { INodeProperties } from 'n8n-workflow';
import type { Operation } from '../operation';
import { markAsRead } from './mark-as-read.operation';
import { send } from './send.operation';

export const operations: Readonly<Record<string, Operation>> = { markAsRead, send };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['message'] } },
		options: [
			{
				name: 'Mark as Read',
				value: 'markAsRead',
				action: 'Mark a message as read',
				description: 'Mark a message, and everything earlier in its chat, as read by the agent',
			},
			{ name: 'Send', value: 'send', action: 'Send a message', description: 'Send a text, files, or both' },
		],
		default: 'send',
	},
	...Object.values(operations).flatMap((operation) => operation.description),
];
