import type { AgentSession } from './agent-session';

/**
 * Warns once where triggers of one agent have two connections, because one credential checks the
 * server's certificate and the other does not. The connections stay apart, since that is a matter
 * of trust. So one may mark what the other has not seen, and only people can mend that.
 */
export class TwinWarning {
	private readonly told = new WeakSet<AgentSession>();

	constructor(private readonly sessions: () => Iterable<AgentSession>) {}

	look(current: AgentSession, agentId: string): void {
		const isTwin = (other: AgentSession) =>
			other !== current &&
			other.inbox.hasSubscriptions &&
			other.identity?.userId === agentId &&
			other.credentials.token === current.credentials.token;
		if (this.told.has(current) || ![...this.sessions()].some(isTwin)) return;
		this.told.add(current);
		current.logger.warn(
			'Triggers of one agent use credentials that differ in "Ignore SSL Issues" or in the ' +
				"server URL: they have a connection each, and mark each other's messages as read. " +
				'Give them the same credential.',
		);
	}
}
