import type { Clock } from '../../client/clock';
import { noTallies } from './tallies';

/** Knows which token is whose, and so which trigger may work on which agent's messages. */
export class OwnershipOracle {
	readonly violations: string[] = [];
	readonly story: string[] = [];
	readonly tallies = noTallies();
	private readonly owners = new Map<string, Set<string>>();
	/** Agent and message, for what may be marked under that agent. */
	private readonly done = new Set<string>();

	/** @param mayRead by the server: whether the agent is in the message's chat */
	constructor(
		private readonly clock: Clock,
		private readonly mayRead: (agentId: string, id: string) => boolean,
	) {}

	note(what: string): void {
		this.story.push(`${(this.clock.now() / 1000).toFixed(3)} ${what}`);
	}

	/** From now on the server takes the token for this agent's. */
	owns(token: string, agentId: string): void {
		const owners = this.owners.get(token) ?? new Set();
		this.owners.set(token, owners.add(agentId));
	}

	/** @param tokens that the trigger's credential has had since it was published */
	starting(key: string, id: string, agentId: string, tokens: readonly string[]): void {
		this.tallies.executions += 1;
		this.note(`${key} starts ${id} under ${agentId}`);
		if (!tokens.some((token) => this.owners.get(token)?.has(agentId)))
			this.fail(`${key} starts ${id} under ${agentId}, which its credential never named`);
		if (!this.mayRead(agentId, id))
			this.fail(`${key} starts ${id} under ${agentId}, which is not in its chat`);
	}

	/** An execution of the agent's has come as far as its trigger's acknowledge mode asks for. */
	workedOn(id: string, agentId: string): void {
		this.done.add(`${agentId} ${id}`);
	}

	marked(agentId: string, ids: readonly string[]): void {
		for (const id of ids) {
			this.tallies.marked += 1;
			this.note(`${id} is marked under ${agentId}`);
			if (!this.done.has(`${agentId} ${id}`))
				this.fail(`${id} was marked under ${agentId}, for which nobody has worked on it`);
		}
	}

	/** With everything healed. @param unread of an agent that has a trigger */
	atRest(agentId: string, unread: readonly string[]): void {
		for (const id of unread) this.fail(`${id} is still unread for ${agentId} at the end`);
	}

	private fail(what: string): void {
		this.note(`VIOLATION ${what}`);
		this.violations.push(what);
	}
}
