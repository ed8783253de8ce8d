import { withoutSecrets } from './secrets';

/**
 * Every error that leaves `client/`: what happened, whether trying again can help, and what to do
 * about it. No text of it holds a token.
 */

export type ErrorCode =
	| 'SETTINGS' // a setting is missing or wrong; only the user can mend it
	| 'TOKEN_REFUSED' // the server does not know the agent token
	| 'BLOCKED' // the host (n8n) lets nothing connect to that address
	| 'UNREACHABLE' // no connection: address, network, certificate, server down
	| 'NOT_AGENT_CLUB' // something answers there, but it is not an Agent Club server
	| 'OFFLINE' // the shared connection did not come back within the time that a call may wait
	| 'TIMEOUT' // connected, but no answer in time
	| 'REFUSED' // the server understood and said no
	| 'OUTCOME_UNKNOWN' // a send left us and nobody can tell what became of it
	| 'FILE' // a file is too large, of a kind that the server refuses, or not to be had
	| 'BAD_ANSWER' // the server answered in a form that we cannot read
	| 'CANCELLED'; // the caller, or the end of the connection, called it off

export interface AgentClubErrorOptions {
	/** What the user can do about it, one or two sentences. */
	readonly remedy?: string | undefined;
	/** Whether the same call may succeed later without anybody changing anything. */
	readonly retriable?: boolean | undefined;
	/** The server's own words (Chinese or English), in one line. */
	readonly serverText?: string | undefined;
	/** HTTP status, where the failure has one. */
	readonly status?: number | undefined;
	/** OUTCOME_UNKNOWN: when the message left, wall time in ms. */
	readonly leftAt?: number | undefined;
	readonly cause?: unknown;
}

export class AgentClubError extends Error {
	readonly code: ErrorCode;
	readonly remedy: string | undefined;
	readonly retriable: boolean;
	readonly serverText: string | undefined;
	readonly status: number | undefined;
	readonly leftAt: number | undefined;

	constructor(code: ErrorCode, message: string, options: AgentClubErrorOptions = {}) {
		super(
			withoutSecrets(message),
			options.cause === undefined ? undefined : { cause: options.cause },
		);
		this.name = 'AgentClubError';
		this.code = code;
		this.remedy = options.remedy && withoutSecrets(options.remedy);
		this.retriable = options.retriable ?? false;
		this.serverText = options.serverText && withoutSecrets(options.serverText);
		this.status = options.status;
		this.leftAt = options.leftAt;
	}

	/**
	 * The same error where it is known what it is about.
	 * @param what goes before the message: `The file "a.png" was not sent`
	 */
	about(what: string, remedy = this.remedy): AgentClubError {
		const { code, message, retriable, serverText, status, leftAt } = this;
		const options = { remedy, retriable, serverText, status, leftAt, cause: this };
		return new AgentClubError(code, `${what}: ${message}`, options);
	}
}

/** What happened and what to do about it, where there is one text for both. */
export function describeWithRemedy(error: unknown): string {
	const remedy = error instanceof AgentClubError ? error.remedy : undefined;
	return [describeError(error), remedy].filter(Boolean).join('. ');
}

/** A short text for any thrown value, for logs and for the `cause` part of a message. */
export function describeError(error: unknown): string {
	if (error instanceof AggregateError && error.errors.length > 0)
		return describeError(error.errors[0]);
	return withoutSecrets(error instanceof Error ? error.message || error.name : String(error));
}
