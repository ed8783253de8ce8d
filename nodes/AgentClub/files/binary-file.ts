import { Readable } from 'node:stream';
import type { IExecuteFunctions } from 'n8n-workflow';
import { safeFileName } from '../../../client/inbound/item/attachments';
import type { FileToSend } from '../../../client/outbound/upload';

/** Bytes (or characters of Base64, whole groups of four) read at a time. */
const CHUNK = 64 * 1024;

/** A file from an item's binary data, read piece by piece from wherever n8n keeps it. */
export async function binaryFile(
	host: IExecuteFunctions,
	itemIndex: number,
	propertyName: string,
): Promise<FileToSend> {
	const binary = host.helpers.assertBinaryData(itemIndex, propertyName);
	const fileName = safeFileName(
		binary.fileName ?? (binary.fileExtension ? `file.${binary.fileExtension}` : 'file'),
	);
	if (binary.id) {
		const { id } = binary;
		const { fileSize } = await host.helpers.getBinaryMetadata(id);
		return { fileName, size: fileSize, open: () => host.helpers.getBinaryStream(id, CHUNK) };
	}
	const { data } = binary;
	if (isPlainBase64(data)) {
		return {
			fileName,
			size: Buffer.byteLength(data, 'base64'),
			open: () => Promise.resolve(decoded(data)),
		};
	}
	const content = await host.helpers.getBinaryDataBuffer(itemIndex, propertyName);
	return { fileName, size: content.length, open: () => Promise.resolve(Readable.from([content])) };
}

/**
 * In memory n8n keeps Base64 text; a node that made its binary data by hand may have put line
 * breaks into it, or left out the padding.
 */
function isPlainBase64(data: string): boolean {
	const padding = data.indexOf('=');
	return (
		data.length % 4 === 0 &&
		(padding === -1 || padding >= data.length - 2) &&
		!/[^A-Za-z0-9+/=]/.test(data)
	);
}

/** Decoded piece by piece: in one piece the file would be in memory twice. */
async function* decoded(base64: string): AsyncIterable<Uint8Array> {
	for (let at = 0; at < base64.length; at += CHUNK)
		yield await Promise.resolve(Buffer.from(base64.slice(at, at + CHUNK), 'base64'));
}
