import type { Clock, Timer } from '../clock';
import { AgentClubError, describeError } from '../errors';
import type { ConnectionState } from '../connection/states';
import type { TriggerLife } from '../inbound/trigger-port';
import type { Logger } from '../logger';
import { describeState } from './state-texts';

/** ms without a connection after which somebody should be told. */
const LONG_OUTAGE = 300_000;

/**
 * Tells once for each episode that the agent has been without a connection for long, or that its
 * token or its server's address is refused.
 */
export class OutageWatch {
	private timer: Timer | undefined;
	private reported = false;

	constructor(
		private readonly clock: Clock,
		private readonly report: (error: AgentClubError) => void,
	) {}

	/** @param detail what is known about the state */
	changed(state: ConnectionState, detail: string): void {
		const mistake = toBeMended(state, detail);
		if (state === 'connected' || state === 'closed') {
			this.timer?.cancel();
			this.timer = undefined;
			this.reported = false;
		} else if (mistake) {
			this.tell(mistake);
		} else {
			this.timer ??= this.clock.after(
				LONG_OUTAGE,
				() => {
					this.tell(
						new AgentClubError(
							'OFFLINE',
							'There has been no connection to Agent Club for ' + `${LONG_OUTAGE / 60_000} minutes`,
							{
								remedy:
									'Check that the server is running and reachable from n8n. Receiving goes ' +
									'on by itself as soon as it is, and nothing is lost.',
							},
						),
					);
				},
				{ background: true },
			);
		}
	}

	private tell(error: AgentClubError): void {
		if (this.reported) return;
		this.reported = true;
		this.report(error);
	}
}

/**
 * Tells each trigger that is open. A host that fails at it ends neither the connection's loop nor
 * the telling of the others.
 */
export function tellOutage(
	triggers: ReadonlyArray<{ readonly current: TriggerLife | undefined }>,
	error: AgentClubError,
	logger: Logger,
): void {
	for (const { current } of triggers) {
		try {
			current?.outage(error);
		} catch (failure) {
			logger.warn(`An outage could not be told to n8n: ${describeError(failure)}`);
		}
	}
}

/**
 * The error where a connection waits for somebody to change something.
 * @param detail what is known about the state
 */
export function toBeMended(state: ConnectionState, detail: string): AgentClubError | undefined {
	if (state === 'refused') {
		return new AgentClubError('TOKEN_REFUSED', `Agent Club refuses the agent token. ${detail}`, {
			remedy: 'Put the current token into the Agent Club API credential.',
		});
	}
	return state === 'blocked'
		? new AgentClubError('BLOCKED', describeState(state, detail).text)
		: undefined;
}
