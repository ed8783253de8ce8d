import { randomUUID } from 'node:crypto';

/** A multipart/form-data body with one file, streamed. */
export interface MultipartBody {
	readonly headers: Readonly<Record<string, string>>;
	readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * @param fileName sent as UTF-8, quotes and line breaks percent-encoded as browsers do
 * @param fileSize bytes; undefined where nobody knows (the body is then sent in chunks)
 */
export function multipartFile(
	field: string,
	fileName: string,
	content: AsyncIterable<Uint8Array>,
	fileSize: number | undefined,
): MultipartBody {
	const boundary = `agentclub-${randomUUID()}`;
	const escaped = fileName.replace(/"/g, '%22').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
	const head = Buffer.from(
		`--${boundary}\r\nContent-Disposition: form-data; name="${field}"; ` +
			`filename="${escaped}"\r\nContent-Type: application/octet-stream\r\n\r\n`,
	);
	const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
	const contentLength = fileSize === undefined ? undefined : head.length + fileSize + tail.length;
	async function* chunks() {
		yield head;
		yield* content;
		yield tail;
	}
	return {
		headers: {
			'content-type': `multipart/form-data; boundary=${boundary}`,
			...(contentLength !== undefined && { 'content-length': String(contentLength) }),
		},
		chunks: chunks(),
	};
}
