import { type Timer, withDeadline } from '../clock';
import { type AgentCredentials, credentialsKey } from '../connection/credentials';
import { Subscription } from '../inbound/subscription/subscription';
import type { TriggerLife } from '../inbound/trigger-port';
import { unfailing, type Logger } from '../logger';
import { Slots } from '../slots';
import { AgentSession, type SessionHost } from './agent-session';
import { type Platform, systemPlatform } from './platform';

/** ms that the place of a closed trigger is held for its next life. */
const HOLD_PLACE = 30_000;

/** ms that a close waits for marks: a little more than they wait themselves. */
const LAST_MARKS = 3000;

/** A running trigger. */
export interface RunningTrigger {
	/**
	 * Ends it at once; executions that are running may still be settled. Resolves when what is
	 * settled or was handed over has been marked as read, after 3 s at most: an n8n that stops in
	 * between would answer these messages a second time. Harmless to repeat.
	 */
	close(): Promise<void>;
}

/** Every agent and every trigger in this process. */
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
 * beside a new one after an update.
 */
const REGISTRY = Symbol.for('n8n-nodes-agentclub.registry.2');

/** The one registry of the process. */
export function agentRegistry(): AgentRegistry {
	const shared = globalThis as { [REGISTRY]?: AgentRegistry };
	shared[REGISTRY] ??= makeRegistry(systemPlatform);
	return shared[REGISTRY];
}

export function makeRegistry(platform: Platform): AgentRegistry {
	const { clock } = platform;
	const sessions = new Map<string, AgentSession>();
	const places = new Map<string, Place>();
	const executions = new Slots(Number.POSITIVE_INFINITY);
	const toldOfTwins = new WeakSet<AgentSession>();

	interface Place {
		readonly subscription: Subscription;
		session: AgentSession;
		hold: Timer | undefined;
	}

	const host: SessionHost = {
		platform,
		left: (subscription) => {
			if (subscription.isOver) places.delete(subscription.key);
		},
		supersede: renewStale,
		moveTo: (changed, subscription, logger) => {
			move(subscription, session(changed, logger));
		},
		closed: (closed) => {
			if (sessions.get(closed.key) === closed) sessions.delete(closed.key);
		},
	};

	function session(credentials: AgentCredentials, logger: Logger): AgentSession {
		const key = credentialsKey(credentials);
		const known = sessions.get(key);
		if (known) return known;
		const opened = new AgentSession(credentials, logger, host);
		sessions.set(key, opened);
		return opened;
	}

	/**
	 * After a token was reset, triggers under the old one work as long as its socket lives; beside
	 * others under the new one they would mark each other's messages.
	 */
	function renewStale(current: AgentSession, agentId: string): boolean {
		tellOfTwin(current, agentId);
		const stale = Array.from(sessions.values()).filter(
			(other) => other !== current && other.isStaleBeside(current, agentId),
		);
		for (const session of stale) {
			// A closed trigger has no credential to read: its place goes where the agent is now.
			for (const held of [...session.inbox.members()])
				if (!held.current && session.inbox.leave(held)) move(held, current);
			void session.giveWay();
		}
		return stale.length > 0;
	}

	/**
	 * Whether the certificate is checked is a matter of trust, so their connections stay apart; that
	 * one marks what the other has not seen, only people can mend.
	 */
	function tellOfTwin(current: AgentSession, agentId: string): void {
		const isTwin = (other: AgentSession) =>
			other !== current &&
			other.inbox.hasSubscriptions &&
			other.identity?.userId === agentId &&
			other.credentials.token === current.credentials.token;
		if (toldOfTwins.has(current) || ![...sessions.values()].some(isTwin)) return;
		toldOfTwins.add(current);
		current.logger.warn(
			'Triggers of one agent use credentials that differ in "Ignore SSL Issues" or in the ' +
				"server URL: they have a connection each, and mark each other's messages as read. " +
				'Give them the same credential.',
		);
	}

	function move(subscription: Subscription, to: AgentSession): void {
		const place = places.get(subscription.key);
		if (place) place.session = to;
		to.join(subscription);
	}

	function placeOf(key: string, at: AgentSession, logger: Logger): Place {
		const known = places.get(key);
		if (!known) {
			const place: Place = {
				subscription: new Subscription(key, clock, logger, executions),
				session: at,
				hold: undefined,
			};
			places.set(key, place);
			return place;
		}
		if (known.session !== at) {
			known.session.inbox.leave(known.subscription);
			// The credential may have been edited (a new token, say): the other triggers there must not
			// go on under the old one beside this one.
			if (known.session.isOnServerOf(at)) void known.session.giveWay();
			known.session = at;
		}
		return known;
	}

	/** What is still running keeps the place until it has ended. */
	function release(place: Place, logger: Logger): void {
		logger.info(
			'The trigger has been closed for 30 s: what it had not finished stays unread and comes ' +
				'again when it is activated',
		);
		place.subscription.release();
	}

	function run(
		key: string,
		life: TriggerLife,
		credentials: AgentCredentials,
		logger: Logger,
	): RunningTrigger {
		const place = placeOf(key, session(credentials, logger), logger);
		place.hold?.cancel();
		place.hold = undefined;
		place.subscription.attach(life);
		place.session.join(place.subscription);
		return {
			async close() {
				if (!place.subscription.detach(life)) return;
				place.hold = clock.after(
					HOLD_PLACE,
					() => {
						release(place, logger);
					},
					{ background: true },
				);
				await withDeadline(
					clock,
					LAST_MARKS,
					place.subscription.handedOver().then(() => place.session.inbox.drained()),
				);
			},
		};
	}

	return {
		session: (credentials, logger) => session(credentials, unfailing(logger)),
		limitExecutions: (most) => {
			executions.resize(most);
		},
		run: (key, life, credentials, logger) => run(key, life, credentials, unfailing(logger)),
	};
}
