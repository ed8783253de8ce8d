import { Readable } from 'node:stream';
import type { IExecuteFunctions } from 'n8n-workflow';
import { safeFileName } from '../../../client/inbound/attachments';
import type { FileToSend } from '../../../client/outbound/upload';

/** Bytes read at a time from n8n's storage. */
const CHUNK = 256 * 1024;

/** A file from an item's binary data: streamed where n8n keeps it outside memory. */
export async function binaryFile(host: IExecuteFunctions, itemIndex: number, propertyName: string): Promise<FileToSend> {
	const binary = host.helpers.assertBinaryData(itemIndex, propertyName);
	const fileName = safeFileName(binary.fileName ?? (binary.fileExtension ? `file.${binary.fileExtension}` : 'file'));
	if (binary.id) {
		const { id } = binary;
		const { fileSize } = await host.helpers.getBinaryMetadata(id);
		return { fileName, size: fileSize, open: () => host.helpers.getBinaryStream(id, CHUNK) };
	}
	const content = await host.helpers.getBinaryDataBuffer(itemIndex, propertyName);
	return { fileName, size: content.length, open: () => Promise.resolve(Readable.from([content])) };
}
