import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import { EXPIRED, withDeadline } from '../../../../client/clock';
import { AgentClubError, describeError } from '../../../../client/errors';
import { loggable } from '../../../../client/logger';
import { fileTypeOf } from '../../../../client/protocol/file-kinds';
import { safeFileName } from '../../../../client/inbound/item/attachments';
import { binarySink } from '../../../shared/binary-sink';
import { textParameter } from '../parameters';
import type { Operation, OperationContext, OperationResult } from '../operation';

const properties: INodeProperties[] = [
	{
		displayName: 'File URL',
		name: 'url',
		type: 'string',
		required: true,
		default: '={{ $json.attachments[0].url }}',
		description:
			'The URL of an attachment, as the Agent Club Trigger gives it out. Only files on the ' +
			'Agent Club server are fetched.',
	},
	{
		displayName: 'Put Output File in Field',
		name: 'binaryPropertyName',
		type: 'string',
		required: true,
		default: 'data',
		hint: 'The name of the output field to put the file in',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'File Name',
				name: 'fileName',
				type: 'string',
				default: '',
				description: 'The name that the file gets; without one, the last part of its address',
			},
		],
	},
];

/** Files on the server are smaller than its limit for an upload. */
const MAX_BYTES = 64 * 1024 * 1024;
/**
 * ms without a byte, and ms for a whole file: a server that sends a byte now and then would hold
 * the workflow for days.
 */
const IDLE_TIMEOUT = 30_000;
const DEADLINE = 600_000;

async function execute(
	{ host, session, signal }: OperationContext,
	itemIndex: number,
): Promise<OperationResult> {
	const url = fileUrl(host.getNodeParameter('url', itemIndex, ''));
	const options = host.getNodeParameter('options', itemIndex, {});
	const named = typeof options.fileName === 'string' ? options.fileName : '';
	const fileName = safeFileName(named || nameIn(url));
	const cut = new AbortController();
	const limits = {
		maxBytes: MAX_BYTES,
		idleTimeout: IDLE_TIMEOUT,
		signal: AbortSignal.any([signal, cut.signal]),
	};
	const fetchOnce = async (): Promise<OperationResult> => {
		const file = await session.download(url, fileName, limits);
		const { mimeType, seen, problem } = file;
		const { stored, size } = await binarySink(host.helpers)(file.content, fileName, {
			mimeType,
			extension: seen?.extension ?? null,
		});
		const kind = seen?.kind ?? fileTypeOf(fileName)?.kind ?? 'file';
		return {
			json: { fileName, kind, mimeType, fileSize: size ?? file.size, problem },
			binary: { [textParameter(host, 'binaryPropertyName', itemIndex) || 'data']: stored },
		};
	};
	const fetching = session.ask(fetchOnce, limits.signal).catch((error: unknown) => {
		throw notDownloaded(fileName, error);
	});
	const fetched = await withDeadline(session.clock, DEADLINE, fetching);
	if (fetched !== EXPIRED) return fetched;
	cut.abort();
	throw notDownloaded(
		fileName,
		new AgentClubError('TIMEOUT', `It did not arrive within ${DEADLINE / 1000} s`, {
			retriable: true,
		}),
	);
}

/** The error with the file's name: with several items nobody could tell which it was. */
function notDownloaded(fileName: string, error: unknown): AgentClubError {
	const what = `The file "${fileName}" was not downloaded`;
	if (error instanceof AgentClubError) return error.about(what);
	return new AgentClubError('FILE', `${what}: ${describeError(error)}`, { cause: error });
}

export const download: Operation = {
	description: updateDisplayOptions(
		{ show: { resource: ['file'], operation: ['download'] } },
		properties,
	),
	execute,
};

/** @throws AgentClubError SETTINGS for what is no address of a file */
function fileUrl(value: unknown): string {
	const text = typeof value === 'string' ? value.trim() : '';
	if (/^(https?:\/\/|\/)\S/i.test(text)) return text;
	throw new AgentClubError('SETTINGS', `"File URL" ${mistakeIn(value, text)}`, {
		remedy:
			'Give the url of an attachment, for example {{ $json.attachments[0].url }}. A message ' +
			'without a file has no attachments: put an If node before this one.',
	});
}

function mistakeIn(value: unknown, text: string): string {
	if (value === undefined || value === null || value === '') return 'is empty';
	if (typeof value === 'string')
		return text === '' ? 'is empty' : `is no address of a file: "${loggable(text)}"`;
	return `is no text but ${describeValue(value)}`;
}

function describeValue(value: unknown): string {
	if (Array.isArray(value)) return 'a list';
	return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/**
 * The server puts 32 hexadecimal digits and an underscore before the name that it keeps
 * (`test/contract/files.test.ts`).
 */
function nameIn(url: string): string {
	const last = url.split(/[?#]/)[0]?.split('/').at(-1) ?? '';
	return last.replace(/^[0-9a-f]{32}_/, '');
}
