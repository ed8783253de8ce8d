import type { Readable } from 'node:stream';
import { type Clock, EXPIRED, withDeadline } from '../../clock';
import type { MediaAddress } from '../../connection/address';
import { describeError } from '../../errors';
import type { Download, DownloadLimits } from '../../http/download';
import { type FileKind, fileKindOf, fileTypeOf } from '../../protocol/file-kinds';
import type { Message } from '../../protocol/message';

/** What a message says of its file. */
export interface FileDescription {
	readonly fileName: string;
	readonly kind: FileKind;
	readonly mimeType: string | null;
	/** Bytes. */
	readonly fileSize: number | null;
	/** Absolute; may point elsewhere, because the sender chose it. */
	readonly url: string;
	readonly messageId: string;
}

/**
 * A message's file, fetched or not. What could not be done is said in `problem`, and never holds
 * the message up. `problem` also says if a name promises what the fetched file is not.
 */
export interface Attachment<Stored> extends FileDescription {
	/** What the sink gave back; undefined without a download. */
	readonly stored: Stored | undefined;
	readonly problem: string | null;
}

export interface AttachmentSettings {
	readonly download: 'all' | 'images' | 'none';
	/** Bytes. */
	readonly maxBytes: number;
}

/** Where the bytes of a file go: n8n's binary data, there. */
export type BinarySink<Stored> = (
	content: Readable,
	fileName: string,
	type: {
		readonly mimeType: string | null;
		/** What the first bytes are, without the dot; null where the name's own counts. */
		readonly extension: string | null;
	},
) => Promise<{ stored: Stored; size: number | null }>;

export interface AttachmentSource {
	address(fileUrl: string): MediaAddress;
	open(media: MediaAddress, fileName: string, limits: DownloadLimits): Promise<Download>;
}

/**
 * ms without a byte, and ms for a whole file: a slow server delays one message, not its chat for
 * ever.
 */
const IDLE_TIMEOUT = 15_000;
const DEADLINE = 60_000;

/** What the message's file is called and where it is, if it has one. Never throws. */
export function describeFile(
	message: Message,
	source: AttachmentSource,
): FileDescription | undefined {
	if (!message.fileUrl) return undefined;
	const { url } = source.address(message.fileUrl);
	const fileName = safeFileName(message.fileName || lastSegment(url));
	const mimeType = fileTypeOf(fileName)?.mimeType ?? null;
	return {
		fileName,
		kind: fileKindOf(message.contentType),
		mimeType,
		fileSize: null,
		url,
		messageId: message.id,
	};
}

/** Whether the settings ask for a download of the file. */
export function isWanted(
	{ kind }: FileDescription,
	{ download }: Pick<AttachmentSettings, 'download'>,
): boolean {
	return download === 'all' || (download === 'images' && kind === 'image');
}

/** The message's file, if it has one. Never throws. */
export async function fetchAttachment<Stored>(
	message: Message,
	settings: AttachmentSettings,
	source: AttachmentSource,
	sink: BinarySink<Stored>,
	clock: Clock,
): Promise<Attachment<Stored> | undefined> {
	const described = describeFile(message, source);
	if (!described) return undefined;
	const { fileName } = described;
	if (!isWanted(described, settings)) return { ...described, stored: undefined, problem: null };
	const cut = new AbortController();
	const fetching = async () => {
		const file = await source.open(source.address(message.fileUrl), fileName, {
			maxBytes: settings.maxBytes,
			idleTimeout: IDLE_TIMEOUT,
			signal: cut.signal,
		});
		const { mimeType, seen, problem } = file;
		const { stored, size } = await sink(file.content, fileName, {
			mimeType,
			extension: seen?.extension ?? null,
		});
		const kind = seen?.kind ?? described.kind;
		return { ...described, kind, mimeType, fileSize: size ?? file.size, stored, problem };
	};
	try {
		// Not the network alone: a storage that hangs must not hold the chat up either.
		const fetched = await withDeadline(clock, DEADLINE, fetching());
		if (fetched !== EXPIRED) return fetched;
		cut.abort();
		return {
			...described,
			stored: undefined,
			problem: `The file did not arrive within ${DEADLINE / 1000} s`,
		};
	} catch (error) {
		cut.abort();
		return { ...described, stored: undefined, problem: describeError(error) };
	}
}

const LONGEST_FILE_NAME = 200;
/**
 * What nobody sees, and \p{Cs}, half a character, which no file system can write. The two joiners
 * stay, because emoji and Persian or Indian names fall apart without them.
 */
const UNSAFE = /(?!\p{Join_Control})[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/**
 * The last part of a name that anybody may have chosen: no folders, no control characters, not
 * endless.
 */
export function safeFileName(name: string): string {
	const base = name.split(/[/\\]/).at(-1) ?? '';
	const clean = base.replace(UNSAFE, '').trim();
	if (/^[.\p{Join_Control}]*$/u.test(clean)) return 'file';
	if (clean.length <= LONGEST_FILE_NAME) return clean;
	const dot = clean.lastIndexOf('.');
	const extension = dot > 0 && clean.length - dot <= 16 ? clean.slice(dot) : '';
	// The cut may leave half of a character.
	return clean.slice(0, LONGEST_FILE_NAME - extension.length).replace(/\p{Cs}/gu, '') + extension;
}

function lastSegment(url: string): string {
	const path = URL.canParse(url) ? new URL(url).pathname : url;
	const segment = path.split('/').at(-1) ?? '';
	try {
		return decodeURIComponent(segment);
	} catch {
		return segment; // a stray % sign: the name stays as it is
	}
}
