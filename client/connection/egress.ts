import type { LookupFunction } from 'node:net';

/** The host's own rules about where connections may lead: n8n's SSRF protection, there. */
export interface Egress {
	/**
	 * Whether the server may be connected to, wherever its name leads just now; also for addresses,
	 * of which nobody makes a lookup, and for what a proxy connects to.
	 * @throws AgentClubError BLOCKED; anything else where the name leads nowhere
	 */
	check(url: string): Promise<void>;
	/**
	 * In place of `dns.lookup` at the moment of connecting, for by then a name may lead elsewhere;
	 * fails with AgentClubError BLOCKED.
	 */
	readonly lookup: LookupFunction;
}
