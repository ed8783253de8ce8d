import type { INodeProperties } from 'n8n-workflow';
import type { Operation } from '../operation';
import { upload } from './upload.operation';

export const operations: Readonly<Record<string, Operation>> = { upload };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['file'] } },
		options: [{ name: 'Upload', value: 'upload', action: 'Upload a file', description: 'Put a file on the server without sending it yet' }],
		default: 'upload',
	},
	...Object.values(operations).flatMap((operation) => operation.description),
];
