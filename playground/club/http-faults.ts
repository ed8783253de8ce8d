import type { ServerResponse } from 'node:http';
import { refusal, send } from './http-answers';

/**
 * `status` answers with an error, `hang` never, `reset` destroys the connection, `slow` sends a
 * byte now and then for ever.
 */
export interface HttpFailure {
	/** Tested on the path and query, without the sub-path. */
	readonly path: RegExp;
	/** Of the answer in mode `status`; 500 unless told. */
	readonly status?: number;
	/** `status` unless told. */
	readonly mode?: 'status' | 'hang' | 'reset' | 'slow';
}

const slowByteMs = 50;

/** What can go wrong with HTTP requests. */
export class HttpFaults {
	/** Where requests for media are sent in place of an answer, or null. */
	mediaRedirect: string | null = null;
	websocketBlocked = false;
	private readonly failures = new Set<{ readonly failure: HttpFailure; left: number }>();

	fail(failure: HttpFailure, count: number): () => void {
		const planned = { failure, left: count };
		this.failures.add(planned);
		return () => this.failures.delete(planned);
	}

	/** How the request is to fail, which uses that up; undefined when it is not to. */
	take(path: string): HttpFailure | undefined {
		const planned = [...this.failures].find(
			({ failure, left }) => left > 0 && failure.path.test(path),
		);
		if (planned) planned.left -= 1;
		return planned?.failure;
	}
}

/** Answers, or leaves unanswered, as the failure has it. */
export function failWith(
	{ mode = 'status', status = 500 }: HttpFailure,
	response: ServerResponse,
): void {
	if (mode === 'status') send(response, refusal(status, 'failed on purpose'));
	if (mode === 'reset') response.socket?.resetAndDestroy();
	if (mode === 'slow') trickle(response);
}

function trickle(response: ServerResponse): void {
	response.writeHead(200, { 'Content-Type': 'application/octet-stream' });
	const timer = setInterval(() => response.write(' '), slowByteMs);
	response.on('close', () => {
		clearInterval(timer);
	});
}
