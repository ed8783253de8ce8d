import type { LookupFunction } from 'node:net';

/** The host's own rules about where connections may lead: n8n's SSRF protection, there. */
export interface Egress {
	/**
	 * Whether the server may be connected to, wherever its name leads just now. Also covers IP
	 * addresses, which are never looked up, and what a proxy connects to.
	 * @throws AgentClubError BLOCKED; anything else where the name leads nowhere
	 */
	check(url: string): Promise<void>;
	/**
	 * Replaces `dns.lookup` at the moment of connecting, because by then a name may lead elsewhere.
	 * Fails with AgentClubError BLOCKED.
	 */
	readonly lookup: LookupFunction;
}
