import type { INodeProperties } from 'n8n-workflow';
import type { Operation } from '../operation';
import { get } from './get.operation';

export const operations: Readonly<Record<string, Operation>> = { get };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['agent'] } },
		options: [
			{
				name: 'Get',
				value: 'get',
				action: 'Get the name and ID of the agent',
				description: 'Tell who the agent of the credential is',
			},
		],
		default: 'get',
	},
	...Object.values(operations).flatMap((operation) => operation.description),
];
