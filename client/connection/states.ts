/** The states of a connection, as people see them in the log. */
export type ConnectionState =
	| 'idle' // not asked to connect yet
	| 'connecting' // first attempt
	| 'connected'
	| 'renewing' // ended on purpose, to begin anew
	| 'reconnecting' // lost or never had; trying again for ever
	| 'stalled' // the handshake hung; trying again
	| 'silent' // heartbeats went unanswered; trying again
	| 'refused' // the server does not know the token; trying again slowly
	| 'blocked' // the host lets nothing connect to the server's address; trying again slowly
	| 'closed';

const ALLOWED: Readonly<Record<ConnectionState, readonly ConnectionState[]>> = {
	idle: ['connecting', 'closed'],
	connecting: ['connected', 'reconnecting', 'stalled', 'refused', 'blocked', 'closed'],
	connected: ['renewing', 'reconnecting', 'silent', 'closed'],
	renewing: ['connected', 'reconnecting', 'stalled', 'refused', 'blocked', 'closed'],
	reconnecting: ['connected', 'stalled', 'refused', 'blocked', 'closed'],
	stalled: ['connected', 'reconnecting', 'refused', 'blocked', 'closed'],
	silent: ['connected', 'reconnecting', 'stalled', 'refused', 'blocked', 'closed'],
	refused: ['connected', 'reconnecting', 'stalled', 'blocked', 'closed'],
	blocked: ['connected', 'reconnecting', 'stalled', 'refused', 'closed'],
	closed: [],
};

/** Throws where the code believes in a change that cannot happen. */
export function assertTransition(from: ConnectionState, to: ConnectionState): void {
	if (!ALLOWED[from].includes(to)) throw new Error(`A connection cannot go from ${from} to ${to}`);
}
