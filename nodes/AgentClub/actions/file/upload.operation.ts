import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import { uploadFile } from '../../../../client/outbound/upload';
import { binaryFile, isBinary } from '../../files/binary-file';
import { textOf } from '../parameters';
import { json, type Operation, type OperationContext, type OperationResult } from '../operation';

const properties: INodeProperties[] = [
	{
		displayName: 'Input Binary Field',
		name: 'binaryPropertyName',
		type: 'string',
		required: true,
		default: 'data',
		hint: 'The name of the input field that holds the file',
		description:
			'The file to upload: up to a little less than 50 MB, of a kind that Agent Club accepts',
	},
];

async function execute(
	{ host, session, signal }: OperationContext,
	itemIndex: number,
): Promise<OperationResult> {
	const field: unknown = host.getNodeParameter('binaryPropertyName', itemIndex, '');
	const file = await binaryFile(host, itemIndex, isBinary(field) ? field : textOf(field).trim());
	const { url, kind } = await session.ask(() => uploadFile(session.http, file, signal), signal);
	return json({
		url: session.absoluteUrl(url),
		fileName: file.fileName,
		kind,
		fileSize: file.size ?? null,
	});
}

export const upload: Operation = {
	description: updateDisplayOptions(
		{ show: { resource: ['file'], operation: ['upload'] } },
		properties,
	),
	execute,
};
