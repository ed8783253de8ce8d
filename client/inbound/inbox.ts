import type { Clock } from '../clock';
import { type Logger, loggable } from '../logger';
import { type Chat, KnownChats } from '../protocol/chat';
import { decodeMessage, type Malformed, type Message } from '../protocol/message';
import { Gate } from './intake/gate';
import type { InboxPort } from './inbox-port';
import { UNKNOWN_CHAT } from './ledger/entry';
import { type Holding, Holdings } from './ledger/holdings';
import { Ledger } from './ledger/ledger';
import { Marker } from './ledger/marker';
import { type Observer, Observers } from './intake/observers';
import { PassedOver } from './intake/passed-over';
import type { AgentContext } from './item/prepare';
import { Receiver } from './receiver';
import { inTimeOrder } from './sorted';
import type { Subscription, SubscriptionHost } from './subscription/subscription';
import { Subscriptions } from './subscription/subscriptions';
import { TypingIndicator } from './typing-indicator';

/**
 * Unmarked messages in `manually` after which a reconnect asks the server what has been marked
 * elsewhere.
 */
const MOST_FREED = 1000;

/**
 * All of an agent's messages in this process, and the triggers that work for it. A message passes:
 * gate (identity known, triggers joined) -> `Receiver` -> ledger and triggers -> marked read.
 */
export class Inbox implements SubscriptionHost {
	context: AgentContext | undefined;
	/** Those that its messages have named. */
	readonly knownChats = new KnownChats();
	private readonly subscriptions = new Subscriptions();
	private readonly observers = new Observers();
	/** What test runs have taken. */
	private readonly observed = new Holdings();
	private readonly ledger = new Ledger();
	private readonly marker: Marker;
	readonly typing: TypingIndicator;
	private readonly passedOver = new PassedOver();
	private readonly gate: Gate;
	private readonly receiver: Receiver;
	private firstBatchDone = false;
	/** Whether the batch of this connection has been judged. */
	private isReady = false;
	/** A connection has begun, and it is not known yet whose it is: its batch is still to come. */
	private isOpening = false;
	/** Marks of inboxes that this one replaces, which were on their way while it opened. */
	private othersMarks: Promise<unknown> | undefined;
	private openedAt = 0;
	private unmarkedSinceConnect = 0;

	constructor(
		private readonly clock: Clock,
		private readonly logger: Logger,
		private readonly port: InboxPort,
	) {
		this.gate = new Gate(clock);
		this.marker = new Marker(clock, this.ledger, {
			send: (ids) => port.markRead(ids),
			// A frame of an unknown chat may be of one that was passed over.
			isBlocked: (chat) =>
				chat === UNKNOWN_CHAT
					? this.passedOver.some(() => true) || !this.receiver.held.isEmpty
					: this.passedOver.has(chat) || this.receiver.held.has(chat),
			isUrgent: () => this.subscriptions.isOneClosing,
		});
		this.receiver = new Receiver(
			{
				subscriptions: this.subscriptions,
				observers: this.observers,
				observed: this.observed,
				ledger: this.ledger,
				passedOver: this.passedOver,
			},
			port.replyDesk,
			() => {
				this.marker.kick();
			},
			clock,
			logger,
		);
		this.typing = new TypingIndicator(clock, (chat) => port.showTyping(chat));
	}

	get hasSubscriptions(): boolean {
		return this.subscriptions.size > 0;
	}

	/** The triggers that are here. */
	allSubscriptions(): Iterable<Subscription> {
		return this.subscriptions;
	}

	has(subscription: Subscription): boolean {
		return this.subscriptions.has(subscription);
	}

	/** A new connection: what it brings is judged only when its identity is known. */
	opening(): void {
		this.gate.shut();
		this.receiver.newConnection();
		this.isOpening = true;
		this.openedAt = this.clock.now();
		this.passedOver.clear();
	}

	identified(context: AgentContext): void {
		const known = this.context?.identity.userId;
		const { userId } = context.identity;
		if (known !== undefined && known !== userId) this.ledger.clear();
		this.context = context;
		this.receiver.selfId = userId;
		// Triggers that belong to this agent join in here. What is not judged yet waits for those who
		// are about to come.
		if (this.port.identified(userId)) this.gate.holdForOthers();
		for (const subscription of [...this.subscriptions])
			if (subscription.isOfAnother(userId)) this.leave(subscription);
		this.subscriptions.identified(userId);
		this.isOpening = false;
		this.gate.identified();
		if (this.othersMarks) this.beginAnew(this.othersMarks);
		this.othersMarks = undefined;
	}

	/**
	 * Another inbox of the agent does nothing more: its triggers come here. A mark that it has on its
	 * way would pass what this connection has been told is unread.
	 */
	takeOverFrom(other: Inbox): void {
		other.suspend();
		if (!other.marker.isOnItsWay) return;
		const marks = Promise.all([this.othersMarks, other.marker.answered()]);
		if (this.isOpening) this.othersMarks = marks;
		else this.beginAnew(marks);
	}

	/** The connect-time batch, as it came. */
	offline(payload: unknown): void {
		if (!Array.isArray(payload)) {
			this.gate.pass(() => {
				this.receiver.warnings.unreadable('offline_messages is not a list');
			});
			return;
		}
		this.gate.passAll(inTimeOrder(payload), (raw) => {
			this.receiver.receive(decodeMessage(raw, this.knownChats), 'backlog');
		});
		this.gate.pass(() => {
			this.marker.kick();
		});
	}

	live(decoded: Message | Malformed): void {
		this.gate.pass(() => {
			this.receiver.receive(decoded, 'live');
			this.marker.kick();
		});
	}

	ready(): void {
		this.gate.pass(() => {
			this.isReady = true;
			this.firstBatchDone ||= this.hasSubscriptions;
			// What was known before this connection and is not in its batch has been read on the server.
			this.ledger.reconcile(this.openedAt);
			this.unmarkedSinceConnect = 0;
			this.receiver.held.drained(() => {
				this.subscriptions.firstBatchOver();
			});
			this.marker.resume();
		});
	}

	/** What was held for judgement comes again with the next connection. */
	lost(): void {
		this.isReady = false;
		this.isOpening = false;
		this.suspend();
	}
	/** Resolves when everything that is settled has been marked, as far as that is possible now. */
	drained(): Promise<void> {
		return this.marker.drained();
	}

	close(): void {
		this.marker.suspend();
		this.gate.close();
		this.receiver.held.clear();
		for (const subscription of [...this.subscriptions]) this.leave(subscription);
	}

	/** Adds a trigger whose agent is this inbox's, or that has not worked for any yet. */
	join(subscription: Subscription): void {
		const isNew = !this.subscriptions.has(subscription);
		this.subscriptions.add(subscription);
		subscription.enter(this);
		if (this.context) subscription.identified(this.context.identity.userId);
		// What nobody listened to, and what others have finished, is unread as yet: it comes before
		// what this one would be offered here.
		const isHeard = (chat: Chat) => subscription.listensTo(chat);
		const hasMissed =
			!this.isOpening &&
			(this.passedOver.some(isHeard) ||
				this.ledger.hasSettled((chat) => isHeard(chat) && (isNew || subscription.isNewTo(chat))));
		if (this.isReady && !hasMissed) {
			this.firstBatchDone = true;
			subscription.firstBatchOver();
		}
		if (!this.firstBatchDone) this.gate.holdForOthers();
		if (hasMissed) this.beginAnew();
		// Otherwise a batch is about to bring everything that is unread, in order.
		else if (this.isReady) this.offerUnsettled(subscription);
	}

	/** Until the next connection nothing is judged or marked. */
	suspend(): void {
		this.gate.shut();
		const { held } = this.receiver;
		for (const subscription of this.subscriptions) subscription.leaveOut(held.idsFrom('backlog'));
		held.clear();
		this.marker.suspend();
	}

	/**
	 * A new connection brings everything that is unread, in order; nothing is judged or marked
	 * before, and no mark may be on its way.
	 */
	private beginAnew(marks: Promise<unknown> = this.marker.answered()): void {
		this.suspend();
		void marks.then(() => {
			this.port.renew('a trigger has joined, and only a new connection brings what is unread');
		});
	}

	private offerUnsettled(subscription: Subscription): void {
		const { held } = this.receiver;
		for (const entry of this.ledger.unsettledEntries()) {
			const { message } = entry;
			// What is about to be offered to all has older ones before it.
			if (message && subscription.listensTo(message.chat) && !held.hasMessage(message))
				this.receiver.offer(subscription, entry, message);
		}
	}

	/** What it has claimed here is given back: it takes it along, or leaves it unread. */
	leave(subscription: Subscription): void {
		if (!this.subscriptions.delete(subscription)) return;
		subscription.exit();
		for (const chat of this.ledger.leave(subscription.holdings)) this.passedOver.add(chat);
		this.marker.kick();
		this.port.left();
	}

	observe(observer: Observer): () => void {
		return this.observers.add(observer);
	}

	/**
	 * What an observer took has been dealt with: it is marked, unless that would hide something
	 * older.
	 */
	settleObserved({ id }: Message): void {
		if (this.observed.holds(id)) this.settled(this.observed.settle(id));
	}

	/** What an observer took stays unread. */
	giveBackObserved({ id }: Message): void {
		const holding = this.observed.giveBack(id);
		if (holding) this.gaveBack(holding);
	}

	/** The user has marked these messages, and everything earlier in their chats. */
	markedByUser(ids: readonly string[]): void {
		for (const id of ids) this.ledger.markedElsewhere(this.ledger.idsUpTo(id));
		this.marker.kick();
	}

	settled(holding: Holding): void {
		this.ledger.settle(holding);
		this.marker.kick();
	}

	gaveBack(holding: Holding): void {
		const chat = this.ledger.get(holding.id)?.message?.chat;
		if (this.ledger.giveBack(holding) && chat) this.passedOver.add(chat);
		this.marker.kick();
	}

	leftUnmarked(): void {
		this.unmarkedSinceConnect += 1;
		if (this.unmarkedSinceConnect < MOST_FREED) return;
		this.unmarkedSinceConnect = 0;
		this.port.renew(
			'many messages wait to be marked as read, and only a new connection tells which have been',
		);
	}

	showTyping(chat: Chat): () => void {
		return this.typing.show(chat);
	}
	reply(chat: Chat, text: string): void {
		this.port.reply(chat, text);
	}
	/**
	 * What was said in the chat is gone: who waits for an answer there has withdrawn the question.
	 * @param what has happened to the chat, for the log
	 */
	dropWaiting(chat: Chat, what: string): void {
		this.gate.pass(() => {
			this.receiver.held.dropChat(chat);
			const dropped = this.subscriptions.dropWaiting(chat);
			if (dropped.size === 0) return;
			this.logger.info(
				`Chat ${loggable(chat.id)} ${what}: messages that waited there are dropped ` +
					`(${dropped.size}); what runs goes on`,
			);
		});
	}
	sawTyping(chat: Chat, userId: string): void {
		this.subscriptions.seeTyping(chat, userId);
	}
}
