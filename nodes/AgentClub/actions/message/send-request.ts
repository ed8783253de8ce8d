import type { IBinaryData } from 'n8n-workflow';
import type { FileOnServer } from '../../../../client/outbound/send';
import { wellFormed } from '../../../../client/protocol/well-formed';
import { oneOf } from '../../../shared/one-of';
import { isBinary } from '../../files/binary-file';
import { uploadedFiles } from '../../files/uploaded-files';
import type { OperationContext } from '../operation';
import { listOf, textParameter } from '../parameters';

/** What an item asks to send. */
export interface SendOperationRequest {
	readonly text: string;
	readonly format: 'text' | 'code';
	readonly filesBefore: boolean;
	readonly mentionIds: readonly string[];
	/** Binary fields of the item, or files themselves, as expressions give them. */
	readonly attachments: ReadonlyArray<string | IBinaryData>;
	readonly uploaded: readonly FileOnServer[];
	readonly resolveNames: boolean;
	readonly allowMentionAll: boolean;
}

/**
 * Undefined where there is nothing to send: no text and no file, or a model's word for silence.
 * @throws AgentClubError SETTINGS
 */
export function readRequest(
	{ host, session }: OperationContext,
	itemIndex: number,
): SendOperationRequest | undefined {
	const options = host.getNodeParameter('options', itemIndex, {});
	// Before it is known to be empty or not: a text may consist of what cannot be sent.
	const text = wellFormed(textParameter(host, 'text', itemIndex));
	if (isSkipped(text, options.skipText)) return undefined;
	const request = {
		text: text.trim() === '' ? '' : text,
		format: oneOf('Format', options.format ?? 'text', ['text', 'code']),
		filesBefore:
			oneOf('Attachments Order', options.attachmentsOrder ?? 'after', ['after', 'before']) ===
			'before',
		mentionIds: listOf(options.mentionIds),
		attachments: filesOf(options.attachments),
		uploaded: uploadedFiles(options.uploadedFiles, session.credentials.address),
		resolveNames: options.resolveNames !== false,
		allowMentionAll: options.allowMentionAll === true,
	};
	return request.text === '' && request.attachments.length === 0 && request.uploaded.length === 0
		? undefined
		: request;
}

function isSkipped(text: string, skipText: unknown): boolean {
	const word = typeof skipText === 'string' ? skipText.trim() : 'NO_REPLY';
	return word !== '' && text.trim() === word;
}

function filesOf(value: unknown): Array<string | IBinaryData> {
	if (isBinary(value)) return [value];
	return Array.isArray(value) ? value.flatMap(filesOf) : listOf(value);
}
