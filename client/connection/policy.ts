/** Every duration of a connection's life in one place, in ms, and what is left to chance. */
export interface ConnectionPolicy {
	/**
	 * From opening the socket to the end of the handshake; doubled after each time-out, up to
	 * `handshakeCap`.
	 */
	readonly handshake: number;
	readonly handshakeCap: number;
	/** Pauses between attempts. */
	readonly retryFirst: number;
	readonly retryCap: number;
	/**
	 * A pause ends after this long where somebody waits for the connection, to send something; jitter
	 * comes on top.
	 */
	readonly awaitedPause: number;
	/** Pauses while the token is refused. */
	readonly refusedFirst: number;
	readonly refusedCap: number;
	/** The longest such pause while somebody waits for the connection: the token may be good now. */
	readonly refusedAwaited: number;
	/**
	 * While the token is refused, how often the credential is read again to see whether somebody has
	 * mended it.
	 */
	readonly credentialCheck: number;
	/** A connection that lasted this long was healthy: the pauses begin at the first one again. */
	readonly proven: number;
	/** From 0 to 1, a new one for each pause: what is added by chance. */
	readonly chance: () => number;
}

export const CONNECTION_POLICY: ConnectionPolicy = {
	handshake: 15_000,
	handshakeCap: 300_000,
	retryFirst: 1000,
	retryCap: 30_000,
	awaitedPause: 5000,
	refusedFirst: 15_000,
	refusedCap: 300_000,
	refusedAwaited: 1000,
	credentialCheck: 5000,
	proven: 10_000,
	chance: Math.random,
};
