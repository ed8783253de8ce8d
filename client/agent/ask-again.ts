import { type Clock, pause } from '../clock';
import { isAway } from '../http/http-errors';

/** What asking needs of the agent's connection. */
export interface ConnectionWait {
	readonly clock: Clock;
	/** @throws AgentClubError OFFLINE, TOKEN_REFUSED, CANCELLED, ... */
	whenReady(deadline: number, signal?: AbortSignal): Promise<void>;
}

/** ms in which the server may come back, as for a send. */
const CONNECTION_DEADLINE = 60_000;
/** ms before the connection is looked at: it notices a moment later that the server has gone. */
const PAUSE = 1000;
/** A request that breaks again and again, though there is a connection, is not to blame on that. */
const MOST_TRIES = 4;

/**
 * Asks the server over HTTP. Where it is away (an upgrade, for example) this waits for the
 * connection as a send does, and asks again.
 * @param ask is called once for each try, so it has to be safe to repeat
 * @throws AgentClubError what `ask` throws, or why there was no connection
 */
export async function askAgain<T>(
	connection: ConnectionWait,
	ask: () => Promise<T>,
	signal?: AbortSignal,
): Promise<T> {
	const { clock } = connection;
	const until = clock.now() + CONNECTION_DEADLINE;
	for (let tries = 1; ; tries += 1) {
		try {
			return await ask();
		} catch (error) {
			if (!isAway(error) || tries === MOST_TRIES) throw error;
		}
		await pause(clock, PAUSE, signal);
		await connection.whenReady(until - clock.now(), signal);
	}
}
