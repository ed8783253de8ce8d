import { describeError } from '../errors';
import { PollRefused } from './poll-request';
import { SPEAKS_HTTPS, wantsHttps, type WrongScheme, wrongScheme } from './wrong-scheme';

/**
 * The library's errors say "websocket error" or "xhr poll error"; the reason (refused, not found,
 * certificate) is further in.
 * @param origin of the server where it was asked directly, and not through a proxy
 */
export function describeFailure(error: Error, origin?: string): string {
	const { description } = error as Error & { description?: unknown };
	const mistaken = origin === undefined ? undefined : mistakenScheme(description, origin);
	if (mistaken) return `the server ${mistaken.what}. ${mistaken.remedy}`;
	if (description instanceof PollRefused)
		return `${error.message} (${description.message}${meaningOf(description.status)})`;
	if (typeof description === 'string') return `${error.message}: ${description}`;
	const detail = reasonIn(description);
	return detail ? `${error.message} (${detail})` : error.message;
}

function mistakenScheme(description: unknown, origin: string): WrongScheme | undefined {
	if (description instanceof PollRefused)
		return description.status === 400 && wantsHttps(description.body) ? SPEAKS_HTTPS : undefined;
	// Polling gives Node's error, the websocket an event with it.
	const { error } = (description ?? {}) as { error?: unknown };
	return wrongScheme(description, origin) ?? wrongScheme(error, origin);
}

/** Agent Club's own sockets answer with none of these: somebody in front of it does. */
function meaningOf(status: number): string {
	if (status === 401 || status === 403) return ': something in front of Agent Club refuses n8n';
	if (status === 404)
		return ': no Agent Club at this address, is the server URL right, with its sub-path?';
	if (status === 407)
		return ': the proxy wants a user name and a password, in its address in the environment of n8n';
	if (status >= 502 && status <= 504)
		return ': a gateway in front of Agent Club does not reach it, is the server running?';
	return '';
}

/** Polling gives Node's error, the websocket an event with its text. */
function reasonIn(description: unknown): string | undefined {
	if (description instanceof Error) return describeError(description);
	if (typeof description !== 'object' || description === null) return undefined;
	const { message, error } = description as { message?: unknown; error?: unknown };
	const reason = message ?? error;
	return typeof reason === 'string' || reason === undefined ? reason : describeError(reason);
}
