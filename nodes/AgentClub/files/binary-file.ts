import { Readable } from 'node:stream';
import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';
import { AgentClubError, describeError } from '../../../client/errors';
import { safeFileName } from '../../../client/inbound/item/attachments';
import type { FileToSend } from '../../../client/outbound/upload';
import { extensionOf, fileTypeOf } from '../../../client/protocol/file-kinds';

/** Bytes (or characters of Base64, whole groups of four) read at a time. */
const CHUNK = 64 * 1024;

/** Where n8n's setting "binaryMode": "combined" keeps an item's files, in its JSON. */
const FILES_IN_JSON = '_files';

/**
 * A file from an item's binary data, read piece by piece from wherever n8n keeps it.
 * @param field its name, the path that n8n gives with "binaryMode": "combined", or the file itself
 */
export async function binaryFile(
	host: IExecuteFunctions,
	itemIndex: number,
	field: string | IBinaryData,
): Promise<FileToSend> {
	const located = typeof field === 'string' ? locate(host, itemIndex, field) : field;
	const binary =
		typeof located === 'string' ? host.helpers.assertBinaryData(itemIndex, located) : located;
	const fileName = nameWithExtension(binary);
	if (binary.id) {
		const { id } = binary;
		const stored = named(field, fileName);
		const { fileSize } = await host.helpers.getBinaryMetadata(id).catch(stored);
		return {
			fileName,
			size: fileSize,
			open: () => host.helpers.getBinaryStream(id, CHUNK).catch(stored),
		};
	}
	const { data } = binary as Partial<IBinaryData>;
	if (typeof data !== 'string') throw notN8ns(field);
	if (isPlainBase64(data)) {
		return {
			fileName,
			size: Buffer.byteLength(data, 'base64'),
			open: () => Promise.resolve(decoded(data)),
		};
	}
	const content = await host.helpers
		.getBinaryDataBuffer(itemIndex, located)
		.catch(named(field, fileName));
	return { fileName, size: content.length, open: () => Promise.resolve(Readable.from([content])) };
}

/** What n8n says of a file that its storage has no longer names neither the file nor the field. */
function named(field: string | IBinaryData, fileName: string): (error: unknown) => never {
	const where = typeof field === 'string' ? ` in the field "${field}"` : '';
	return (error) => {
		throw new AgentClubError(
			'FILE',
			`The file "${fileName}"${where} cannot be read: ${describeError(error)}`,
			{
				cause: error,
				remedy:
					"n8n's storage may have the file no longer, after pruning or on another machine. Run " +
					'the node that made it again.',
			},
		);
	};
}

/** As Code nodes make it that put a buffer, or nothing, where n8n keeps Base64 text. */
function notN8ns(field: string | IBinaryData): AgentClubError {
	const where = typeof field === 'string' ? `The field "${field}"` : 'The file';
	return new AgentClubError('FILE', `${where} has binary data in a form that is not n8n's`, {
		remedy:
			'In a Code node make it by: await this.helpers.prepareBinaryData(buffer, "name.png"). ' +
			'Or give "data" as Base64 text.',
	});
}

/** Whether a parameter's value is a file of n8n's, as an expression gives it. */
export function isBinary(value: unknown): value is IBinaryData {
	return typeof value === 'object' && value !== null && 'mimeType' in value && 'data' in value;
}

/** The same name leads to a file in both of n8n's modes, and after a node that kept the old one. */
function locate(host: IExecuteFunctions, itemIndex: number, field: string): string | IBinaryData {
	if (host.getWorkflowSettings().binaryMode !== 'combined') return field;
	const item = host.getInputData()[itemIndex];
	const files = item?.json[FILES_IN_JSON];
	if (typeof files === 'object' && files !== null && field in files)
		return `${FILES_IN_JSON}.${field}`;
	return item?.binary?.[field] ?? field;
}

/**
 * The server goes by the extension alone, and files that n8n's own nodes make often have none in
 * their name. Then the binary data's own extension or type gives one.
 */
function nameWithExtension(binary: Partial<IBinaryData>): string {
	const { fileName, mimeType } = binary;
	// A Code node may have written ".png".
	const fileExtension = binary.fileExtension?.replace(/^\.+/, '');
	const name = safeFileName(fileName ?? 'file');
	if (fileTypeOf(name)) return name;
	const own = fileExtension && fileTypeOf(`.${fileExtension}`) ? fileExtension : undefined;
	const extension = own ?? extensionOf(mimeType ?? '');
	// n8n takes the longer one of the two, people the shorter.
	if (extension)
		return safeFileName(`${name.replace(/\.+$/, '')}.${extension === 'jpeg' ? 'jpg' : extension}`);
	return fileName === undefined && fileExtension ? safeFileName(`file.${fileExtension}`) : name;
}

/**
 * In memory n8n keeps Base64 text. A node that made its binary data by hand may have put line
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
