import type { Clock } from '../clock';
import { type Logger, loggable } from '../logger';
import { chatKey } from '../protocol/chat';
import { isMalformed, type Malformed, type Message, type Source } from '../protocol/message';
import type { Decision, Replies } from './inbox-port';
import { HeldChats } from './intake/held-chats';
import { FrameWarnings } from './intake/frame-warnings';
import type { Observers } from './intake/observers';
import type { PassedOver } from './intake/passed-over';
import type { Entry } from './ledger/entry';
import type { Holdings } from './ledger/holdings';
import type { Ledger } from './ledger/ledger';
import type { Subscription } from './subscription/subscription';
import type { Subscriptions } from './subscription/subscriptions';

/** What an inbox knows of its triggers and messages. The receiver adds what arrives. */
export interface Books {
	readonly subscriptions: Subscriptions;
	readonly observers: Observers;
	/** What test runs have taken. */
	readonly observed: Holdings;
	readonly ledger: Ledger;
	readonly passedOver: PassedOver;
}

/**
 * Decides what becomes of each message, once the agent is known. Our own messages and answers to
 * questions go no further. Where a trigger listens, the message gets an entry in the ledger. Then
 * each such trigger looks at duplicates and at its filters.
 */
export class Receiver {
	/** The id of the inbox's agent; empty until a connection has told. */
	selfId = '';
	readonly warnings: FrameWarnings;
	/** Chats in which a message may still turn out to be an answer to a question of the agent. */
	readonly held = new HeldChats<Decision>(
		(message) => this.decide(message),
		(message, source, decision) => {
			this.take(message, source, decision);
		},
	);

	/** @param kick has whatever may be marked now marked in its turn */
	constructor(
		private readonly books: Books,
		private readonly replies: Replies,
		private readonly kick: () => void,
		private readonly clock: Clock,
		private readonly logger: Logger,
	) {
		this.warnings = new FrameWarnings(logger);
	}

	/** Everything unread is about to come again. */
	newConnection(): void {
		this.held.clear();
		this.replies.newConnection();
		this.warnings.newConnection();
	}

	receive(decoded: Message | Malformed, source: Source): void {
		try {
			// It is in this connection's batch, whatever becomes of it.
			if (source === 'backlog') this.books.ledger.cameAgain(decoded.id, this.clock.now());
			if (isMalformed(decoded)) this.receiveUnreadable(decoded, source);
			else this.receiveMessage(decoded, source);
		} catch (error) {
			this.unhandled(decoded, error);
		}
	}

	/** Offers the message to one trigger, and writes down how far that is with it. */
	offer(subscription: Subscription, entry: Entry, message: Message): void {
		const answer = subscription.offer(message, entry.source, this.selfId);
		const holding = subscription.holdings.get(message.id);
		if (holding) this.books.ledger.hold(entry, holding);
		if (answer === 'taken' || answer === 'pending') return;
		// With Manually a message that has run stays unread until the user marks it.
		if (answer === 'done' && subscription.marksByHand) return;
		entry.handled = true;
		if (answer !== 'done') this.logger.debug(`Skipped message ${loggable(message.id)} (${answer})`);
	}

	/** Nobody knows how far it got: it stays unread, and no mark may pass it. */
	private unhandled({ chat }: Message | Malformed, error: unknown): void {
		this.warnings.unhandled(error);
		if (chat) this.books.passedOver.add(chat);
	}

	private receiveMessage(message: Message, source: Source): void {
		if (message.sender.id === this.selfId) {
			this.replies.sawOwn(message, this.selfId);
			this.books.subscriptions.seeOwn(message);
			return;
		}
		this.held.pass(message, source);
	}

	/** What has begun as an ordinary message goes on as one, whatever is known since. */
	private decide(message: Message): Decision | Promise<Decision> {
		if (this.books.subscriptions.know(message.id)) return 'ordinary';
		return this.replies.decide(message, this.selfId);
	}

	private take(message: Message, source: Source, decision: Decision): void {
		try {
			if (decision === 'ordinary') this.takeOrdinary(message, source);
			else if (decision === 'kept') this.books.passedOver.add(message.chat);
			else this.takeReply(message, source);
		} catch (error) {
			this.unhandled(message, error);
		}
		this.kick();
	}

	/** It is marked in its turn, and starts nothing. */
	private takeReply(message: Message, source: Source): void {
		const entry = this.books.ledger.open(message, source, this.clock.now());
		entry.handled = true;
		this.books.ledger.offered(entry);
	}

	private takeOrdinary(message: Message, source: Source): void {
		const { id, chat } = message;
		const { subscriptions, observers, observed, ledger, passedOver } = this.books;
		const isObserved = source === 'live' && observers.take(message, this.selfId);
		// A test run marks only what hides nothing older, and nothing at all where triggers of this
		// agent are active.
		const isTests = isObserved && subscriptions.size === 0 && !passedOver.has(chat.key);
		const entry =
			isTests || subscriptions.isHeard(chat, id)
				? ledger.open(message, source, this.clock.now())
				: undefined;
		if (!entry) {
			passedOver.add(chat);
			return;
		}
		if (isTests) ledger.hold(entry, observed.take(id));
		subscriptions.forListeners(chat, id, (listener) => {
			this.offer(listener, entry, message);
		});
		ledger.offered(entry);
	}

	/**
	 * A bad frame is reported and skipped. If it has an id it is marked in its turn, or it would come
	 * again for ever.
	 */
	private receiveUnreadable(frame: Malformed, source: Source): void {
		const { subscriptions, ledger } = this.books;
		this.warnings.unreadable(`a message could not be read (${frame.malformed})`);
		if (
			frame.id === undefined ||
			(frame.chat && !subscriptions.isHeard(frame.chat)) ||
			subscriptions.size === 0
		)
			return;
		ledger.offered(
			ledger.openUnreadable(
				frame.id,
				frame.chat && chatKey(frame.chat),
				frame.createdAt,
				source,
				this.clock.now(),
			),
		);
	}
}
