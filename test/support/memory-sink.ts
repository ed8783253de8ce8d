import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

/** Where files go in tests: into memory, in place of n8n's binary data. */
export async function storeInMemory(content: Readable): Promise<{ stored: Buffer; size: number }> {
	const stored = await buffer(content);
	return { stored, size: stored.length };
}
