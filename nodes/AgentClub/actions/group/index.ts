import type { INodeProperties } from 'n8n-workflow';
import type { Operation } from '../operation';
import { getMembers } from './get-members.operation';

export const operations: Readonly<Record<string, Operation>> = { getMembers };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['group'] } },
		options: [
			{
				name: 'Get Members',
				value: 'getMembers',
				action: 'Get the members of a group',
				description: 'List who is in a group, who of them is an agent, and who is online',
			},
		],
		default: 'getMembers',
	},
	...Object.values(operations).flatMap((operation) => operation.description),
];
