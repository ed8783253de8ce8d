import { isIP, type LookupFunction } from 'node:net';
import type { Egress } from '../../client/connection/egress';
import { AgentClubError } from '../../client/errors';

/** The rules of a host in which a test says what is forbidden, and where names lead. */
export class ScriptedEgress implements Egress {
	/** Addresses that nobody may connect to. */
	readonly forbidden = new Set<string>();
	/**
	 * Where names lead when they are checked; where they lead when somebody connects is `leadsTo` as
	 * well, unless `connectsTo` says otherwise.
	 */
	leadsTo = '127.0.0.1';
	connectsTo: string | undefined;
	/** How often somebody was about to connect by a name. */
	lookups = 0;
	/** Checks wait for it. */
	answer: Promise<void> = Promise.resolve();

	async check(url: string): Promise<void> {
		await this.answer;
		const { hostname } = new URL(url);
		const problem = this.problem(hostname, isIP(hostname) ? hostname : this.leadsTo);
		if (problem) throw problem;
	}

	readonly lookup: LookupFunction = (hostname, options, done) => {
		this.lookups += 1;
		const address = this.connectsTo ?? this.leadsTo;
		const problem = this.problem(hostname, address);
		if (problem) done(problem, '');
		else if (options.all) done(null, [{ address, family: 4 }]);
		else done(null, address, 4);
	};

	private problem(host: string, address: string): AgentClubError | undefined {
		if (!this.forbidden.has(address)) return undefined;
		return new AgentClubError('BLOCKED', `The host blocks ${host}`, {
			remedy: 'Allow it in the settings of the host.',
		});
	}
}
