import { pipeline, type Readable, Transform, type TransformCallback } from 'node:stream';
import { AgentClubError } from '../errors';
import { type MediaAddress } from '../connection/address';
import type { SeenType } from './first-bytes';
import { type HttpAnswer, type HttpClient, loadFirstBytes } from './http-client';
import { fileRefusal, noAnswer } from './http-errors';
import { headerOf, requestStream } from './json';

export interface Download {
	/**
	 * Fails with AgentClubError: FILE when more than the limit arrives, UNREACHABLE, TIMEOUT,
	 * CANCELLED.
	 */
	readonly content: Readable;
	/** By the first bytes where they tell it, else by the name. */
	readonly mimeType: string | null;
	/** What the first bytes are; null where they say nothing against the name. */
	readonly seen: SeenType | null;
	/** Where the name promises what the file is not, in one sentence. */
	readonly problem: string | null;
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
 * Opens a file on the configured server, without redirects and without the token, which media does
 * not need. The byte limit counts what arrives, whatever the announced length says.
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
			'The file does not lie on the Agent Club server, below its /media/',
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
	const content = contentOf(answer.body, media.url, limits.maxBytes);
	const type = await loadFirstBytes().readType(fileName, await content.begins());
	return {
		...type,
		content,
		mimeType: type.mimeType ?? served,
		size: Number.isNaN(announced) ? null : announced,
	};
}

/**
 * Throws the body away and returns the error. A body without a listener for its errors would end
 * the process.
 */
function discard({ body }: HttpAnswer, error: AgentClubError): AgentClubError {
	body.on('error', () => undefined).destroy();
	return error;
}

/** What arrives, with the network's errors put into words. */
function contentOf(body: Readable, url: string, maxBytes: number): Content {
	const content = new Content(maxBytes);
	// Before the pipeline's own handler: of several errors the first one counts.
	body.once('error', (error) => {
		content.destroy(noAnswer(error, url));
	});
	pipeline(body, content, () => undefined);
	return content;
}

/** What file-type itself asks of a file; enough for every format that the server takes. */
const FIRST_BYTES = 4100;

/** Counts what arrives, and shows how it begins before anybody reads it. */
class Content extends Transform {
	/** Undefined once it has been shown; far below what a stream holds for its reader. */
	private first: Buffer[] | undefined = [];
	private bytes = 0;
	private show: ((first: Buffer) => void) | undefined;

	constructor(private readonly maxBytes: number) {
		super();
	}

	/**
	 * The first bytes, or all that there are; they stay in the stream. To be asked at once.
	 * @throws what the stream fails with
	 */
	begins(): Promise<Buffer> {
		return new Promise((resolve, reject) => {
			this.once('error', reject);
			this.show = resolve;
		});
	}

	override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
		this.bytes += chunk.length;
		if (this.bytes > this.maxBytes) {
			done(tooLarge(this.maxBytes));
			return;
		}
		this.first?.push(chunk);
		if (this.bytes >= FIRST_BYTES) this.showFirst();
		done(null, chunk);
	}

	override _flush(done: TransformCallback): void {
		this.showFirst();
		done();
	}

	private showFirst(): void {
		if (!this.first) return;
		this.show?.(Buffer.concat(this.first).subarray(0, FIRST_BYTES));
		this.first = undefined;
	}
}

function webPage(): AgentClubError {
	return new AgentClubError('FILE', 'A web page came instead of the file', {
		remedy:
			'Check the address of the file. If it is right, something between n8n and Agent Club ' +
			'answers instead: a gateway, or a network that asks for a login.',
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
