import { randomUUID } from 'node:crypto';
import type { Traits } from './generations';

/**
 * What `POST /api/agent/upload` answers; the address has no sub-path, whatever the server is
 * mounted at.
 */
export interface UploadAnswer {
	readonly url: string;
	readonly filename: string;
	/** image, audio, video or file */
	readonly content_type: string;
}

export type UploadVerdict = UploadAnswer | { readonly status: 400 | 500; readonly error: string };

/**
 * Accepted extensions by kind, with what they are served as. Only the last extension counts, never
 * the content.
 */
const accepted: Readonly<Record<string, Readonly<Record<string, string>>>> = {
	image: {
		png: 'image/png',
		jpg: 'image/jpeg',
		jpeg: 'image/jpeg',
		gif: 'image/gif',
		webp: 'image/webp',
	},
	audio: { mp3: 'audio/mpeg', wav: 'audio/x-wav', ogg: 'audio/ogg', m4a: 'audio/mp4' },
	video: { mp4: 'video/mp4', webm: 'video/webm', mov: 'video/quicktime' },
	file: {
		pdf: 'application/pdf',
		doc: 'application/msword',
		docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
		xls: 'application/vnd.ms-excel',
		xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
		ppt: 'application/vnd.ms-powerpoint',
		pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
		txt: 'text/plain; charset=utf-8',
		md: 'text/markdown; charset=utf-8',
		markdown: 'text/markdown; charset=utf-8',
		log: 'text/plain; charset=utf-8',
		json: 'application/json',
		yaml: 'application/yaml',
		yml: 'application/yaml',
		toml: 'application/toml',
		ini: 'application/octet-stream',
		xml: 'text/xml; charset=utf-8',
		csv: 'text/csv; charset=utf-8',
		zip: 'application/zip',
		tar: 'application/x-tar',
		gz: 'application/gzip',
	},
};

/** Bytes that a file system allows a name; a longer one made the real server answer 500. */
const nameAtMost = 255;

/** The uploaded files, in memory. */
export class Uploads {
	private readonly files = new Map<string, Buffer>();

	constructor(private readonly texts: Traits['texts']) {}

	save(fileName: string, body: Buffer): UploadVerdict {
		const extension = extensionOf(fileName);
		const kind = Object.keys(accepted).find(
			(candidate) => extension in (accepted[candidate] ?? {}),
		);
		if (!kind) return { status: 400, error: this.texts.unsupportedFile };
		const filename = `${safeStem(fileName)}.${extension}`;
		const stored = `${randomUUID().replaceAll('-', '')}_${filename}`;
		if (Buffer.byteLength(stored) > nameAtMost)
			return { status: 500, error: this.texts.internalError };
		this.files.set(stored, body);
		return { url: `/media/uploads/${stored}`, filename, content_type: kind };
	}

	get(stored: string): Buffer | undefined {
		return this.files.get(stored);
	}

	/** As retention does it. */
	delete(stored: string): void {
		this.files.delete(stored);
	}
}

export function mimeTypeOf(fileName: string): string {
	const extension = extensionOf(fileName);
	return (
		Object.values(accepted).find((types) => extension in types)?.[extension] ??
		'application/octet-stream'
	);
}

function extensionOf(fileName: string): string {
	return fileName.includes('.') ? fileName.slice(fileName.lastIndexOf('.') + 1).toLowerCase() : '';
}

/**
 * ASCII letters, digits, dots, dashes and underscores of the name without its extension, or "file"
 * where none is left.
 */
function safeStem(fileName: string): string {
	const ascii = fileName
		.slice(0, fileName.lastIndexOf('.'))
		.normalize('NFKD')
		.replace(/[^\0-\x7f]/g, '');
	const words = ascii
		.replaceAll('/', ' ')
		.split(/\s+/)
		.filter((word) => word !== '');
	return (
		words
			.join('_')
			.replace(/[^A-Za-z0-9_.-]/g, '')
			.replace(/^[._]+|[._]+$/g, '') || 'file'
	);
}
