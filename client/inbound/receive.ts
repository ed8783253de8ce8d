import type { Clock, Timer } from '../clock';
import { type Logger, loggable } from '../logger';
import { type Chat, chatKey } from '../protocol/chat';
import { decodeMessage, isMalformed, type Malformed, type Message } from '../protocol/message';
import { type Entry, Ledger, type Source } from './ledger';
import { Marker } from './marker';
import type { AgentContext } from './prepare';
import type { Subscription, SubscriptionHost } from './subscription';
import { TypingIndicator } from './typing';

/** What the inbox needs of the agent's connection. */
export interface InboxPort {
	/** @throws where the server's answer did not come */
	markRead(ids: readonly string[]): Promise<void>;
	showTyping(chat: Chat): void;
	reply(chat: Chat, text: string): void;
	/** Connects again when nothing is being sent: only a connect brings what is unread. */
	renew(reason: string): void;
	/** A subscription left; it is over, or has moved elsewhere. */
	left(subscription: Subscription): void;
}

/** Looks at live messages without being a trigger: the editor's "Execute step". */
export interface Observer {
	/** Answers whether it takes the message. */
	see(message: Message, selfId: string): boolean;
}

/** n8n starts triggers one after another: the first batch waits until none has joined for this long, and at most `HOLD_CAP` (ms). */
const HOLD_FOR = 2000;
const HOLD_CAP = 10_000;
/** Unmarked messages in `manually` after which a reconnect asks the server what has been marked elsewhere. */
const MOST_FREED = 1000;
/** Log lines about unreadable frames for each connection. */
const MOST_REPORTS = 20;

/**
 * All of an agent's messages in this process, and the one place that knows the order of the steps:
 * decoded -> identity known -> not our own -> for each trigger: listening, duplicates, filters, lane -> ledger -> marked read.
 */
export class Inbox implements SubscriptionHost {
	context: AgentContext | undefined;
	private readonly subscriptions = new Set<Subscription>();
	private readonly observers = new Set<Observer>();
	private readonly ledger = new Ledger<Subscription | Observer>();
	private readonly marker: Marker;
	private readonly typing: TypingIndicator;
	/** Chats in which something unread was seen that nobody here listens to: no mark may pass it. */
	private readonly passedOver = new Map<string, Chat>();
	/** What arrived before it could be judged, in the order of arrival. */
	private held: Array<() => void> = [];
	private identityKnown = false;
	private hold: { readonly since: number; timer: Timer } | undefined;
	private firstBatchDone = false;
	private openedAt = 0;
	private batch = new Set<string>();
	private freedSinceConnect = 0;
	private reports = 0;

	constructor(
		private readonly clock: Clock,
		private readonly logger: Logger,
		private readonly port: InboxPort,
	) {
		this.marker = new Marker(clock, this.ledger, {
			send: (ids) => port.markRead(ids),
			isBlocked: (chat) => this.passedOver.has(chat),
			confirmed: (ids) => this.confirmed(ids),
		});
		this.typing = new TypingIndicator(clock, (chat) => port.showTyping(chat));
	}

	get hasSubscriptions(): boolean {
		return this.subscriptions.size > 0;
	}

	/** The triggers that are here, for reading their credentials. */
	members(): Iterable<Subscription> {
		return this.subscriptions;
	}

	// What the connection says.

	/** A new connection: what it brings is judged only when its identity is known. */
	opening(): void {
		this.identityKnown = false;
		this.openedAt = this.clock.now();
		this.batch = new Set();
		this.held = [];
		this.passedOver.clear();
		this.reports = 0;
	}

	identified(context: AgentContext): void {
		const known = this.context?.identity.userId;
		if (known !== undefined && known !== context.identity.userId) this.ledger.clear();
		this.context = context;
		this.identityKnown = true;
		for (const subscription of this.subscriptions) subscription.identified(context.identity.userId);
		this.judgeHeld();
	}

	/** The connect-time batch, as it came. */
	offline(payload: unknown): void {
		this.inOrder(() => {
			if (!Array.isArray(payload)) return this.report('offline_messages is not a list');
			for (const raw of payload) this.receive(decodeMessage(raw), 'backlog');
			this.marker.kick();
		});
	}

	live(decoded: Message | Malformed): void {
		this.inOrder(() => {
			this.receive(decoded, 'live');
			this.marker.kick();
		});
	}

	ready(): void {
		this.inOrder(() => {
			this.firstBatchDone ||= this.hasSubscriptions;
			this.reconcile();
			this.marker.resume();
		});
	}

	lost(): void {
		this.marker.suspend();
	}

	close(): void {
		this.marker.suspend();
		this.hold?.timer.cancel();
		this.held = [];
	}

	// Who listens.

	join(subscription: Subscription): void {
		this.subscriptions.add(subscription);
		subscription.enter(this);
		if (this.context) subscription.identified(this.context.identity.userId);
		if (!this.firstBatchDone) this.prolongHold();
		for (const entry of this.ledger.unsettledEntries()) this.offerTo(subscription, entry);
		if (this.hasMissed(subscription)) this.port.renew('a trigger has joined, and only a new connection brings what is unread');
	}

	/** What the subscription has claimed here is given back: it takes it along, or leaves it unread. */
	leave(subscription: Subscription): void {
		if (!this.subscriptions.delete(subscription)) return;
		for (const entry of [...this.ledger.unsettledEntries()]) this.gaveBack(entry.id, subscription);
		this.port.left(subscription);
	}

	observe(observer: Observer): () => void {
		this.observers.add(observer);
		return () => {
			this.observers.delete(observer);
		};
	}

	/** What an observer took has been dealt with: it is marked, unless that would hide something older. */
	settleObserved(message: Message, observer: Observer): void {
		this.ledger.settle(message.id, observer);
		this.marker.kick();
	}

	/** The user has marked these messages, and everything earlier in their chats. */
	markedByUser(ids: readonly string[]): void {
		for (const id of ids) {
			const covered = this.ledger.idsUpTo(id);
			for (const subscription of this.subscriptions) for (const each of covered) subscription.markedRead(each);
			const settled = covered.filter((each) => this.ledger.get(each)?.claimants.length === 0);
			this.ledger.confirm(settled);
			this.confirmed(settled);
		}
	}

	// What subscriptions say.

	settled(id: string, subscription: Subscription): void {
		this.ledger.settle(id, subscription);
		this.marker.kick();
	}

	gaveBack(id: string, subscription: Subscription): void {
		const entry = this.ledger.get(id);
		const chat = entry?.message?.chat;
		if (this.ledger.giveBack(id, subscription) && chat) this.passOver(chat);
		this.marker.kick();
	}

	freed(): void {
		this.freedSinceConnect += 1;
		if (this.freedSinceConnect < MOST_FREED) return;
		this.freedSinceConnect = 0;
		this.port.renew('many messages wait to be marked as read, and only a new connection tells which have been');
	}

	showTyping(chat: Chat): () => void {
		return this.typing.show(chatKey(chat), chat);
	}

	reply(chat: Chat, text: string): void {
		this.port.reply(chat, text);
	}

	emptied(subscription: Subscription): void {
		this.leave(subscription);
	}

	// The order of the steps.

	private inOrder(step: () => void): void {
		if (this.identityKnown && !this.hold) step();
		else this.held.push(step);
	}

	private judgeHeld(): void {
		if (!this.identityKnown || this.hold) return;
		const steps = this.held;
		this.held = [];
		for (const step of steps) step();
	}

	private receive(decoded: Message | Malformed, source: Source): void {
		if (isMalformed(decoded)) return this.receiveUnreadable(decoded, source);
		const selfId = this.context?.identity.userId ?? '';
		if (decoded.sender.id === selfId) return;
		if (source === 'backlog') this.batch.add(decoded.id);
		const listeners = this.listenersOf(decoded.chat);
		const observer = source === 'live' ? this.takenBy(decoded, selfId) : undefined;
		if (listeners.length === 0 && (!observer || this.passedOver.has(chatKey(decoded.chat)))) return this.passOver(decoded.chat);
		const entry = this.ledger.open(decoded, source, this.clock.now());
		// Where triggers listen, they decide; a test run then leaves no trace.
		if (listeners.length === 0 && observer) this.ledger.claim(entry, observer);
		for (const subscription of listeners) this.offer(subscription, entry, decoded);
		this.ledger.judged(entry);
	}

	private offer(subscription: Subscription, entry: Entry<Subscription | Observer>, message: Message): void {
		const answer = subscription.offer(message, entry.source, this.context?.identity.userId ?? '');
		if (answer === 'taken' || answer === 'pending') return this.ledger.claim(entry, subscription);
		entry.handled = true;
		if (answer !== 'done') this.logger.debug(`Skipped message ${loggable(message.id)} (${answer})`);
	}

	private offerTo(subscription: Subscription, entry: Entry<Subscription | Observer>): void {
		if (entry.message && subscription.listensTo(entry.message.chat)) this.offer(subscription, entry, entry.message);
	}

	/** A bad frame is reported and skipped; if it has an id it is marked in its turn, or it would come again for ever. */
	private receiveUnreadable(frame: Malformed, source: Source): void {
		this.report(`a message could not be read (${frame.malformed})`);
		if (frame.id === undefined || (frame.chat && this.listenersOf(frame.chat).length === 0) || !this.hasSubscriptions) return;
		if (source === 'backlog') this.batch.add(frame.id);
		const chat = frame.chat && chatKey(frame.chat);
		const entry = this.ledger.openUnreadable(frame.id, chat, frame.createdAt, source, this.clock.now());
		this.ledger.judged(entry);
	}

	private listenersOf(chat: Chat): Subscription[] {
		const listeners: Subscription[] = [];
		for (const subscription of this.subscriptions) if (subscription.listensTo(chat)) listeners.push(subscription);
		return listeners;
	}

	private takenBy(message: Message, selfId: string): Observer | undefined {
		for (const observer of this.observers) if (observer.see(message, selfId)) return observer;
		return undefined;
	}

	private passOver(chat: Chat): void {
		this.passedOver.set(chatKey(chat), chat);
	}

	private hasMissed(subscription: Subscription): boolean {
		for (const chat of this.passedOver.values()) if (subscription.listensTo(chat)) return true;
		return false;
	}

	/** What was known before this connection and is not in its batch has been read on the server. */
	private reconcile(): void {
		const isFree = (entry: Entry<Subscription | Observer>) =>
			entry.claimants.every((claimant) => 'isFree' in claimant && claimant.isFree(entry.id));
		const gone = this.ledger.reconcile(this.openedAt, this.batch, isFree);
		for (const subscription of this.subscriptions) for (const id of gone) subscription.markedRead(id);
		this.confirmed(gone);
		this.batch = new Set();
		this.freedSinceConnect = 0;
	}

	private confirmed(ids: readonly string[]): void {
		for (const subscription of this.subscriptions) subscription.confirmed(ids);
	}

	private prolongHold(): void {
		const now = this.clock.now();
		const since = this.hold?.since ?? now;
		this.hold?.timer.cancel();
		const ms = Math.min(HOLD_FOR, since + HOLD_CAP - now);
		const timer = this.clock.after(ms, () => {
			this.hold = undefined;
			this.judgeHeld();
		});
		this.hold = { since, timer };
	}

	private report(what: string): void {
		this.reports += 1;
		if (this.reports <= MOST_REPORTS) this.logger.warn(`The server sent something unreadable: ${loggable(what)}`);
	}
}
