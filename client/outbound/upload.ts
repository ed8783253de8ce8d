import { AgentClubError, describeError } from '../errors';
import type { UploadedFile } from '../protocol/answers';
import { ACCEPTED_EXTENSIONS, fileTypeOf } from '../protocol/file-kinds';
import type { AgentHttp } from '../http/agent-http';
import { codeOf } from '../http/http-errors';

/** A file to send, not yet read. */
export interface FileToSend {
	/** The name that people will see. */
	readonly fileName: string;
	/** Bytes; undefined where nobody knows before the end. */
	readonly size: number | undefined;
	/** Opens the content, from its beginning; called once for each try. */
	open(): Promise<AsyncIterable<Uint8Array>>;
}

/**
 * Bytes of a whole request: the server refuses a file of exactly this size
 * (`test/contract/files.test.ts`).
 */
const REQUEST_LIMIT = 50 * 1024 * 1024;
/** Head and tail of the form around the file, with the longest name that we send. */
const FORM_OVERHEAD = 1024;
const LARGEST_FILE = REQUEST_LIMIT - FORM_OVERHEAD;

/**
 * Bytes of UTF-8 in the uploaded name. The server fails (500) if its prefix and the name together
 * exceed 255 bytes (`test/contract/files.test.ts`).
 */
const LONGEST_NAME = 150;

/** Refuses what the server would refuse, before a byte is sent. @throws AgentClubError FILE */
export function checkFile(file: Pick<FileToSend, 'fileName' | 'size'>): void {
	if (!fileTypeOf(file.fileName)) {
		throw new AgentClubError(
			'FILE',
			`The server does not accept the file "${file.fileName}": it does not know the extension`,
			{
				remedy:
					`Accepted extensions: ${ACCEPTED_EXTENSIONS.join(', ')}. Put other files into a zip ` +
					'archive.',
			},
		);
	}
	if (file.size !== undefined && file.size > LARGEST_FILE) throw tooLarge(file.fileName, file.size);
}

/** @throws AgentClubError FILE, REFUSED, UNREACHABLE, ... */
export async function uploadFile(
	http: AgentHttp,
	file: FileToSend,
	signal?: AbortSignal,
): Promise<UploadedFile> {
	checkFile(file);
	try {
		return await http.upload(uploadName(file.fileName), limited(file), file.size, signal);
	} catch (error) {
		throw failedUpload(file, error);
	}
}

/**
 * The error with the file's name and size. A server or proxy that finds a request too large may
 * close the connection before it has read everything. That looks like a failure of the network.
 */
function failedUpload(
	{ fileName, size }: Pick<FileToSend, 'fileName' | 'size'>,
	error: unknown,
): unknown {
	if (!(error instanceof AgentClubError)) return error;
	const { code, status, remedy } = error;
	// What is wrong with the file itself names it already.
	if (code === 'FILE' && status === undefined) return error;
	const shownSize = size === undefined ? '' : ` (${megabytes(size)} MB)`;
	const notSent = `The file "${fileName}"${shownSize} was not sent`;
	if (code === 'UNREACHABLE' && BROKEN.has(codeOf(error.cause)))
		return error.about(notSent, CUT_OFF);
	return error.about(notSent, remedy ?? (code === 'TIMEOUT' ? STOOD_STILL : undefined));
}

/** What Node.js and undici call a connection that ended in the middle. */
const BROKEN: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);
const CUT_OFF =
	'The connection ended during the upload. If smaller files arrive, a proxy in front of Agent ' +
	'Club has a limit of its own (in nginx: client_max_body_size). If none arrives, check the ' +
	'server URL, and that the server is running.';
const STOOD_STILL = 'The upload stood still. Check the network between n8n and the server.';

/**
 * The server makes a name of its own from this one; the original one travels with the message. Only
 * the extension matters.
 */
function uploadName(fileName: string): string {
	if (Buffer.byteLength(fileName) <= LONGEST_NAME) return fileName;
	return `file${fileName.slice(fileName.lastIndexOf('.'))}`;
}

/**
 * Opens the file when its first byte is asked for, and closes it when the upload ends early: one
 * that never begins leaves nothing open.
 */
async function* limited(file: FileToSend): AsyncIterable<Uint8Array> {
	let bytes = 0;
	try {
		for await (const chunk of await file.open()) {
			bytes += chunk.length;
			if (bytes > LARGEST_FILE) throw tooLarge(file.fileName, bytes);
			yield chunk;
		}
	} catch (error) {
		// Else it would pass for a failure of the network.
		throw error instanceof AgentClubError ? error : unreadable(file.fileName, error);
	}
}

function unreadable(fileName: string, error: unknown): AgentClubError {
	return new AgentClubError(
		'FILE',
		`The file "${fileName}" cannot be read: ${describeError(error)}`,
		{ cause: error },
	);
}

function tooLarge(fileName: string, size: number): AgentClubError {
	return new AgentClubError(
		'FILE',
		`The file "${fileName}" is too large: ${megabytes(size)} MB, and the server takes a little ` +
			'less than 50 MB',
		{
			remedy: 'Send a smaller file, or a link to it.',
		},
	);
}

function megabytes(bytes: number): string {
	return (bytes / (1024 * 1024)).toFixed(1);
}
