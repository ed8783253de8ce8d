import type { Clock } from '../../client/clock';
import type { SubscriptionSettings } from '../../client/inbound/trigger-port';
import type { Outcome } from '../../client/inbound/lanes/settlement';
import type { MessageRecord } from '../../playground/club/records';
import { wants } from './filters';
import { isUnderWay, type MessageState, PlaceRecord } from './place-record';
import { type Arriving, QuestionRules } from './question-rules';
import { noTallies } from './tallies';

/** ms that a mark waits for late frames, as promised. */
const TOO_LATE = 2000;

/** What the oracle looks up in the club: the truth, which the client does not see. */
export interface Truth {
	readonly agentId: string;
	message(id: string): MessageRecord | undefined;
	/** Of the chat, oldest first, deleted ones left out. */
	messagesOf(chatKey: string): readonly MessageRecord[];
	/** Seconds; 0 before the first mark. */
	cursor(chatKey: string): number;
	/** The agent's. */
	token(): string;
}

/** The process that runs now, as far as the rules need it. */
export interface Epoch {
	readonly places: Map<string, PlaceRecord>;
	/** Message id to the ms at which it first arrived on a connection that knew who it was. */
	readonly arrivals: Map<string, number>;
}

/**
 * ms in which a frame may be held before it is judged: a late `auth_ok`, and the first batch that
 * waits for triggers.
 */
const JUDGED_WITHIN = 12_000;

/**
 * Watches a schedule, and knows the rules of docs/guarantees.md by itself: what may start when, and
 * how far a chat may be marked read. It never looks into the client.
 */
export class Oracle {
	readonly violations: string[] = [];
	readonly tallies = noTallies();
	private readonly trace: string[] = [];
	/**
	 * How far the user has marked each chat, in seconds. The cursor stands on a time, so what is said
	 * later under the same one is read too.
	 */
	private readonly markedByUser = new Map<string, number>();
	private readonly userMarks = new Set<unknown>();
	/**
	 * Frames that were spoilt on their way are skipped. What was said in a group while the agent was
	 * not in it does not reach it. What has the time of a marked message may be read unseen.
	 */
	readonly unpromised = new Set<string>();
	epoch: Epoch = newEpoch();
	readonly questions: QuestionRules;
	/** ms. */
	private withoutTriggerUntil = 0;

	constructor(
		private readonly clock: Clock,
		private readonly truth: Truth,
	) {
		this.questions = new QuestionRules(clock, {
			...truth,
			tallies: this.tallies,
			fail: (what) => {
				this.fail(what);
			},
			note: (what) => {
				this.note(what);
			},
			isUnpromised: (id) => this.unpromised.has(id),
			hasRun: (id) => this.hasRun(id),
			lastWithoutTrigger: () => (this.hasTrigger ? this.withoutTriggerUntil : clock.now()),
		});
	}

	/** The last things that happened, for a failure's report. */
	get story(): readonly string[] {
		return this.trace;
	}

	note(what: string): void {
		this.trace.push(`${(this.clock.now() / 1000).toFixed(3)} ${what}`);
		if (this.trace.length > LONGEST_STORY) this.trace.splice(0, LONGEST_STORY / 2);
	}

	/** A new process, which knows nothing. */
	newProcess(): void {
		this.epoch = newEpoch();
		this.questions.newProcess();
	}

	private get hasTrigger(): boolean {
		return [...this.epoch.places.values()].some(({ isOpen }) => isOpen);
	}

	/** Whether a place has begun with the message, and has not been given up since. */
	private hasRun(id: string): boolean {
		return [...this.epoch.places.values()].some(
			(place) => place.state(id) !== undefined && !place.isGivenUp(this.clock.now()),
		);
	}

	arrived(id: string, arriving: Arriving): void {
		this.note(`${id} arrives`);
		this.questions.arrived(id, arriving);
		if (!this.epoch.arrivals.has(id)) this.epoch.arrivals.set(id, this.clock.now());
		const message = this.truth.message(id);
		for (const place of message ? this.epoch.places.values() : []) {
			place.hears(arriving.session.credentials.token);
			if (!message || place.isUnknown) continue;
			if (place.listensSince(message, this.truth.agentId) !== undefined)
				place.arrived(id, this.clock.now());
		}
	}

	/** @returns the place, for what the host knows about executions there */
	lifeBegins(key: string, settings: SubscriptionSettings): PlaceRecord {
		const now = this.clock.now();
		if (!this.hasTrigger) this.withoutTriggerUntil = now;
		const known = this.epoch.places.get(key);
		const place = known && !known.isReleased(now) ? known : this.nextPlace(key, known);
		this.epoch.places.set(key, place);
		place.begin(settings, now, (id) => this.isConfirmed(id));
		this.note(
			`${key} begins: ${settings.acknowledge}, chats ` +
				`${[...settings.filter.chats].join(' ') || 'all'}, from ` +
				`${[...settings.filter.allowFrom].join(' ')}, mention ` +
				`${settings.filter.requireMention}`,
		);
		return place;
	}

	/**
	 * An execution is about to start, for one message or for several that were collected; their place
	 * is the first one's.
	 */
	starting(place: PlaceRecord, ids: readonly string[], attempt: number): void {
		this.tallies.executions += 1;
		const first = this.truth.message(ids[0] ?? '');
		if (first) this.checkOrder(place, first);
		for (const id of ids) this.startingWith(place, id, attempt);
	}

	private startingWith(place: PlaceRecord, id: string, attempt: number): void {
		const message = this.truth.message(id);
		const state = place.state(id);
		// What others had settled before this place was there may be read, and come here all the same
		// with a batch that was on its way.
		const wasBefore = (this.epoch.arrivals.get(id) ?? Number.POSITIVE_INFINITY) < place.since;
		if (
			message &&
			this.isRead(id) &&
			!wasBefore &&
			!this.isMarkedByUser(id) &&
			!this.unpromised.has(id) &&
			!this.questions.wasReplyBefore(message)
		) {
			this.fail(`${place.key} starts ${id}, which is read already`);
		}
		const why = message && this.questions.whyNotToStart(message);
		if (why !== undefined) this.fail(`${place.key} starts ${id}, ${why}`);
		// Under a new token that the server has not let in for 30 s it is given back.
		const isGivenBack = place.wasUnmarked(id) && this.questions.hasMoved(id);
		const isAgain = isGivenBack || (state === 'settled' && place.hadSettledBefore(id));
		if (
			isUnderWay(state) ||
			state === 'handed over' ||
			((state === 'unmarked' || state === 'settled') && !isAgain)
		)
			this.duplicate(`${place.key} starts ${id}, which is ${state}`);
		const isAnew =
			attempt === 1 &&
			message &&
			(place.wasElsewhere(message, this.truth.agentId) || this.questions.hasMoved(id));
		if (isAnew) place.forgetFailures(id);
		if (attempt !== place.failures(id) + 1)
			this.fail(
				`${place.key} starts ${id} as attempt ${attempt}, after ` +
					`${place.failures(id)} failures`,
			);
		if (place.hadSettledBefore(id)) this.tallies.repeated += 1;
		place.started(id, this.clock.now());
	}

	/** How an execution ended, and whether the life that started it was closing by then. */
	ended(
		place: PlaceRecord,
		ids: readonly string[],
		outcome: Outcome,
		closing: boolean,
		settings: SubscriptionSettings,
	): void {
		for (const id of ids) this.endedFor(place, id, outcome, closing, settings);
	}

	private endedFor(
		place: PlaceRecord,
		id: string,
		outcome: Outcome,
		closing: boolean,
		settings: SubscriptionSettings,
	): void {
		const before = place.state(id);
		place.end(id, outcome, closing, settings);
		this.note(`${place.key} ${id} ${outcome}: ${before ?? '-'} -> ${place.state(id) ?? '-'}`);
	}

	/** Marks with these ids are the user's own word, whenever they come. */
	userMarking(ids: readonly string[]): void {
		for (const id of ids) this.userMarks.add(id);
	}

	marking(ids: readonly unknown[]): void {
		this.tallies.markFrames += 1;
		const isUsers = ids.some((id) => this.userMarks.has(id));
		for (const id of isUsers ? ids : []) {
			const message = typeof id === 'string' ? this.truth.message(id) : undefined;
			if (message)
				this.markedByUser.set(
					keyOf(message),
					Math.max(message.createdAt, this.markedByUser.get(keyOf(message)) ?? 0),
				);
		}
	}

	/** Invariant 1: everything in the chat up to here must have been settled. */
	advanced(chat: string, from: number, to: number): void {
		this.note(`cursor of ${chat} -> ${to}`);
		for (const message of this.truth.messagesOf(chat)) {
			if (
				message.createdAt <= from ||
				message.createdAt > to ||
				message.senderId === this.truth.agentId
			)
				continue;
			// It may come later all the same, and start though it is read.
			if (this.isUnknowable(message)) this.unpromised.add(message.id);
			if (this.isMarkedByUser(message.id) || this.unpromised.has(message.id)) continue;
			const why = this.whyUnsettled(message);
			if (why !== undefined) this.early(`${message.id} in ${chat} was marked read, but ${why}`);
		}
	}

	/**
	 * At the end, with everything healed and at rest: what is unread then is stuck, and what was
	 * never dealt with is lost.
	 */
	atRest(unread: readonly MessageRecord[]): void {
		for (const message of unread) {
			const listeners = [...this.epoch.places.values()].filter(
				(place) =>
					place.settings && wants(place.settings, message, this.truth.agentId) !== 'elsewhere',
			);
			if (listeners.length === 0 || this.unpromised.has(message.id)) continue;
			const states = listeners
				.map((place) => `${place.key}: ${place.state(message.id) ?? 'never started'}`)
				.join(', ');
			this.tallies.lost += 1;
			this.fail(`${message.id} in ${keyOf(message)} is still unread at the end (${states})`);
		}
	}

	fail(what: string): void {
		this.note(`VIOLATION ${what}`);
		this.violations.push(what);
	}

	private nextPlace(key: string, former: PlaceRecord | undefined): PlaceRecord {
		const place = new PlaceRecord(key, this.clock.now());
		if (former) place.inherit(former, (id) => this.isConfirmed(id));
		return place;
	}

	/**
	 * A mark by the user alone tells a trigger that has been away nothing: another one may still work
	 * on the message.
	 */
	private isConfirmed(id: string): boolean {
		return this.isRead(id) && !this.isMarkedByUser(id);
	}

	private isMarkedByUser(id: string): boolean {
		const message = this.truth.message(id);
		return (
			message !== undefined && message.createdAt <= (this.markedByUser.get(keyOf(message)) ?? 0)
		);
	}

	private isRead(id: string): boolean {
		const message = this.truth.message(id);
		return message !== undefined && this.truth.cursor(keyOf(message)) >= message.createdAt;
	}

	private checkOrder(place: PlaceRecord, message: MessageRecord): void {
		const settings = place.settings;
		if (!settings) return;
		for (const other of this.truth.messagesOf(keyOf(message))) {
			if (other.id === message.id || other.senderId === this.truth.agentId) continue;
			const state = place.state(other.id);
			if (settings.acknowledge !== 'immediately' && state === 'running') {
				this.disorder(`${place.key} starts ${message.id} beside ${other.id}`);
				return;
			}
			if (other.createdAt >= message.createdAt) continue;
			if (this.isOvertaken(place, settings, other, state)) {
				this.disorder(
					`${place.key} starts ${message.id} before ${other.id} (${state ?? 'never started'})`,
				);
				return;
			}
		}
	}

	/** Whether an older message of the chat should have gone first. */
	private isOvertaken(
		place: PlaceRecord,
		settings: SubscriptionSettings,
		other: MessageRecord,
		state: MessageState | undefined,
	): boolean {
		if (
			this.unpromised.has(other.id) ||
			this.isMarkedByUser(other.id) ||
			place.isLate(other.id) ||
			this.questions.isUsedUp(other.id) ||
			this.questions.wasKept(other) ||
			this.questions.isTooLate(other) ||
			!place.everWanted(other, this.truth.agentId)
		)
			return false;
		if (place.turnedAway(other, this.truth.agentId, this.epoch.arrivals.get(other.id) ?? 0))
			return false;
		// What a life that did not listen to the chat gave back comes again with the next connection.
		if (state === 'retry' || state === 'again' || state === 'kept')
			return (
				settings.acknowledge !== 'immediately' && !place.wasElsewhere(other, this.truth.agentId)
			);
		if (state !== undefined) return false;
		const arrivedAt = place.judgeableSince(other.id);
		const since = place.listensSince(other, this.truth.agentId);
		return (
			arrivedAt !== undefined && since !== undefined && arrivedAt >= since && !this.isRead(other.id)
		);
	}

	/**
	 * The mark of a message stands on its time. Nobody can know of another one with the very same
	 * time that has not come 2 s later (docs/guarantees.md).
	 */
	private isUnknowable(message: MessageRecord): boolean {
		if (this.epoch.arrivals.has(message.id)) return false;
		const ago = (other: MessageRecord) =>
			this.clock.now() - (this.epoch.arrivals.get(other.id) ?? Number.POSITIVE_INFINITY);
		return this.truth
			.messagesOf(keyOf(message))
			.some((other) => other.createdAt === message.createdAt && ago(other) >= TOO_LATE);
	}

	/** Undefined where the message may be marked read. */
	private whyUnsettled(message: MessageRecord): string | undefined {
		const { agentId } = this.truth;
		const whyUnread = this.questions.whyUnread(message);
		if (whyUnread !== undefined) return whyUnread;
		if (this.questions.isDealtWith(message)) return undefined;
		const arrivedAt = this.epoch.arrivals.get(message.id) ?? Number.POSITIVE_INFINITY;
		let dealtWith = false;
		for (const place of this.epoch.places.values()) {
			const state = place.state(message.id);
			const turnedAway = place.turnedAway(message, agentId, arrivedAt - JUDGED_WITHIN);
			dealtWith ||=
				state === 'settled' || turnedAway || place.isHandedOver(message.id, this.clock.now());
			if (state === 'handed over' && !place.isHandedOver(message.id, this.clock.now()))
				return `it has just been handed over by ${place.key}`;
			if (isUnderWay(state)) return `it is running in ${place.key}`;
			// The mark of what was settled before the place was given up may be long on its way.
			if (place.hadSettledBefore(message.id)) {
				dealtWith = true;
				continue;
			}
			if (place.isGivenUp(this.clock.now()) || place.isUnknown) continue;
			const since = place.listensSince(message, agentId);
			if (turnedAway || since === undefined) continue;
			// A life that did not listen to the chat has given it back.
			if (state !== undefined && place.wasElsewhere(message, agentId)) continue;
			if (state === 'kept' || state === 'retry' || state === 'again')
				return `it is to run again in ${place.key} (${state})`;
			if (state === 'unmarked' && place.settings?.acknowledge === 'manually')
				return `only the user may mark it in ${place.key}`;
			if (state === undefined && since <= arrivedAt) return `it has not run in ${place.key}`;
			if (state === 'unmarked') dealtWith = true;
		}
		return dealtWith ? undefined : 'nobody has dealt with it';
	}

	private duplicate(what: string): void {
		this.tallies.duplicates += 1;
		this.fail(what);
	}

	private disorder(what: string): void {
		this.tallies.orderBreaks += 1;
		this.fail(what);
	}

	private early(what: string): void {
		this.tallies.early += 1;
		this.fail(what);
	}
}

const LONGEST_STORY = 4000;

function newEpoch(): Epoch {
	return { places: new Map(), arrivals: new Map() };
}

export function keyOf(message: MessageRecord): string {
	return `${message.chatType}_${message.chatId}`;
}
