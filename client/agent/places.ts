import { type Clock, withDeadline } from '../clock';
import type { AgentCredentials } from '../connection/credentials';
import { Subscription } from '../inbound/subscription/subscription';
import type { OpenLife, TriggerLife } from '../inbound/trigger-port';
import type { Logger } from '../logger';
import type { Slots } from '../slots';
import type { AgentSession } from './agent-session';
import { CLOSED_FOR_LONG, ELSEWHERE_FOR_LONG, Holds } from './holds';
import { readCredentials } from './trigger-credentials';
import { TwinWarning } from './twin-warning';

/** ms that a close waits for marks: a little more than they wait themselves. */
const LAST_MARKS = 3000;

/** A running trigger. */
export interface RunningTrigger {
	/**
	 * Ends it at once; executions that are running may still be settled. Resolves when what is
	 * settled or was handed over has been marked as read, after 3 s at most. If n8n stopped before,
	 * it would answer these messages a second time. Harmless to repeat.
	 */
	close(): Promise<void>;
}

/** The sessions of the process. */
export interface Sessions {
	/** The session of these credentials; it is opened when first asked for. */
	find(credentials: AgentCredentials, logger: Logger): AgentSession;
	all(): Iterable<AgentSession>;
}

/** A trigger's workflow, node and mode. */
interface Place {
	readonly key: string;
	readonly logger: Logger;
	/** Where its credential leads, or led when it was closed. */
	session: AgentSession;
	/** Where it was before, until the server has said whose the session is. */
	cameFrom: AgentSession | undefined;
	/** Has the running life, or had it last. */
	subscription: Subscription;
	/** What it had of other agents and has not ended. */
	readonly former: Set<Subscription>;
}

/**
 * Every trigger's place, and the one file that moves triggers between agents.
 *
 * The rule: a waiting message belongs to an agent. A subscription always works for the one agent
 * that it is first told of. It is only ever in an inbox of that agent. So a place has a
 * subscription for each agent that it has worked for, until nothing of it is left.
 *
 * | what happens to a trigger | what follows |
 * |---|---|
 * | the session's agent is known | goes on with its subscription of that agent, or a new one |
 * | the agent is not known yet | waits with an empty one; what it had stays with its agent |
 * | it turns out to be the agent it had | goes on with what it had; nothing runs twice |
 * | it turns out to be another agent | the former one's work is given back; what runs ends there |
 * | its token is another agent's now | likewise, and nothing can be marked for the former one |
 * | its credential has changed | goes to that credential's session, as above |
 * | its credential cannot be read | stays with its agent, and follows it to a new token |
 * | it is closed | is held for 30 s, and follows its agent to a new token |
 *
 * To "follow" means: only to a session that the server has let in as the very same agent.
 */
export class Places {
	private readonly places = new Map<string, Place>();
	private readonly holds: Holds;
	private readonly twins: TwinWarning;

	constructor(
		private readonly clock: Clock,
		private readonly sessions: Sessions,
		/** Executions that all triggers may have at n8n at the same time. */
		private readonly executions: Slots,
	) {
		this.holds = new Holds(clock);
		this.twins = new TwinWarning(() => sessions.all());
	}

	/** Starts a trigger's life in its place, on its agent's session. */
	run(
		key: string,
		life: TriggerLife,
		credentials: AgentCredentials,
		logger: Logger,
	): RunningTrigger {
		const session = this.sessions.find(credentials, logger);
		const place = this.places.get(key) ?? this.makePlace(key, session, logger);
		this.goTo(place, session, life);
		return {
			close: async () => {
				const { subscription } = place;
				if (!subscription.detach(life)) return;
				this.hold(place, subscription);
				await withDeadline(
					this.clock,
					LAST_MARKS,
					subscription.handedOver().then(() => place.session.inbox.drained()),
				);
			},
		};
	}

	/**
	 * The server has said who the session's agent is: its own triggers come in, the others leave.
	 * Answers whether further ones are about to come, from sessions that this one replaces.
	 */
	identified(session: AgentSession, agentId: string): boolean {
		for (const place of this.at(session)) this.meet(place, agentId);
		return this.replaceOthers(session, agentId);
	}

	/**
	 * Before each attempt every trigger's credential is read again, and triggers go where theirs
	 * leads.
	 * @returns undefined where nobody is left who would use the session's credentials
	 * @throws what reading threw, where nobody can say that they are still right
	 */
	async credentialsFor(session: AgentSession): Promise<AgentCredentials | undefined> {
		const { changed, unreadable } = await this.readAgain(session);
		// Those whose credential has changed have left. One that has come in the meantime has read it.
		const lives = this.livesAt(session);
		if (session.isLeased || lives.some((life) => !unreadable.has(life))) return session.credentials;
		const [first] = lives;
		if (first) throw unreadable.get(first);
		return this.at(session).length > 0 && changed.size === 0 ? session.credentials : undefined;
	}

	private makePlace(key: string, session: AgentSession, logger: Logger): Place {
		const former = new Set<Subscription>();
		const place: Place = {
			key,
			logger,
			session,
			cameFrom: undefined,
			subscription: new Subscription(key, this.clock, logger, this.executions, () => {
				this.forgetEnded(place);
			}),
			former,
		};
		this.places.set(key, place);
		return place;
	}

	/** The places whose triggers are at the session. */
	private at(session: AgentSession): Place[] {
		return Array.from(session.inbox.allSubscriptions(), ({ key }) => this.places.get(key)).filter(
			(place) => place?.session === session,
		) as Place[];
	}

	private livesAt(session: AgentSession): TriggerLife[] {
		return this.at(session).flatMap(({ subscription: { current } }) => current ?? []);
	}

	private goTo(place: Place, session: AgentSession, life: TriggerLife): void {
		const open = place.session === session ? undefined : this.leaveFor(session, place, life);
		this.begin(place, life, open);
		if (session.isConnected && session.identity) {
			this.meet(place, session.identity.userId);
			this.replaceOthers(session, session.identity.userId);
		}
	}

	/** Answers the life, where it ran before and goes on. Another one that ran there ends. */
	private leaveFor(session: AgentSession, place: Place, life: TriggerLife): OpenLife | undefined {
		place.cameFrom = place.session;
		place.session = session;
		const open = this.switchTo(this.subscriptionOf(place, session.identity?.userId), place);
		if (open?.trigger === life) return open;
		open?.closing.close();
		return undefined;
	}

	/** The place's subscription of the agent, or one that has not worked for anybody yet. */
	private subscriptionOf(place: Place, agentId: string | undefined): Subscription {
		const known = [place.subscription, ...place.former];
		return (
			known.find((each) => each.agentId === agentId) ??
			known.find((each) => each.agentId === undefined) ??
			new Subscription(place.key, this.clock, place.logger, this.executions, () => {
				this.forgetEnded(place);
			})
		);
	}

	/**
	 * Makes it the place's subscription; the one before it stays with its agent, without its life.
	 * Answers that life.
	 */
	private switchTo(subscription: Subscription, place: Place): OpenLife | undefined {
		const before = place.subscription;
		if (before === subscription) return undefined;
		const open = before.yieldLife();
		place.former.add(before);
		if (!this.holds.has(before)) this.hold(place, before);
		place.former.delete(subscription);
		place.subscription = subscription;
		return open;
	}

	private begin(place: Place, life: TriggerLife, open?: OpenLife): void {
		const { subscription, session } = place;
		this.holds.end(subscription);
		// In another inbox it would begin at once with what waits there, under that one's agent.
		if (!session.inbox.has(subscription)) subscription.leaveInbox();
		if (subscription.current !== life) subscription.attach(life, open);
		session.join(subscription);
	}

	/** It is known now whose session the place is at. */
	private meet(place: Place, agentId: string): void {
		const own = this.subscriptionOf(place, agentId);
		if (own !== place.subscription) this.goOnWith(own, place);
		for (const each of [place.subscription, ...place.former]) {
			if (each.agentId === agentId || each === own) continue;
			if (place.session.inbox.has(each)) each.leaveInbox();
			this.release(each);
		}
		this.forgetEnded(place);
	}

	/** The place's life goes on with the agent's own subscription; a closed place is held with it. */
	private goOnWith(own: Subscription, place: Place): void {
		const { subscription: before, session } = place;
		const life = before.current;
		if (life) {
			this.begin(place, life, this.switchTo(own, place));
			return;
		}
		// It has worked for nobody yet.
		if (own.agentId === undefined) return;
		this.switchTo(own, place);
		// It was closed later than it went to these credentials.
		this.holds.inherit(own, before, () => {
			this.holdIsOver(place, own);
		});
		this.moveTo(session, own);
	}

	private moveTo(session: AgentSession, subscription: Subscription): void {
		subscription.leaveInbox();
		session.join(subscription);
	}

	/**
	 * After a token was reset, triggers under the old one work as long as its socket lives. Triggers
	 * under the old and the new token would mark each other's messages. The same goes for triggers
	 * whose credential was edited in another way. Where a node alone uses the new token, triggers
	 * that have it too come over: only there replies to the node's questions can be read.
	 * Answers whether triggers are about to come that work for the agent elsewhere.
	 */
	private replaceOthers(current: AgentSession, agentId: string): boolean {
		if (!current.inbox.hasSubscriptions) {
			for (const other of this.staleBeside(current, agentId))
				void this.callOver(other, current, agentId);
			return false;
		}
		const left = new Set(this.at(current).map((place) => place.cameFrom));
		for (const place of this.at(current)) place.cameFrom = undefined;
		const stale = this.staleBeside(current, agentId);
		const replaced = Array.from(this.sessions.all()).filter(
			(other) =>
				stale.includes(other) ||
				(other !== current && left.has(other) && other.isTwinOf(current, agentId)),
		);
		for (const other of replaced) void this.replace(other, current, agentId);
		this.takeHomeless(current, agentId);
		if (replaced.length === 0) this.twins.look(current, agentId);
		return replaced.length > 0;
	}

	/** Sessions of the same agent under another token, which may be an old one. */
	private staleBeside(current: AgentSession, agentId: string): AgentSession[] {
		return Array.from(this.sessions.all()).filter(
			(other) => other !== current && other.isStaleBeside(current, agentId),
		);
	}

	/** A node alone uses the other credentials; the triggers may have others of their own. */
	private async callOver(other: AgentSession, by: AgentSession, agentId: string): Promise<void> {
		const { changed } = await readCredentials(this.livesAt(other), other.key, this.clock);
		if (changed.size > 0) await this.replace(other, by, agentId);
	}

	/** Nothing more is judged or marked there under the old credentials. */
	private async replace(other: AgentSession, by: AgentSession, agentId: string): Promise<void> {
		by.inbox.takeOverFrom(other.inbox);
		const follow = (isMeant: (life: TriggerLife | undefined) => boolean) => {
			for (const place of this.at(other))
				if (isMeant(place.subscription.current)) this.follow(place, by, agentId);
		};
		follow((life) => life === undefined);
		const { unreadable } = await this.readAgain(other);
		follow((life) => life !== undefined && unreadable.has(life));
		other.renew('the credential was edited, or the agent has a new token');
	}

	/** Closed triggers whose session has ended since, because nobody's credential led there. */
	private takeHomeless(session: AgentSession, agentId: string): void {
		for (const place of this.places.values())
			if (place.session.hasEnded && place.session.isOnServerOf(session))
				this.follow(place, session, agentId);
	}

	private follow(place: Place, to: AgentSession, agentId: string): void {
		if (place.subscription.agentId !== agentId) return;
		place.session = to;
		this.moveTo(to, place.subscription);
	}

	private async readAgain(session: AgentSession) {
		const readings = await readCredentials(this.livesAt(session), session.key, this.clock);
		for (const place of session.hasEnded ? [] : this.at(session)) {
			// It may have been closed, or gone elsewhere, while the credentials were read.
			const life = place.subscription.current;
			const credentials = life && readings.changed.get(life);
			if (credentials) this.goTo(place, this.sessions.find(credentials, place.logger), life);
		}
		return readings;
	}

	private hold(place: Place, subscription: Subscription): void {
		this.holds.begin(subscription, () => {
			this.holdIsOver(place, subscription);
		});
	}

	private holdIsOver(place: Place, subscription: Subscription): void {
		place.logger.info(subscription === place.subscription ? CLOSED_FOR_LONG : ELSEWHERE_FOR_LONG);
		this.release(subscription);
	}

	/** What is still running stays until it has ended. */
	private release(subscription: Subscription): void {
		this.holds.end(subscription);
		subscription.release();
	}

	/**
	 * Forgets what is over. While the agent of a place's session is unknown, what the place has done
	 * before is kept. It may be the same agent.
	 */
	private forgetEnded(place: Place): void {
		const { subscription, former } = place;
		if (subscription.agentId !== undefined)
			for (const each of former) if (each.isOver) former.delete(each);
		const isOver = subscription.isOver && [...former].every((each) => each.isOver);
		// A lane of it may rest late, when the trigger has a new place long since.
		if (isOver && this.places.get(place.key) === place) this.places.delete(place.key);
	}
}
