import { type AgentCredentials, credentialsKey } from '../connection/credentials';
import type { TriggerLife } from '../inbound/trigger-port';
import { type Logger, unfailing } from '../logger';
import { Slots } from '../slots';
import { AgentSession, type SessionHost } from './agent-session';
import { Places, type RunningTrigger } from './places';
import { type Platform, systemPlatform } from './platform';

/**
 * Every agent and every trigger in this process. A logger may throw: a trigger of another version
 * of the package may bring such a one.
 */
export interface AgentRegistry {
	/**
	 * The agent's session; it is opened when first asked for. The caller takes a lease on it, or
	 * joins it.
	 */
	session(credentials: AgentCredentials, logger: Logger): AgentSession;
	/**
	 * The executions that all triggers together hand over to n8n at the same time; Infinity is no
	 * limit. What goes beyond it waits unread.
	 */
	limitExecutions(most: number): void;
	/** Starts a trigger's life in its place (workflow, node and mode), on its agent's session. */
	run(
		place: string,
		life: TriggerLife,
		credentials: AgentCredentials,
		logger: Logger,
	): RunningTrigger;
}

/**
 * Bears the version of the registry's shape, not of the package: n8n keeps an old package running
 * next to a new one after an update.
 */
const REGISTRY = Symbol.for('n8n-nodes-agentclub.registry.2');

/** The one registry of the process. */
export function agentRegistry(): AgentRegistry {
	const shared = globalThis as { [REGISTRY]?: AgentRegistry };
	shared[REGISTRY] ??= makeRegistry(systemPlatform);
	return shared[REGISTRY];
}

export function makeRegistry(platform: Platform): AgentRegistry {
	const sessions = new Map<string, AgentSession>();
	const executions = new Slots(Number.POSITIVE_INFINITY);
	const places = new Places(
		platform.clock,
		{ find: session, all: () => sessions.values() },
		executions,
	);

	const host: SessionHost = {
		platform,
		identified: (current, agentId) => places.identified(current, agentId),
		credentialsFor: (current) => places.credentialsFor(current),
		closed: (closed) => {
			if (sessions.get(closed.key) === closed) sessions.delete(closed.key);
		},
	};

	function session(credentials: AgentCredentials, logger: Logger): AgentSession {
		const key = credentialsKey(credentials);
		const known = sessions.get(key);
		if (known) return known;
		const opened = new AgentSession(credentials, unfailing(logger), host);
		sessions.set(key, opened);
		return opened;
	}

	return {
		session,
		limitExecutions: (most) => {
			executions.resize(most);
		},
		run: (place, life, credentials, logger) =>
			places.run(place, life, credentials, unfailing(logger)),
	};
}
