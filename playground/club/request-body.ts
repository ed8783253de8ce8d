import type { IncomingMessage } from 'node:http';
import { page, type Answer } from './http-answers';

/** Bytes of a whole request, multipart framing included (`test/contract/files.test.ts`). */
const bodyAtMost = 50 * 1024 * 1024;

/**
 * The framework's page, and the connection is closed without reading on: a client that is still
 * writing may see a reset in place of it.
 */
export const tooLarge: Answer = { ...page(413, { Connection: 'close' }), hangsUp: true };

/** The body, or null when it is larger than the server takes. */
export async function readBody(request: IncomingMessage): Promise<Buffer | null> {
	if (Number(request.headers['content-length'] ?? 0) > bodyAtMost) return null;
	const chunks: Buffer[] = [];
	let size = 0;
	// Not destroyed when this stops early: the refusal has yet to go out on the same connection.
	for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
		size += chunk.length;
		if (size > bodyAtMost) return null;
		chunks.push(chunk);
	}
	return Buffer.concat(chunks);
}
