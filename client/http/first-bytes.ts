import { fileTypeFromBuffer } from 'file-type/core';
import { extensionOf, type FileType, fileTypeOf } from '../protocol/file-kinds';

/** The one file that knows file-type: what a file is, by its first bytes. */

/** What the bytes of a file are. */
export interface SeenType extends FileType {
	/** Without the dot. */
	readonly extension: string | null;
}

/** What a download says of a file's type. */
export interface ReadType {
	/** Null where neither the bytes nor the name tell. */
	readonly mimeType: string | null;
	/** What the bytes are; null where they tell nothing, and the name counts. */
	readonly seen: SeenType | null;
	/** Where the name promises what the bytes are not, in one sentence. */
	readonly problem: string | null;
}

/**
 * The type of a file by its name and its first bytes. The bytes decide, but a text without a
 * signature keeps the type of its name, and so does what a container does not tell. Never rejects.
 */
export async function readType(fileName: string, first: Uint8Array): Promise<ReadType> {
	const claimed = fileTypeOf(fileName);
	const seen = await seenType(first, claimed);
	if (!seen) return { mimeType: claimed?.mimeType ?? null, seen: null, problem: null };
	const broken = claimed && !keepsPromise(claimed, seen);
	return {
		mimeType: seen.mimeType,
		seen,
		problem: broken
			? `"${fileName}" is ${NOT_THIS[claimed.kind]}: it holds ${describe(seen)}`
			: null,
	};
}

/** Undefined where the bytes say nothing against the name. */
async function seenType(
	first: Uint8Array,
	claimed: FileType | undefined,
): Promise<SeenType | undefined> {
	const text = textOf(first);
	const known = await knownFormat(first);
	// Two letters are the signature of some formats, and the beginning of many texts.
	const format = known && (text === undefined || TEXT_FORMATS.has(known.mimeType)) ? known : null;
	if (claimed && isText(claimed)) {
		if (format) return isText(format) ? undefined : format;
		// No text has a NUL, whatever its encoding; n8n would put it into the prompt of a model.
		return text === undefined && first.includes(0) ? UNKNOWN : undefined;
	}
	if (format && claimed) {
		const held = claimed.kind === 'audio' ? asSound(format) : format;
		return mayHold(held, claimed) ? undefined : held;
	}
	if (format) return format;
	if (first.length === 0) return claimed && EMPTY;
	if (text !== undefined) return markup(text) ?? (claimed && PLAIN_TEXT);
	// Every picture that the server takes begins with a signature; sounds and archives need not.
	return claimed?.kind === 'image' ? UNKNOWN : undefined;
}

/** What file-type finds, in the words of the types that the server knows. */
async function knownFormat(first: Uint8Array): Promise<SeenType | undefined> {
	let found;
	try {
		found = await fileTypeFromBuffer(first);
	} catch {
		return undefined; // bytes that a parser stumbles over have no format
	}
	if (!found) return undefined;
	const mimeType = found.mime.split(';')[0]?.trim() ?? '';
	const extension = extensionOf(mimeType);
	const ours = extension ? fileTypeOf(`.${extension}`) : undefined;
	return {
		kind: ours?.kind ?? kindOf(mimeType),
		mimeType: ours?.mimeType ?? mimeType,
		extension: extension ?? found.ext,
	};
}

function kindOf(mimeType: string): FileType['kind'] {
	const family = mimeType.split('/')[0];
	return family === 'image' || family === 'audio' || family === 'video' ? family : 'file';
}

/** What begins with letters only, and is found all the same. */
const TEXT_FORMATS: ReadonlySet<string> = new Set(['application/pdf', 'application/rtf']);

/** Formats whose first bytes do not tell them apart, by the one that is found. */
const CONTAINERS: Readonly<Record<string, RegExp>> = {
	'application/zip': /openxmlformats/,
	'application/x-cfb': /^application\/(msword|vnd\.ms-)/,
	'video/mp4': /^(audio\/mp4|video\/quicktime)$/,
	'video/quicktime': /^(audio|video)\/mp4$/,
};

/** Sounds come in the containers of videos too; browsers record them so. */
function asSound(found: SeenType): SeenType {
	const container = /^video\/(mp4|webm|ogg)$/.exec(found.mimeType)?.[1];
	return container ? { ...found, kind: 'audio', mimeType: `audio/${container}` } : found;
}

function mayHold(found: FileType, claimed: FileType): boolean {
	return (
		found.mimeType === claimed.mimeType ||
		(CONTAINERS[found.mimeType]?.test(claimed.mimeType) ?? false)
	);
}

function isText({ mimeType }: FileType): boolean {
	return /^text\/|^application\/(json|yaml|toml|xml)$|^image\/svg/.test(mimeType);
}

/** Whether people find in the file what its name promises, if in another format. */
function keepsPromise(claimed: FileType, seen: SeenType): boolean {
	if (seen === EMPTY) return false;
	if (claimed.kind !== 'file') return seen.kind === claimed.kind && !isText(seen);
	return isText(claimed) || !isText(seen);
}

const UNKNOWN: SeenType = {
	kind: 'file',
	mimeType: 'application/octet-stream',
	extension: null,
};
const EMPTY: SeenType = { ...UNKNOWN };
const PLAIN_TEXT: SeenType = { kind: 'file', mimeType: 'text/plain', extension: 'txt' };

/** What stands before the first element. */
const PROLOGUE = /^(\s+|<\?xml[^>]*>|<!--.*?-->|<!doctype\s+svg[^>]*>)*/is;

function markup(text: string): SeenType | undefined {
	const start = text.replace(PROLOGUE, '').slice(0, 20);
	if (/^<(!doctype\s+html|html|head|body)\b/i.test(start))
		return { kind: 'file', mimeType: 'text/html', extension: 'html' };
	if (/^<svg\b/i.test(start)) return { kind: 'image', mimeType: 'image/svg+xml', extension: 'svg' };
	if (/^\s*<\?xml\b/i.test(text))
		return { kind: 'file', mimeType: 'application/xml', extension: 'xml' };
	return undefined;
}

/** The bytes as text; undefined if they are not text. Their end may cut a character. */
function textOf(bytes: Uint8Array): string | undefined {
	try {
		const text = utf32(bytes) ?? decoded(bytes);
		// eslint-disable-next-line no-control-regex -- they are what tells bytes from text
		return /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/.test(text) ? undefined : text;
	} catch {
		return undefined;
	}
}

function decoded(bytes: Uint8Array): string {
	return new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes, { stream: true });
}

/**
 * TextDecoder does not know it, and to file-type one of its marks is the beginning of an MP3.
 * @throws RangeError for what is no character
 */
function utf32(bytes: Uint8Array): string | undefined {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength - (bytes.length % 4));
	if (view.byteLength === 0) return undefined;
	const isLittleEndian = view.getUint32(0, true) === BYTE_ORDER_MARK;
	if (!isLittleEndian && view.getUint32(0) !== BYTE_ORDER_MARK) return undefined;
	let text = '';
	for (let at = 4; at < view.byteLength; at += 4)
		text += String.fromCodePoint(view.getUint32(at, isLittleEndian));
	return text;
}

const BYTE_ORDER_MARK = 0xfeff;

/** By the mark at its beginning. */
function encodingOf([first, second]: Uint8Array): string {
	if (first === 0xff && second === 0xfe) return 'utf-16le';
	return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}

const NOT_THIS = {
	image: 'no picture',
	audio: 'no sound',
	video: 'no video',
	file: 'not what its name says',
} as const satisfies Record<FileType['kind'], string>;

function describe(seen: SeenType): string {
	if (seen === EMPTY) return 'nothing';
	if (seen === UNKNOWN) return 'bytes of no known format';
	return seen.mimeType === 'text/html' ? 'a web page' : seen.mimeType;
}
