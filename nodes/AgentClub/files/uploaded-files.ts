import { type ServerAddress, serverFileUrl } from '../../../client/connection/address';
import { AgentClubError } from '../../../client/errors';
import { safeFileName } from '../../../client/inbound/item/attachments';
import { loggable } from '../../../client/logger';
import type { FileOnServer } from '../../../client/outbound/send';
import { type FileKind, fileTypeOf } from '../../../client/protocol/file-kinds';

/** Files that lie on the server already, from what "File: Upload" gave out. */

const KINDS: readonly unknown[] = ['image', 'audio', 'video', 'file'];

/**
 * @param value an item of the upload operation, its JSON, a list of either, or any of that as JSON
 * text
 * @throws AgentClubError SETTINGS, naming what is wrong with which entry
 */
export function uploadedFiles(value: unknown, address: ServerAddress): FileOnServer[] {
	if (value === undefined || value === null) return [];
	const read = typeof value === 'string' ? parsed(value) : value;
	const entries: unknown[] = Array.isArray(read) ? read : [read];
	return entries.map((entry) => fileOnServer(entry, address));
}

function parsed(text: string): unknown {
	if (text.trim() === '') return [];
	let read: unknown;
	try {
		read = JSON.parse(text);
	} catch {
		read = undefined;
	}
	if (typeof read === 'object' && read !== null) return read;
	throw wrong(`"Uploaded Files" is no JSON: ${shown(text)}`);
}

function fileOnServer(entry: unknown, address: ServerAddress): FileOnServer {
	const { url, fileName, kind, fileSize } = fieldsOf(entry);
	if (typeof url !== 'string' || url === '' || typeof fileName !== 'string' || fileName === '') {
		throw wrong(`"Uploaded Files" has an entry without "url" and "fileName": ${shown(entry)}`);
	}
	const onServer = serverFileUrl(address, url);
	if (onServer === undefined)
		throw wrong(
			`"Uploaded Files" has a file that does not lie on the Agent Club server: ${shown(url)}`,
		);
	return {
		url: onServer,
		fileName: safeFileName(fileName),
		kind: kindOf(kind, fileName),
		fileSize: typeof fileSize === 'number' ? fileSize : null,
	};
}

/** An item as n8n keeps it has its fields under `json`. */
function fieldsOf(
	entry: unknown,
): Partial<Record<'url' | 'fileName' | 'kind' | 'fileSize', unknown>> {
	if (typeof entry !== 'object' || entry === null) return {};
	const { json } = entry as { json?: unknown };
	return typeof json === 'object' && json !== null ? json : entry;
}

function kindOf(kind: unknown, fileName: string): FileKind {
	return KINDS.includes(kind) ? (kind as FileKind) : (fileTypeOf(fileName)?.kind ?? 'file');
}

function wrong(message: string): AgentClubError {
	return new AgentClubError('SETTINGS', message, {
		remedy:
			'Give what the operation File: Upload has put out, for example {{ $("Upload").all() }} ' +
			'or {{ [$json] }}.',
	});
}

function shown(value: unknown): string {
	return loggable(JSON.stringify(value ?? null));
}
