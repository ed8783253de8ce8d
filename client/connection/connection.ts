import { unlessCancelled } from '../cancellation';
import { type Clock, EXPIRED, pause, withDeadline } from '../clock';
import { AgentClubError, describeError, describeWithRemedy } from '../errors';
import { loggable } from '../logger';
import type { Identity } from '../protocol/frames';
import { displayAddress } from './address';
import { Attempt, type AttemptEnd, type AttemptListener, type SocketOpener } from './attempt';
import { Backoff } from './backoff';
import { type AgentCredentials, credentialsKey } from './credentials';
import type { Egress } from './egress';
import type { ConnectionPolicy } from './policy';
import type { Transport } from './transports';
import type { ClientEvent, FrameHandler, WireSocket } from './wire';
import { assertTransition, type ConnectionState } from './states';

export interface ConnectionListener {
	/** A new connection begins; what it brings comes through `onFrame`. */
	opening(): void;
	identified(identity: Identity): void;
	/** The connect-time batch is complete. */
	ready(): void;
	lost(): void;
	stateChanged(state: ConnectionState, detail: string): void;
	/**
	 * An attempt was refused or blocked; told each time, because those who wait want to know about
	 * their own attempt.
	 */
	turnedAway(): void;
}

export interface ConnectionOptions {
	readonly clock: Clock;
	readonly policy: ConnectionPolicy;
	readonly openSocket: SocketOpener;
	/**
	 * Asked before every attempt, so that an edited credential takes effect; undefined ends the
	 * connection.
	 */
	readonly credentials: () => Promise<AgentCredentials | undefined>;
	/** Whether somebody waits for the connection. */
	readonly isAwaited: () => boolean;
	readonly listener: ConnectionListener;
	/** Called for what the server sends, except for `auth_ok`. */
	readonly onFrame: FrameHandler;
}

/** The one socket of an agent: it connects, and comes back for ever until it is closed. */
export class Connection implements AttemptListener {
	/** The attempt calls it itself: what arrives does not pass here. */
	readonly onFrame: FrameHandler;
	private currentState: ConnectionState = 'idle';
	private currentDetail = '';
	private attempt: Attempt | undefined;
	private socket: WireSocket | undefined;
	/**
	 * Ends the wait for what the host says.
	 */
	private readonly closing = new AbortController();
	/** Ends the pause between two attempts. */
	private pausing: AbortController | undefined;
	/** The same, while the token is refused: it may end when somebody waits for the connection. */
	private refusedPause: AbortController | undefined;
	/** Where the attempt goes, as people see it; and when it got ready, in ms of the clock. */
	private where = '';
	private readyAt = Number.POSITIVE_INFINITY;
	private readonly retry: Backoff;
	private readonly refusedRetry: Backoff;
	private handshakeMs: number;
	private transports: readonly Transport[] = ['websocket', 'polling'];

	constructor(private readonly options: ConnectionOptions) {
		const { policy } = options;
		this.onFrame = options.onFrame;
		this.retry = new Backoff({ first: policy.retryFirst, cap: policy.retryCap }, policy.chance);
		this.refusedRetry = new Backoff(
			{ first: policy.refusedFirst, cap: policy.refusedCap },
			policy.chance,
		);
		this.handshakeMs = policy.handshake;
	}

	get state(): ConnectionState {
		return this.currentState;
	}

	/** Why the connection is in its state, in the words of the log. */
	get detail(): string {
		return this.currentDetail;
	}

	start(): void {
		if (this.currentState !== 'idle') return;
		this.enter('connecting', '');
		void this.run();
	}

	/** Ends it at once and for good; harmless to repeat. */
	close(): void {
		if (this.currentState === 'closed') return;
		this.closing.abort();
		this.pausing?.abort();
		this.attempt?.end({ how: 'closed', detail: '' });
		this.enter('closed', '');
	}

	/**
	 * Drops the socket, or ends the pause before the next attempt, and connects again at once: only a
	 * connect brings the backlog.
	 */
	renew(reason: string): void {
		this.attempt?.end({ how: 'renewed', detail: reason });
		this.pausing?.abort();
	}

	/**
	 * Somebody has begun to wait for the connection: the long pause after a refusal ends, because
	 * what was refused may be good now.
	 */
	awaited(): void {
		this.refusedPause?.abort();
	}

	/** Sends without an answer, where there is a connection. */
	cast(event: ClientEvent, payload: unknown): void {
		this.socket?.cast(event, payload);
	}

	/** @throws AgentClubError TIMEOUT, UNREACHABLE */
	request(event: ClientEvent, payload: unknown, timeoutMs: number): Promise<unknown[]> {
		if (this.socket) return this.socket.request(event, payload, timeoutMs);
		return Promise.reject(
			new AgentClubError('UNREACHABLE', `There is no connection to ${this.where || 'the server'}`, {
				retriable: true,
			}),
		);
	}

	private async run(): Promise<void> {
		while (!this.isClosed()) {
			const credentials = await this.freshCredentials();
			if (this.isClosed()) return;
			if (credentials === 'none') {
				this.close();
				return;
			}
			if (credentials === 'unreadable') {
				await this.pauseUnlessAwaited(this.retry.next());
				continue;
			}
			await this.pauseAfter(await this.connectOnce(credentials), credentials);
		}
	}

	/**
	 * A method, because the compiler would assume that the state is still the one from before the
	 * wait.
	 */
	private isClosed(): boolean {
		return this.currentState === 'closed';
	}

	private async freshCredentials(): Promise<AgentCredentials | 'none' | 'unreadable'> {
		try {
			return (await this.options.credentials()) ?? 'none';
		} catch (error) {
			if (!this.isClosed() && this.currentState !== 'reconnecting')
				this.enter('reconnecting', `the credential cannot be read: ${describeError(error)}`);
			return 'unreadable';
		}
	}

	private async connectOnce(credentials: AgentCredentials): Promise<AttemptEnd> {
		const { listener, clock, openSocket } = this.options;
		const forbidden =
			credentials.egress && (await this.forbiddenBy(credentials.egress, credentials));
		if (this.isClosed()) return { how: 'closed', detail: '' };
		if (forbidden) return forbidden;
		listener.opening();
		this.where = displayAddress(credentials.address);
		this.readyAt = Number.POSITIVE_INFINITY;
		try {
			this.attempt = new Attempt(
				openSocket,
				credentials,
				this.transports,
				clock,
				this.handshakeMs,
				this,
			);
		} catch (error) {
			// Not even begun: for example, the proxy in the environment has an address that cannot be
			// used.
			return unreachable(error);
		}
		const end = await this.attempt.ended;
		this.attempt = undefined;
		if (clock.now() - this.readyAt >= this.options.policy.proven) this.retry.reset();
		if (this.socket) {
			this.socket = undefined;
			listener.lost();
		}
		return end;
	}

	/** What the host has against the server; undefined where it may be connected to. */
	private async forbiddenBy(
		egress: Egress,
		{ address }: AgentCredentials,
	): Promise<AttemptEnd | undefined> {
		const { clock, policy } = this.options;
		try {
			const check = unlessCancelled(
				egress.check(address.origin),
				this.closing.signal,
				'The connection is closed',
			);
			if ((await withDeadline(clock, policy.handshake, check)) !== EXPIRED) return undefined;
			return {
				how: 'unreachable',
				detail: `its name did not lead anywhere within ${policy.handshake / 1000} s`,
			};
		} catch (error) {
			if (!(error instanceof AgentClubError) || error.code !== 'BLOCKED') return unreachable(error);
			return { how: 'blocked', detail: describeWithRemedy(error) };
		}
	}

	identified(identity: Identity): void {
		this.options.listener.identified(identity);
	}

	ready(socket: WireSocket): void {
		this.socket = socket;
		this.readyAt = this.options.clock.now();
		this.handshakeMs = this.options.policy.handshake;
		this.refusedRetry.reset();
		this.enter('connected', this.where);
		this.options.listener.ready();
	}

	private async pauseAfter(end: AttemptEnd, credentials: AgentCredentials): Promise<void> {
		if (end.how === 'closed' || this.isClosed()) return;
		const words = [loggable(end.detail), end.remedy].filter(Boolean).join('. ');
		const where = `${displayAddress(credentials.address)}: ${words}`;
		if (end.how === 'renewed') {
			this.enter(this.currentState === 'connected' ? 'renewing' : 'reconnecting', end.detail);
			return;
		}
		if (end.how === 'refused' || end.how === 'blocked') {
			this.enter(end.how, end.how === 'refused' ? where : end.detail);
			this.options.listener.turnedAway();
			return this.pauseWhileRefused(credentials);
		}
		if (end.how === 'stalled')
			this.handshakeMs = Math.min(2 * this.handshakeMs, this.options.policy.handshakeCap);
		if (end.transportFailed) this.transports = [...this.transports].reverse();
		this.enter(end.how === 'stalled' || end.how === 'silent' ? end.how : 'reconnecting', where);
		await this.pauseUnlessAwaited(this.retry.next());
	}

	/**
	 * A pause of half a minute would use up the time of those who wait, though the server may be back
	 * long since.
	 */
	private async pauseUnlessAwaited(ms: number): Promise<void> {
		const { clock, policy, isAwaited } = this.options;
		const until = clock.now() + ms;
		for (let isOver = false; !isOver && clock.now() < until; isOver ||= isAwaited()) {
			const slice = policy.awaitedPause * (1 + 0.3 * policy.chance());
			isOver = !(await this.pause(Math.min(slice, until - clock.now())));
		}
	}

	/**
	 * Waits long, but reads the credential again in between. It ends early if the credential has
	 * changed or somebody waits for the connection, so that the next attempt follows at once.
	 */
	private async pauseWhileRefused(refused: AgentCredentials): Promise<void> {
		const { clock, policy, isAwaited } = this.options;
		const until = clock.now() + this.refusedRetry.next();
		// Many sends with a bad token, one after the other, must not become as many attempts at once.
		if (!(await this.pause(policy.refusedAwaited))) return;
		while (!isAwaited() && clock.now() < until) {
			const pausing = this.pause(Math.min(policy.credentialCheck, until - clock.now()));
			this.refusedPause = this.pausing;
			const hasEnded = await pausing;
			this.refusedPause = undefined;
			if (!hasEnded) return;
			const credentials = await this.options.credentials().catch(() => undefined);
			if (!credentials || credentialsKey(credentials) !== credentialsKey(refused)) return;
		}
	}

	/**
	 * Ends early on close and on `renew`. Returns whether the whole time has passed. Its signal is
	 * not derived from `closing`, because Node.js 20 keeps a trace of each derived signal. A server
	 * that is away for a week would leave 100,000 of them.
	 */
	private async pause(ms: number): Promise<boolean> {
		const pausing = new AbortController();
		this.pausing = pausing;
		if (this.isClosed()) pausing.abort();
		await pause(this.options.clock, ms, pausing.signal);
		this.pausing = undefined;
		return !pausing.signal.aborted;
	}

	/** A change of state is told once; a repeated failure of the same kind is not. */
	private enter(state: ConnectionState, detail: string): void {
		this.currentDetail = detail;
		if (state === this.currentState) return;
		assertTransition(this.currentState, state);
		this.currentState = state;
		this.options.listener.stateChanged(state, detail);
	}
}

/** The end of an attempt that had not even begun. */
function unreachable(error: unknown): AttemptEnd {
	const remedy = error instanceof AgentClubError ? error.remedy : undefined;
	return { how: 'unreachable', detail: describeError(error), remedy };
}
