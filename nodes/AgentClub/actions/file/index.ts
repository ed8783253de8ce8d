import type { INodeProperties } from 'n8n-workflow';
import type { Operation } from '../operation';
import { download } from './download.operation';
import { upload } from './upload.operation';

export const operations: Readonly<Record<string, Operation>> = { upload, download };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['file'] } },
		options: [
			{
				name: 'Upload',
				value: 'upload',
				action: 'Upload a file',
				description: 'Put a file on the server without sending it yet',
			},
			{
				name: 'Download',
				value: 'download',
				action: 'Download a file',
				description: 'Fetch a file of a message as binary data',
			},
		],
		default: 'upload',
	},
	...Object.values(operations).flatMap((operation) => operation.description),
];
