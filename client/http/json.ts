import type { Clock } from '../clock';
import { AgentClubError } from '../errors';
import type { HttpAnswer, HttpClient, HttpRequest } from './http-client';
import { noAnswer, notAgentClub, refusal } from './http-errors';

/** A JSON answer larger than this is no answer of an Agent Club server. */
const LARGEST_JSON_BYTES = 64 * 1024 * 1024;

/** Error bodies are read this far. */
const LARGEST_ERROR_BYTES = 16 * 1024;

export interface JsonAnswer {
	readonly value: unknown;
	/** The server's clock in seconds (whole ones), from its Date header; null where it has none. */
	readonly serverTime: number | null;
}

/**
 * Sends a request and reads its JSON answer.
 * @param deadline ms for all of it
 * @throws AgentClubError UNREACHABLE, TIMEOUT, TOKEN_REFUSED, REFUSED, NOT_AGENT_CLUB, CANCELLED
 */
export async function requestJson(
	http: HttpClient,
	clock: Clock,
	request: HttpRequest,
	deadline: number,
): Promise<JsonAnswer> {
	const cut = new AbortController();
	const timer = clock.after(deadline, () => {
		cut.abort();
	});
	const { host } = new URL(request.url);
	const signal = request.signal ? AbortSignal.any([request.signal, cut.signal]) : cut.signal;
	try {
		const answer = await http.send({ ...request, signal });
		const text = await readText(
			answer,
			answer.status === 200 ? LARGEST_JSON_BYTES : LARGEST_ERROR_BYTES,
		);
		if (answer.status !== 200) {
			throw refusal(host, answer.status, text, headerOf(answer, 'location'));
		}
		return { value: parse(text, host), serverTime: dateOf(answer) };
	} catch (error) {
		if (cut.signal.aborted && !request.signal?.aborted) {
			throw new AgentClubError('TIMEOUT', `${host} did not answer within ${deadline / 1000} s`, {
				retriable: true,
				cause: error,
			});
		}
		throw noAnswer(error, request.url);
	} finally {
		timer.cancel();
	}
}

/**
 * Opens an answer and leaves its body to the caller; anything but a success is read and thrown.
 * @param meaning what such an answer means
 */
export async function requestStream(
	http: HttpClient,
	request: HttpRequest,
	meaning: typeof refusal = refusal,
): Promise<HttpAnswer> {
	try {
		const answer = await http.send(request);
		if (answer.status === 200) return answer;
		throw meaning(
			new URL(request.url).host,
			answer.status,
			await readText(answer, LARGEST_ERROR_BYTES),
			headerOf(answer, 'location'),
		);
	} catch (error) {
		throw noAnswer(error, request.url);
	}
}

export function headerOf(answer: HttpAnswer, name: string): string | undefined {
	const value = answer.headers[name];
	return Array.isArray(value) ? value[0] : value;
}

async function readText(answer: HttpAnswer, limit: number): Promise<string> {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of answer.body as AsyncIterable<Buffer>) {
		size += chunk.length;
		if (size > limit) {
			answer.body.destroy();
			break;
		}
		chunks.push(chunk);
	}
	return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string, host: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		throw notAgentClub(host, 'its answer is not JSON');
	}
}

function dateOf(answer: HttpAnswer): number | null {
	const ms = Date.parse(headerOf(answer, 'date') ?? '');
	return Number.isNaN(ms) ? null : ms / 1000;
}
