import { pipeline, type Readable, Transform } from 'node:stream';
import { AgentClubError } from '../errors';
import { type MediaAddress } from '../connection/address';
import { fileTypeOf } from '../protocol/file-kinds';
import type { HttpAnswer, HttpClient } from './http-client';
import { fileRefusal, noAnswer } from './http-errors';
import { headerOf, requestStream } from './json';

export interface Download {
	/**
	 * Fails with AgentClubError: FILE when more than the limit arrives, UNREACHABLE, TIMEOUT,
	 * CANCELLED.
	 */
	readonly content: Readable;
	readonly mimeType: string | null;
	/** Bytes, as the server announced them. */
	readonly size: number | null;
}

export interface DownloadLimits {
	/** Bytes. */
	readonly maxBytes: number;
	/** ms without a byte. */
	readonly idleTimeout: number;
	readonly signal?: AbortSignal;
}

/**
 * Opens a file on the configured server: without the token (media needs none), without redirects,
 * with a byte limit that counts what arrives, whatever the announced length says.
 * @throws AgentClubError FILE for an address elsewhere or a file that is too large, else the
 * network's
 */
export async function openDownload(
	http: HttpClient,
	media: MediaAddress,
	fileName: string,
	limits: DownloadLimits,
): Promise<Download> {
	if (!media.onServer) {
		throw new AgentClubError(
			'FILE',
			'The file does not lie on the Agent Club server, below its /media/, so it was not downloaded',
			{
				remedy: 'Use an HTTP Request node if you trust the address.',
			},
		);
	}
	const { idleTimeout, signal } = limits;
	const request = {
		method: 'GET',
		url: media.url,
		idleTimeout,
		...(signal && { signal }),
	} as const;
	const answer = await requestStream(http, request, fileRefusal);
	const served = plainMimeType(headerOf(answer, 'content-type'));
	// The server keeps no web pages: something in between has answered, a login page for example.
	if (served === 'text/html') throw discard(answer, webPage());
	const announced = Number(headerOf(answer, 'content-length') ?? Number.NaN);
	if (announced > limits.maxBytes) throw discard(answer, tooLarge(limits.maxBytes));
	return {
		content: contentOf(answer.body, media.url, limits.maxBytes),
		mimeType: fileTypeOf(fileName)?.mimeType ?? served,
		size: Number.isNaN(announced) ? null : announced,
	};
}

/**
 * Answers the error. A body that has arrived as a whole already tells its end to whoever listens,
 * and ends the process where nobody does (measured).
 */
function discard({ body }: HttpAnswer, error: AgentClubError): AgentClubError {
	body.on('error', () => undefined).destroy();
	return error;
}

/** What arrives, with the network's errors put into words. */
function contentOf(body: Readable, url: string, maxBytes: number): Readable {
	const content = byteLimit(maxBytes);
	// Before the pipeline's own handler: of several errors the first one counts.
	body.once('error', (error) => {
		content.destroy(noAnswer(error, url));
	});
	return pipeline(body, content, () => undefined);
}

function byteLimit(maxBytes: number): Transform {
	let bytes = 0;
	return new Transform({
		transform(chunk: Buffer, _encoding, done) {
			bytes += chunk.length;
			if (bytes > maxBytes) done(tooLarge(maxBytes));
			else done(null, chunk);
		},
	});
}

function webPage(): AgentClubError {
	return new AgentClubError('FILE', 'A web page came instead of the file', {
		remedy:
			'Check the address of the file. If it is right, something between n8n and Agent Club ' +
			'answers in its place: a gateway, or a network that asks for a login.',
	});
}

function tooLarge(maxBytes: number): AgentClubError {
	return new AgentClubError(
		'FILE',
		`The file is larger than the limit of ${Math.round(maxBytes / 104_857.6) / 10} MB`,
	);
}

function plainMimeType(header: string | undefined): string | null {
	const type = header?.split(';')[0]?.trim().toLowerCase();
	return type && /^[\w.+-]+\/[\w.+-]+$/.test(type) ? type : null;
}
