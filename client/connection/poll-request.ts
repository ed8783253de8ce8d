import * as http from 'node:http';
import * as https from 'node:https';

/** An answer with another status than 200. */
export class PollRefused extends Error {
	/** @param body its beginning */
	constructor(
		readonly status: number,
		readonly body: string,
	) {
		super(`HTTP status ${status}`);
	}
}

export interface PollRequest {
	readonly url: string;
	readonly agent: http.Agent | undefined;
	readonly rejectUnauthorized: boolean;
	/** Posted; without it the request is a GET. */
	readonly body?: string;
}

/**
 * The text of the answer to one request of the polling transport. The library's own request copies
 * all that has come at each further chunk, which takes time that grows with the square of it. It
 * ends the process at a text longer than V8 takes. And it follows redirects without our agent. This
 * one follows none (`test/faults/hostile-server.test.ts`).
 * @param maxBytes what an answer may have; the request is cut where more arrives
 * @throws PollRefused, or what Node.js says
 */
export function pollAnswer(
	{ url, agent, rejectUnauthorized, body }: PollRequest,
	maxBytes: number,
): Promise<string> {
	const { request } = url.startsWith('https:') ? https : http;
	const isPost = body !== undefined;
	const options = {
		agent,
		rejectUnauthorized,
		method: isPost ? 'POST' : 'GET',
		headers: { Accept: '*/*', ...(isPost && { 'Content-Type': 'text/plain;charset=UTF-8' }) },
	};
	return new Promise((resolve, reject) => {
		request(url, options, (response) => {
			textOf(response, maxBytes).then(resolve, reject);
		})
			.on('error', reject)
			.end(body);
	});
}

async function textOf(response: http.IncomingMessage, maxBytes: number): Promise<string> {
	if (response.statusCode !== 200) {
		throw new PollRefused(response.statusCode ?? 0, await beginningOf(response));
	}
	if (Number(response.headers['content-length'] ?? 0) > maxBytes) {
		response.on('error', () => undefined).destroy();
		throw tooLong(maxBytes);
	}
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of response as AsyncIterable<Buffer>) {
		bytes += chunk.length;
		// Leaving the loop destroys the response, and its connection with it.
		if (bytes > maxBytes) throw tooLong(maxBytes);
		chunks.push(chunk);
	}
	return Buffer.concat(chunks, bytes).toString();
}

/** The first piece of the page behind an error. The connection may be used again after it. */
function beginningOf(response: http.IncomingMessage): Promise<string> {
	return new Promise((resolve) => {
		response
			.on('error', () => undefined)
			.once('data', (first: Buffer) => {
				resolve(first.toString());
			})
			.once('close', () => {
				resolve('');
			})
			.resume();
	});
}

function tooLong(maxBytes: number): Error {
	return new Error(`an answer of more than ${Math.floor(maxBytes / 1_000_000)} MB`);
}
