import { PROXY_REMEDY } from '../connection/proxy';
import {
	SPEAKS_HTTPS,
	type WrongScheme,
	wantsHttps,
	wrongScheme,
} from '../connection/wrong-scheme';
import { AgentClubError, type AgentClubErrorOptions, describeError } from '../errors';
import { loggable } from '../logger';

/** What the network and the server's HTTP answers mean, as errors that say what to do. */

const CERTIFICATE_ERROR = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|ALTNAME/;

/** A request that got no answer at all. */
export function noAnswer(error: unknown, url: string): AgentClubError {
	const { host } = new URL(url);
	const code = codeOf(error);
	if (error instanceof AgentClubError) return error;
	if (CERTIFICATE_ERROR.test(code)) {
		return new AgentClubError(
			'UNREACHABLE',
			`The certificate of ${host} cannot be verified (${code})`,
			{
				cause: error,
				remedy:
					'Give the server a valid certificate, or turn on "Ignore SSL Issues" in the ' +
					'credential if you trust the network in between.',
			},
		);
	}
	const mistaken = wrongScheme(error, url);
	if (mistaken) return schemeError(host, mistaken, { cause: error });
	if (code === 'UND_ERR_ABORTED' || code === 'ABORT_ERR')
		return new AgentClubError('CANCELLED', 'The request was called off', { cause: error });
	if (code.startsWith('UND_ERR_') && code.includes('TIMEOUT')) {
		return new AgentClubError('TIMEOUT', `${host} did not answer in time`, {
			cause: error,
			retriable: true,
		});
	}
	return new AgentClubError(
		'UNREACHABLE',
		`${host} cannot be reached (${code || describeError(error)})`,
		{
			cause: error,
			retriable: true,
			remedy:
				'Check the server URL, and that the server is running and can be reached from the ' +
				'machine on which n8n runs.',
		},
	);
}

function schemeError(
	server: string,
	{ what, remedy, retriable = false }: WrongScheme,
	options: AgentClubErrorOptions,
): AgentClubError {
	return new AgentClubError('UNREACHABLE', `${server} ${loggable(what)}`, {
		...options,
		remedy,
		retriable,
	});
}

/**
 * The environment's proxy cannot be asked for a way to the server, or broke off.
 * @param proxy its host and variable
 */
export function proxyFailed(proxy: string, error: unknown): AgentClubError {
	return new AgentClubError(
		'UNREACHABLE',
		`The proxy ${proxy} opens no way to the server (${codeOf(error) || describeError(error)})`,
		{
			cause: error,
			retriable: true,
			remedy: PROXY_REMEDY,
		},
	);
}

/**
 * The environment's proxy will not open a way to the server, or answers in its place.
 * @param proxy its host and variable
 */
export function proxyRefused(proxy: string, status: number): AgentClubError {
	return new AgentClubError(
		'UNREACHABLE',
		`The proxy ${proxy} refuses the way to the server (HTTP ${status})`,
		{ status, retriable: true, remedy: PROXY_REMEDY },
	);
}

const LOOK_AT_LOG = 'The log of the server tells why. Try again, or have it looked at.';
const TOO_MANY =
	'Agent Club has no such limit: a gateway in front of it has. Raise the limit for n8n, or do ' +
	'less at a time.';
const GATEWAY_REMEDY =
	'A gateway in front of Agent Club may not reach it: check that the server is running. ' +
	'Trying again later may help.';

/**
 * An answer that is not a success.
 * @param server its host, with the port
 * @param text the body as far as it was read
 */
export function refusal(
	server: string,
	status: number,
	text: string,
	location: string | undefined,
): AgentClubError {
	const serverText = serverTextOf(text);
	const shown = serverText ? `: ${serverText}` : '';
	const options = { status, ...(serverText && { serverText }) };
	if (status === 400 && wantsHttps(text)) return schemeError(server, SPEAKS_HTTPS, options);
	if (status === 413)
		return new AgentClubError('FILE', `${server} takes nothing that large (HTTP 413)`, {
			...options,
			remedy:
				'Agent Club takes 50 MB. If this was less, a proxy in front of it has a lower limit: in ' +
				'nginx it is client_max_body_size, 1 MB by default.',
		});
	if (status === 429) {
		return new AgentClubError(
			'UNREACHABLE',
			`${server} gets too many requests from here (HTTP 429)${shown}`,
			{ ...options, retriable: true, remedy: TOO_MANY },
		);
	}
	if (status >= 500) {
		return new AgentClubError('UNREACHABLE', `${server} failed (HTTP ${status})${shown}`, {
			...options,
			retriable: true,
			remedy: status === 500 ? LOOK_AT_LOG : GATEWAY_REMEDY,
		});
	}
	// Agent Club itself gives its reasons; without one somebody in front of it has answered.
	if ((status === 401 || status === 403) && serverText === undefined)
		return notAgentClub(server, `HTTP ${status}`, status);
	if (status === 401) {
		return new AgentClubError('TOKEN_REFUSED', `${server} refuses the agent token${shown}`, {
			...options,
			remedy:
				'Copy the token again, or have an administrator reset it: the admin page and ' +
				'"agentclub agent reset-token" print a new one.',
		});
	}
	if (status === 403)
		return new AgentClubError('REFUSED', `${server} refuses this${shown}`, options);
	if (status >= 300 && status < 400) {
		return new AgentClubError(
			'NOT_AGENT_CLUB',
			`${server} redirects to ${loggable(location ?? 'another address')}`,
			{
				...options,
				remedy:
					'Enter the final address as the server URL; redirects are not followed, so that ' +
					'the token cannot leak.',
			},
		);
	}
	if (status === 400)
		return new AgentClubError('REFUSED', `${server} refuses this${shown}`, options);
	return notAgentClub(server, `HTTP ${status}`, status);
}

/** The same for a file, which the server gives to everybody who knows its address. */
export function fileRefusal(
	server: string,
	status: number,
	text: string,
	location: string | undefined,
): AgentClubError {
	if (status === 404 || status === 410) {
		return new AgentClubError('FILE', 'The server no longer has this file', {
			status,
			remedy:
				'Agent Club deletes files after a while (30 days by default). Download a file when its ' +
				'message arrives, and keep it in a storage of your own.',
		});
	}
	if (status === 400 && wantsHttps(text)) return refusal(server, status, text, location);
	if (status === 400 || status === 401 || status === 403) {
		return new AgentClubError('FILE', `The server does not give this file out (HTTP ${status})`, {
			status,
			remedy:
				'Check the address of the file: it is the url of an attachment. If it is right, a ' +
				'gateway in front of Agent Club may refuse n8n.',
		});
	}
	return refusal(server, status, text, location);
}

/** @param server its host, with the port */
export function notAgentClub(server: string, what: string, status?: number): AgentClubError {
	return new AgentClubError(
		'NOT_AGENT_CLUB',
		`${server} does not answer like Agent Club (${what})`,
		{
			status,
			remedy:
				'Check the server URL, with its port and its sub-path if it has one. If it is right, ' +
				'something in between answers instead: a gateway, or a network that asks for a login.',
		},
	);
}

/**
 * undici and Node.js put the reason into `code`, sometimes one `cause` (or one of several attempts)
 * further in.
 */
export function codeOf(error: unknown): string {
	// By its shape: an error of Node.js itself is no instance of this Error if a host runs code in a
	// context of its own.
	for (let at = error, depth = 0; typeof at === 'object' && at !== null && depth < 4; depth += 1) {
		const { code, name, cause, errors } = at as Partial<
			Record<'code' | 'name' | 'cause' | 'errors', unknown>
		>;
		if (typeof code === 'string' && code) return code;
		if (name === 'AbortError') return 'ABORT_ERR';
		at = Array.isArray(errors) ? errors[0] : cause;
	}
	return '';
}

/**
 * Errors come as {"error": text}; what comes from the framework (404, 413) is HTML and says nothing
 * to people.
 */
function serverTextOf(body: string): string | undefined {
	try {
		const parsed: unknown = JSON.parse(body);
		const text =
			typeof parsed === 'object' && parsed !== null
				? (parsed as { error?: unknown }).error
				: undefined;
		return typeof text === 'string' && text ? loggable(text) : undefined;
	} catch {
		return undefined; // HTML
	}
}

/**
 * Nothing answers, or a gateway says that it does not reach the server. An error of the server
 * itself (HTTP 500) comes again, and a certificate that cannot be verified stays so.
 */
export function isAway(error: unknown): boolean {
	if (!(error instanceof AgentClubError) || error.code !== 'UNREACHABLE') return false;
	const { status, retriable } = error;
	return retriable && (status === undefined || (status >= 502 && status <= 504));
}
