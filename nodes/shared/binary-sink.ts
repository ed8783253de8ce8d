import type { Readable } from 'node:stream';
import type { IBinaryData } from 'n8n-workflow';
import type { BinarySink } from '../../client/inbound/item/attachments';

/**
 * n8n would call a stream of unknown type text, and an AI Agent node would put it into its prompt.
 */
const UNKNOWN_TYPE = 'application/octet-stream';

/**
 * The part of n8n's helpers that stores binary data; streams go to the configured storage as they
 * come.
 */
export interface BinaryHelpers {
	prepareBinaryData(
		content: Buffer | Readable,
		fileName?: string,
		mimeType?: string,
	): Promise<IBinaryData>;
}

export function binarySink(helpers: BinaryHelpers): BinarySink<IBinaryData> {
	return async (content, fileName, { mimeType, extension }) => {
		const made = await helpers.prepareBinaryData(content, fileName, mimeType ?? UNKNOWN_TYPE);
		// n8n takes it from the name.
		const stored = extension === null ? made : { ...made, fileExtension: extension };
		return { stored, size: stored.bytes ?? null };
	};
}
