import type { Clock } from '../clock';
import { displayAddress, mediaAddress } from '../connection/address';
import { Connection, type ConnectionListener } from '../connection/connection';
import { type AgentCredentials, credentialsKey } from '../connection/credentials';
import type { ConnectionState } from '../connection/states';
import { AgentClubError } from '../errors';
import { AgentHttp } from '../http/agent-http';
import { type Download, type DownloadLimits, openDownload } from '../http/download';
import type { HttpClient } from '../http/http-client';
import { Directory } from '../inbound/item/directory';
import { Inbox } from '../inbound/inbox';
import type { Subscription } from '../inbound/subscription/subscription';
import { loggable, type Logger, logOf } from '../logger';
import type { Outgoing } from '../outbound/compose';
import type { Confirmation } from '../outbound/pending-send';
import { Outbox } from '../outbound/outbox';
import type { Identity } from '../protocol/frames';
import { wellFormed } from '../protocol/well-formed';
import { OutageWatch, tellOutage, toBeMended } from './outage-watch';
import { SessionContext } from './session-context';
import { askAgain } from './ask-again';
import { takeFrame } from './incoming';
import type { Platform } from './platform';
import { describeState } from './state-texts';
import { Readiness } from './readiness';
import { say } from './say';
import { sessionReplies } from './session-replies';
import { Usage } from './usage';

/** Who keeps the sessions; one for all of them. */
export interface SessionHost {
	readonly platform: Platform;
	/**
	 * The server has said whose the session is. Answers whether further triggers of that agent are
	 * about to come.
	 */
	identified(session: AgentSession, agentId: string): boolean;
	/**
	 * Asked before each attempt; undefined when nobody uses the credentials any more.
	 * @throws what reading a trigger's credential threw
	 */
	credentialsFor(session: AgentSession): Promise<AgentCredentials | undefined>;
	/** Nobody uses the session any more, and it is closed. */
	closed(session: AgentSession): void;
}

/** ms for the server's answer to a mark. */
const MARK_TIMEOUT = 15_000;

/** One agent in this process: its connection, what arrives, what leaves, and its HTTP endpoints. */
export class AgentSession implements ConnectionListener {
	readonly key: string;
	readonly inbox: Inbox;
	readonly http: AgentHttp;
	readonly httpClient: HttpClient;
	readonly directory: Directory;
	readonly outbox: Outbox;
	/** Its lines name the agent and its server, whoever opened the session. */
	readonly logger: Logger;
	private readonly connection: Connection;
	private readonly readiness: Readiness;
	private readonly usage: Usage;
	private readonly outage: OutageWatch;
	private ended = false;

	constructor(
		readonly credentials: AgentCredentials,
		logger: Logger,
		private readonly host: SessionHost,
	) {
		this.logger = logOf(logger, () => this.label);
		const {
			platform,
			platform: { clock },
		} = host;
		this.key = credentialsKey(credentials);
		this.httpClient = platform.makeHttpClient(credentials);
		this.http = new AgentHttp(this.httpClient, clock, credentials);
		this.readiness = new Readiness(clock);
		this.outage = new OutageWatch(clock, (error) => {
			tellOutage([...this.inbox.allSubscriptions()], error, this.logger);
		});
		this.usage = new Usage(
			clock,
			() => this.inbox.hasSubscriptions,
			() => {
				this.close();
			},
		);
		this.inbox = this.makeInbox(clock, this.logger);
		this.directory = new Directory(this.http, clock, this.logger);
		this.outbox = this.makeOutbox();
		this.connection = new Connection({
			clock,
			policy: platform.policy,
			openSocket: platform.openSocket,
			credentials: () => this.host.credentialsFor(this),
			isAwaited: () => this.readiness.isAwaited,
			listener: this,
			onFrame: (event, payload) => {
				takeFrame(event, payload, this);
			},
		});
	}

	get clock(): Clock {
		return this.host.platform.clock;
	}

	get identity(): Identity | undefined {
		return this.inbox.context?.identity;
	}

	/** Adds a trigger; the connection opens if it has not yet. */
	join(subscription: Subscription): void {
		this.inbox.join(subscription);
		this.usage.changed();
		this.connection.start();
	}

	private get label(): string {
		const name = this.identity?.displayName;
		const agent = name ? `agent "${loggable(name)}"` : 'an agent';
		return `${agent} on ${displayAddress(this.credentials.address)}`;
	}

	get isConnected(): boolean {
		return this.connection.state === 'connected';
	}

	/** Whether an action or a test run uses it. */
	get isLeased(): boolean {
		return this.usage.isLeased;
	}

	/** It is closed, and nothing brings it back. */
	get hasEnded(): boolean {
		return this.ended;
	}

	isOnServerOf({ credentials: { address } }: AgentSession): boolean {
		return displayAddress(this.credentials.address) === displayAddress(address);
	}

	/**
	 * Whether this may be the same agent under a token that the server has replaced since. Such a
	 * token works only as long as its socket lives.
	 */
	isStaleBeside(current: AgentSession, agentId: string): boolean {
		const isSameAgent = this.identity
			? this.identity.userId === agentId
			: this.connection.state === 'refused';
		return (
			isSameAgent &&
			this.isOnServerOf(current) &&
			this.credentials.token !== current.credentials.token
		);
	}

	/** Whether it is the same agent on the same server, by what the server has said. */
	isTwinOf(current: AgentSession, agentId: string): boolean {
		return this.identity?.userId === agentId && this.isOnServerOf(current);
	}

	/**
	 * Connects again as soon as nothing is in flight, whose fate would become unknown; what is to be
	 * sent waits for the new connection.
	 */
	renew(reason: string): void {
		this.readiness.shut();
		this.outbox.whenIdle(() => {
			this.connection.renew(reason);
		});
	}

	/**
	 * Uses the session for a while (an action, a test run); the returned function ends that, once.
	 */
	lease(): () => void {
		return this.usage.lease();
	}

	/**
	 * Opens the connection if needed and resolves once it is ready.
	 * @param deadline ms
	 * @throws AgentClubError OFFLINE with the state the connection is in, TOKEN_REFUSED, CANCELLED
	 */
	whenReady(deadline: number, signal?: AbortSignal): Promise<void> {
		this.connection.start();
		const ready = this.readiness.wait(deadline, signal);
		this.connection.awaited();
		return ready;
	}

	/**
	 * Asks over HTTP, and waits for the connection where the server is away: see `askAgain`.
	 * @param question has to be safe to repeat
	 */
	ask<T>(question: () => Promise<T>, signal?: AbortSignal): Promise<T> {
		return askAgain(this, question, signal);
	}

	/** @throws AgentClubError, see Outbox.send */
	async send(outgoing: Outgoing, signal?: AbortSignal, leftAt?: number): Promise<Confirmation> {
		const confirmation = await this.outbox.send(outgoing, signal, leftAt);
		// A server does not always bring us our own message in a direct chat.
		this.inbox.typing.messageSent(outgoing.chat);
		return confirmation;
	}

	/**
	 * The user's own word: these messages, and all earlier ones of their chats, are read.
	 * @throws AgentClubError
	 */
	async markRead(ids: readonly string[], deadline: number, signal?: AbortSignal): Promise<void> {
		await this.whenReady(deadline, signal);
		await this.mark(ids);
		this.inbox.markedByUser(ids);
	}

	/** The address of a file as anybody can open it. */
	absoluteUrl(fileUrl: string): string {
		return mediaAddress(this.credentials.address, fileUrl).url;
	}

	/** Opens a file of the configured server. @throws AgentClubError FILE, ... */
	download(fileUrl: string, fileName: string, limits: DownloadLimits): Promise<Download> {
		return openDownload(
			this.httpClient,
			mediaAddress(this.credentials.address, fileUrl),
			fileName,
			limits,
		);
	}

	private makeInbox(clock: Clock, logger: Logger): Inbox {
		return new Inbox(clock, logger, {
			replyDesk: sessionReplies(this, logger),
			markRead: (ids) => this.mark(ids),
			showTyping: ({ type, id }) => {
				this.connection.cast('typing', { chat_type: type, chat_id: wellFormed(id) });
			},
			reply: (chat, text) => {
				const by = this.identity?.userId;
				void say(this, { chat, text, what: 'The failure reply', by }, logger);
			},
			renew: (reason) => {
				this.renew(reason);
			},
			identified: (agentId) => this.host.identified(this, agentId),
			left: () => {
				if (!this.ended) this.usage.changed();
			},
		});
	}

	private async mark(ids: readonly string[]): Promise<void> {
		const payload = { message_ids: ids.map(wellFormed) };
		await this.connection.request('mark_read', payload, MARK_TIMEOUT);
	}

	private makeOutbox(): Outbox {
		return new Outbox(this.clock, {
			whenReady: (deadline, signal) => this.whenReady(deadline, signal),
			isReady: () => this.readiness.isOpen,
			request: (payload, timeoutMs) => this.connection.request('send_message', payload, timeoutMs),
			history: (chat, request) => this.http.history(chat, request),
			isMember: (chat) => this.http.isMember(chat),
			selfId: () => this.identity?.userId,
		});
	}

	opening(): void {
		this.inbox.opening();
	}

	identified(identity: Identity): void {
		this.inbox.identified(new SessionContext(identity, this));
	}

	ready(): void {
		this.inbox.ready();
		this.readiness.open();
		this.httpClient.prepare?.();
	}

	lost(): void {
		this.readiness.shut();
		this.inbox.lost();
		this.outbox.lost();
	}

	stateChanged(state: ConnectionState, detail: string): void {
		if (state === 'closed') this.close();
		const { level, text } = describeState(state, detail);
		this.logger[level](text);
		this.readiness.describe(text);
		this.outage.changed(state, detail);
	}

	turnedAway(): void {
		const mistake = toBeMended(this.connection.state, this.connection.detail);
		if (mistake) this.readiness.fail(mistake);
	}

	private close(): void {
		if (this.ended) return;
		this.ended = true;
		this.host.closed(this);
		this.connection.close();
		this.inbox.close();
		this.readiness.close(new AgentClubError('CANCELLED', 'The connection has been closed'));
		this.http.close();
	}
}
