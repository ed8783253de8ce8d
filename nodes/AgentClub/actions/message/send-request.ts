import type { IBinaryData } from 'n8n-workflow';
import type { FileOnServer } from '../../../../client/outbound/send';
import { readMentionIds } from '../../../../client/outbound/mention-ids';
import { isSilence } from '../../../../client/outbound/is-silence';
import { withoutReasoning } from '../../../../client/outbound/without-reasoning';
import { isBlank } from '../../../../client/protocol/blank-text';
import { wellFormed } from '../../../../client/protocol/well-formed';
import { flagOf } from '../../../shared/flag';
import { oneOf } from '../../../shared/one-of';
import { isBinary } from '../../files/binary-file';
import { uploadedFiles } from '../../files/uploaded-files';
import type { OperationContext } from '../operation';
import { listOf, textOf, wordsParameter } from '../parameters';

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

/** Why an item sends nothing: a model's word for silence, or no text and no file. */
export type NothingToSend = 'skipped' | 'empty';

/**
 * What an item asks to send, or why it sends nothing.
 * @throws AgentClubError SETTINGS
 */
export function readRequest(
	{ host, session }: OperationContext,
	itemIndex: number,
): SendOperationRequest | NothingToSend {
	const options = host.getNodeParameter('options', itemIndex, {});
	// Before it is known to be empty or not: a text may consist of what cannot be sent.
	const said = wellFormed(wordsParameter(host, 'text', itemIndex));
	const text = flagOf('Hide Reasoning', options.hideReasoning, true)
		? withoutReasoning(said)
		: said;
	const silence = textOf(options.skipText ?? 'NO_REPLY');
	if (isSilence(text, silence)) return 'skipped';
	const request = {
		text: isBlank(text) ? '' : text,
		format: oneOf('Format', options.format ?? 'text', ['text', 'code']),
		filesBefore:
			oneOf('Attachments Order', options.attachmentsOrder ?? 'after', ['after', 'before']) ===
			'before',
		mentionIds: readMentionIds(options.mentionIds),
		attachments: filesOf(options.attachments),
		uploaded: uploadedFiles(options.uploadedFiles, session.credentials.address),
		resolveNames: flagOf('Resolve Names', options.resolveNames, true),
		allowMentionAll: flagOf('Allow @All', options.allowMentionAll, false),
	};
	return request.text === '' && request.attachments.length === 0 && request.uploaded.length === 0
		? 'empty'
		: request;
}

function filesOf(value: unknown): Array<string | IBinaryData> {
	if (isBinary(value)) return [value];
	return Array.isArray(value) ? value.flatMap(filesOf) : listOf(value);
}
