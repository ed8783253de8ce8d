import type { INodeProperties } from 'n8n-workflow';
import type { Operation } from '../operation';
import { getMany } from './get-many.operation';

export const operations: Readonly<Record<string, Operation>> = { getMany };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['chat'] } },
		options: [
			{
				name: 'Get Many',
				value: 'getMany',
				action: 'Get many chats of the agent',
				description: 'List the groups and direct chats that the agent is in',
			},
		],
		default: 'getMany',
	},
	...Object.values(operations).flatMap((operation) => operation.description),
];
