import type { SubscriptionSettings } from '../../client/inbound/trigger-port';
import type { Outcome } from '../../client/inbound/lanes/settlement';
import type { MessageRecord } from '../../playground/club/records';
import { wants } from './filters';

/**
 * What has become of a message in a trigger's place, as somebody would say who watches the
 * executions.
 */
export type MessageState =
	| 'running'
	// `immediately`: it counts as dealt with a moment later, unless no execution comes about
	| 'handed over'
	// `onSuccess`: its chat no longer waits for it, and its end still counts
	| 'outlived'
	| 'settled'
	| 'retry' // failed, and has another attempt
	| 'kept' // failed through no fault of its own, while its trigger was closing
	| 'again' // no execution could be created
	| 'unmarked'; // ran in `manually`, and waits for its mark

interface Life {
	readonly settings: SubscriptionSettings;
	readonly from: number;
	until: number;
}

/** ms that a closed trigger's place is held. */
const HOLD_PLACE = 30_000;
/** ms after which a hand-over counts. */
const HANDED_OVER_AFTER = 2000;

/** One trigger (workflow, node and mode) in one process, over all its lives. */
export class PlaceRecord {
	private readonly states = new Map<string, MessageState>();
	private readonly failed = new Map<string, number>();
	private readonly arrivals = new Map<string, number>();
	private readonly startedAt = new Map<string, number>();
	private readonly lives: Life[] = [];
	private readonly settledBefore = new Set<string>();
	/** Outlived their chat's wait: others of the chat may have begun since. */
	private readonly late = new Set<string>();
	/** Ran in `manually`, and were not marked; a life in another mode has settled them. */
	private readonly unmarked = new Set<string>();
	private closedAt: number | undefined;
	/** The agent's token when something arrived while it was open, and when it was closed. */
	private heardUnder: string | undefined;
	private closedUnder: string | undefined;
	/** Its filters turned messages away until its place was given up. */
	private lastOfFormer: Life | undefined;
	/** Index of the first life since the place was last given up. */
	private firstLife = 0;

	constructor(
		readonly key: string,
		/** ms. */
		readonly since: number,
	) {}

	/** Of the running life, or of the last one. */
	get settings(): SubscriptionSettings | undefined {
		return this.lives.at(-1)?.settings;
	}

	get isOpen(): boolean {
		return this.closedAt === undefined;
	}

	/** @param isRead whether the server has a message as read */
	begin(settings: SubscriptionSettings, now: number, isRead: (id: string) => boolean): void {
		if (this.isGivenUp(now)) this.startAnew(isRead);
		const last = this.lives.at(-1);
		if (last) last.until = Math.min(last.until, now);
		this.lives.push({ settings, from: now, until: Number.POSITIVE_INFINITY });
		this.closedAt = undefined;
		if (settings.acknowledge === 'manually') return;
		for (const [id, state] of this.states)
			if (state === 'unmarked') {
				this.states.set(id, 'settled');
				this.unmarked.add(id);
			}
	}

	/** Whether it ran in `manually` without being marked, whatever the mode is now. */
	wasUnmarked(id: string): boolean {
		return this.unmarked.has(id) || this.states.get(id) === 'unmarked';
	}

	/** Its filters go on until the next life has its own. */
	close(now: number, token: string): void {
		this.closedAt = now;
		this.closedUnder = token;
	}

	/** What waited was given back when the place was given up; what is running keeps it alive. */
	private startAnew(isRead: (id: string) => boolean): void {
		for (const [id, state] of this.states) {
			if (!isUnderWay(state) && state !== 'settled') this.states.delete(id);
			// As long as something runs the place remembers what it has settled; then it may run again.
			if (state === 'settled' && !isRead(id)) this.settledBefore.add(id);
		}
		this.arrivals.clear();
		for (const id of this.failed.keys())
			if (!isUnderWay(this.states.get(id))) this.failed.delete(id);
		this.firstLife = this.lives.length;
	}

	/** Closed for so long that nothing waits here any more. */
	isGivenUp(now: number): boolean {
		return this.closedAt !== undefined && now - this.closedAt >= HOLD_PLACE;
	}

	/** A place that is given up keeps what is running. */
	isReleased(now: number): boolean {
		return this.isGivenUp(now) && ![...this.states.values()].some(isUnderWay);
	}

	/**
	 * What the user may see run again after the trigger was away for longer than its place is held.
	 * It is what was not confirmed read by then.
	 */
	inherit(former: PlaceRecord, isRead: (id: string) => boolean): void {
		this.lastOfFormer = former.lives.at(-1);
		for (const id of former.settledBefore) this.settledBefore.add(id);
		for (const [id, state] of former.states) {
			if (state !== 'settled') continue;
			if (isRead(id)) this.states.set(id, 'settled');
			else this.settledBefore.add(id);
		}
	}

	/** An execution of an earlier process had settled it, though it was not confirmed read. */
	remember(id: string): void {
		this.settledBefore.add(id);
	}

	hadSettledBefore(id: string): boolean {
		return this.settledBefore.has(id);
	}

	/** Ids that are settled here. */
	*settledIds(): Iterable<string> {
		yield* this.settledBefore;
		for (const [id, state] of this.states) if (state === 'settled') yield id;
	}

	/**
	 * Closed before the server had said whose messages its last token is for: nothing is held for it.
	 */
	get isUnknown(): boolean {
		return !this.isOpen && this.heardUnder !== this.closedUnder;
	}

	/** Something arrives at an agent's connection. */
	hears(token: string): void {
		if (this.isOpen) this.heardUnder = token;
	}

	arrived(id: string, now: number): void {
		if (!this.arrivals.has(id)) this.arrivals.set(id, now);
	}

	judgeableSince(id: string): number | undefined {
		return this.arrivals.get(id);
	}

	state(id: string): MessageState | undefined {
		return this.states.get(id);
	}

	/** Whether a trigger in `immediately` may count it as dealt with. */
	isHandedOver(id: string, now: number): boolean {
		return (
			this.states.get(id) === 'handed over' &&
			now - (this.startedAt.get(id) ?? now) >= HANDED_OVER_AFTER
		);
	}

	/** It was given back, and is a new message to the trigger. */
	forgetFailures(id: string): void {
		this.failed.delete(id);
	}

	failures(id: string): number {
		return this.failed.get(id) ?? 0;
	}

	started(id: string, now: number): void {
		this.arrived(id, now);
		this.startedAt.set(id, now);
		this.states.set(id, this.settings?.acknowledge === 'immediately' ? 'handed over' : 'running');
	}

	/** `immediately` under a key that n8n's database knows: the message has had its execution. */
	knownByKey(id: string): void {
		this.states.set(id, 'settled');
	}

	/** The user's mark reached the trigger: it will not run this again. */
	marked(id: string): void {
		if (this.states.get(id) === 'unmarked') this.states.set(id, 'settled');
	}

	end(
		id: string,
		outcome: Outcome,
		closing: boolean,
		{ acknowledge, retries }: SubscriptionSettings,
	): void {
		const state = this.states.get(id);
		if (!isUnderWay(state) && state !== 'handed over') return;
		const next = this.next(id, outcome, closing, acknowledge, retries);
		if (next === 'outlived') this.late.add(id);
		this.states.set(id, next);
	}

	/** Whether its chat has gone on without it, so that it runs again out of its turn. */
	isLate(id: string): boolean {
		return this.late.has(id);
	}

	/** The table of docs/guarantees.md. */
	private next(
		id: string,
		outcome: Outcome,
		closing: boolean,
		mode: string,
		retries: number,
	): MessageState {
		if (outcome === 'overdue') return whenOverdue(mode);
		if (mode === 'immediately') return outcome === 'notCreated' ? 'again' : 'settled';
		if (outcome !== 'success' && (closing || outcome === 'shutdown')) return 'kept';
		if (outcome === 'notCreated') return 'again';
		if (mode === 'manually') return 'unmarked';
		if (outcome === 'success' || outcome === 'stopped' || mode === 'onCompletion') return 'settled';
		this.failed.set(id, this.failures(id) + 1);
		return this.failures(id) > retries ? 'settled' : 'retry';
	}

	/** Whether one of its lives did not listen to the chat, and left the message unread. */
	wasElsewhere(message: MessageRecord, agentId: string): boolean {
		return this.lives.some(({ settings }) => wants(settings, message, agentId) === 'elsewhere');
	}

	/**
	 * ms since which it has listened to the message's chat without a break; undefined where it does
	 * not.
	 */
	listensSince(message: MessageRecord, agentId: string): number | undefined {
		let since: number | undefined;
		for (const { settings, from } of this.lives.slice(this.firstLife))
			since = wants(settings, message, agentId) === 'elsewhere' ? undefined : (since ?? from);
		return since;
	}

	/** Whether any of its settings lets the message through. */
	everWanted(message: MessageRecord, agentId: string): boolean {
		return this.lives.some(({ settings }) => wants(settings, message, agentId) === 'runs');
	}

	/** Whether its settings turned the message away at some time since then. */
	turnedAway(message: MessageRecord, agentId: string, since: number): boolean {
		const former =
			this.lastOfFormer &&
			this.since >= since &&
			wants(this.lastOfFormer.settings, message, agentId) === 'skips';
		return (
			former === true ||
			this.lives.some(
				({ settings, until }) => until >= since && wants(settings, message, agentId) === 'skips',
			)
		);
	}
}

/** Whether an execution of it is going on. */
export function isUnderWay(state: MessageState | undefined): boolean {
	return state === 'running' || state === 'outlived';
}

function whenOverdue(mode: string): MessageState {
	if (mode === 'manually') return 'unmarked';
	return mode === 'onSuccess' ? 'outlived' : 'settled';
}
