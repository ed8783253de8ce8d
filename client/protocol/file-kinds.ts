/**
 * The files that Agent Club servers take. They look at the last extension alone, not at the content
 * (`test/contract/files.test.ts`).
 */

export type FileKind = 'image' | 'audio' | 'video' | 'file';

export interface FileType {
	readonly kind: FileKind;
	readonly mimeType: string;
}

const OFFICE = 'application/vnd.openxmlformats-officedocument';

const FILE_TYPES: Readonly<Record<string, FileType>> = {
	png: { kind: 'image', mimeType: 'image/png' },
	jpg: { kind: 'image', mimeType: 'image/jpeg' },
	jpeg: { kind: 'image', mimeType: 'image/jpeg' },
	gif: { kind: 'image', mimeType: 'image/gif' },
	webp: { kind: 'image', mimeType: 'image/webp' },
	mp3: { kind: 'audio', mimeType: 'audio/mpeg' },
	wav: { kind: 'audio', mimeType: 'audio/wav' },
	ogg: { kind: 'audio', mimeType: 'audio/ogg' },
	m4a: { kind: 'audio', mimeType: 'audio/mp4' },
	mp4: { kind: 'video', mimeType: 'video/mp4' },
	webm: { kind: 'video', mimeType: 'video/webm' },
	mov: { kind: 'video', mimeType: 'video/quicktime' },
	pdf: { kind: 'file', mimeType: 'application/pdf' },
	doc: { kind: 'file', mimeType: 'application/msword' },
	docx: { kind: 'file', mimeType: `${OFFICE}.wordprocessingml.document` },
	xls: { kind: 'file', mimeType: 'application/vnd.ms-excel' },
	xlsx: { kind: 'file', mimeType: `${OFFICE}.spreadsheetml.sheet` },
	ppt: { kind: 'file', mimeType: 'application/vnd.ms-powerpoint' },
	pptx: { kind: 'file', mimeType: `${OFFICE}.presentationml.presentation` },
	txt: { kind: 'file', mimeType: 'text/plain' },
	md: { kind: 'file', mimeType: 'text/markdown' },
	markdown: { kind: 'file', mimeType: 'text/markdown' },
	log: { kind: 'file', mimeType: 'text/plain' },
	json: { kind: 'file', mimeType: 'application/json' },
	yaml: { kind: 'file', mimeType: 'application/yaml' },
	yml: { kind: 'file', mimeType: 'application/yaml' },
	toml: { kind: 'file', mimeType: 'application/toml' },
	ini: { kind: 'file', mimeType: 'text/plain' },
	xml: { kind: 'file', mimeType: 'application/xml' },
	csv: { kind: 'file', mimeType: 'text/csv' },
	zip: { kind: 'file', mimeType: 'application/zip' },
	tar: { kind: 'file', mimeType: 'application/x-tar' },
	gz: { kind: 'file', mimeType: 'application/gzip' },
};

/** The extensions that the server accepts, for error messages. */
export const ACCEPTED_EXTENSIONS: readonly string[] = Object.keys(FILE_TYPES);

/** The type that the server gives to a file of this name, or undefined where it refuses it. */
export function fileTypeOf(fileName: string): FileType | undefined {
	const dot = fileName.lastIndexOf('.');
	const extension = fileName.slice(dot + 1).toLowerCase();
	// A name may end in what every object has: ".constructor".
	return dot >= 0 && Object.hasOwn(FILE_TYPES, extension) ? FILE_TYPES[extension] : undefined;
}

/** What else the types above are called. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
	'image/jpg': 'jpg',
	'image/pjpeg': 'jpg',
	'image/apng': 'png',
	'audio/mp3': 'mp3',
	'audio/wave': 'wav',
	'audio/x-wav': 'wav',
	'audio/vnd.wave': 'wav',
	'audio/opus': 'ogg',
	'application/ogg': 'ogg',
	'audio/x-m4a': 'm4a',
	'audio/m4a': 'm4a',
	'text/x-markdown': 'md',
	'text/json': 'json',
	'text/yaml': 'yaml',
	'application/x-yaml': 'yaml',
	'text/xml': 'xml',
	'application/csv': 'csv',
	'application/x-zip-compressed': 'zip',
	'application/x-gzip': 'gz',
};

/** The usual extension for a MIME type, parameters or not, of those that the server accepts. */
export function extensionOf(mimeType: string): string | undefined {
	const plain = mimeType.split(';')[0]?.trim().toLowerCase() ?? '';
	const known = ACCEPTED_EXTENSIONS.find((each) => FILE_TYPES[each]?.mimeType === plain);
	return known ?? (Object.hasOwn(OTHER_NAMES, plain) ? OTHER_NAMES[plain] : undefined);
}

/**
 * The kind of a message's file by its `content_type`: one of the four, with "file" for anything
 * else that carries one.
 */
export function fileKindOf(contentType: string): FileKind {
	return contentType === 'image' || contentType === 'audio' || contentType === 'video'
		? contentType
		: 'file';
}
