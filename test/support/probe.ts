import { EventEmitter, once } from 'node:events';
import { type Socket, io } from 'socket.io-client';

/**
 * One thing that happened to a socket, in order: an event of the server, or `connect`,
 * `connect_error`, `disconnect`.
 */
export interface Happening {
	readonly event: string;
	/** The event's first argument; undefined where it has none. */
	readonly payload: unknown;
}

export type Payload = Record<string, unknown>;

export interface ProbeOptions {
	/** Left out: connects without any `auth`. */
	readonly token?: string;
	readonly transports?: ('websocket' | 'polling')[];
}

/** A server on MariaDB took more than 10 s for one of 20 sends, on a busy machine. */
const PATIENCE_MS = 25_000;
const LATER_QUESTIONS = 5;

/**
 * A bare socket.io client that writes down all that it sees: the contract suite's eyes, with none
 * of our client's opinions.
 */
export class Probe {
	readonly happenings: Happening[] = [];
	private readonly taken = new Set<Happening>();
	private readonly news = new EventEmitter();
	/** How often `settle` went there and back. */
	roundTrips = 0;
	readonly socket: Socket;

	constructor(url: string, { token, transports = ['websocket'] }: ProbeOptions) {
		const auth = token === undefined ? {} : { auth: { agent_token: token } };
		const { origin, pathname } = new URL(url);
		// A path after the host would name a namespace for socket.io: a server's sub-path has to be
		// said apart.
		const path = `${pathname.replace(/\/$/, '')}/socket.io/`;
		this.socket = io(origin, {
			...auth,
			path,
			transports,
			forceNew: true,
			autoConnect: false,
			reconnection: false,
		});
		this.socket.onAny((event: string, payload: unknown) => {
			this.write(event, payload);
		});
		for (const event of ['connect', 'connect_error', 'disconnect']) {
			this.socket.on(event, (payload: unknown) => {
				this.write(event, payload);
			});
		}
	}

	/**
	 * Resolves when the server has accepted the connection; what came before that is in `happenings`.
	 */
	async open(): Promise<this> {
		this.socket.connect();
		await this.until('connect', 'connect_error');
		const [failure] = this.named('connect_error');
		if (failure) throw failure.payload as Error;
		return this;
	}

	/** Resolves with the error that the server, or the network, refuses the connection with. */
	async refused(): Promise<Error> {
		return await this.open().then(
			() => Promise.reject(new Error('the connection was accepted')),
			(error: unknown) => error as Error,
		);
	}

	/** The next event of this name that `next` has not given out yet, come or still to come. */
	async next(event: string): Promise<Payload> {
		const happening = await this.until(event);
		this.taken.add(happening);
		return happening.payload as Payload;
	}

	/**
	 * The first event of one of these names that `next` has not given out yet; it stays there for
	 * `next`.
	 */
	async until(...events: string[]): Promise<Happening> {
		const patience = AbortSignal.timeout(PATIENCE_MS);
		for (;;) {
			const found = this.named(...events).find((happening) => !this.taken.has(happening));
			if (found) return found;
			await once(this.news, 'written', { signal: patience }).catch((cause: unknown) => {
				const what = `waited in vain for ${events.join(' or ')}; there was: ${this.events.join(', ')}`;
				throw new Error(what, { cause });
			});
		}
	}

	/** Emits and resolves with the arguments of the server's answer, `[]` for one without. */
	async ask(event: string, ...args: unknown[]): Promise<unknown[]> {
		return await new Promise((resolve, reject) => {
			this.socket
				.timeout(PATIENCE_MS)
				.emit(event, ...args, (error: Error | null, ...answer: unknown[]) => {
					if (error) reject(new Error(`no answer to ${event}`, { cause: error }));
					else resolve(answer);
				});
		});
	}

	/**
	 * Whether an answer came by the time that several later questions on this socket, one after the
	 * other, had theirs.
	 */
	async isAnswered(event: string, ...args: unknown[]): Promise<boolean> {
		let answered = false;
		this.socket.emit(event, ...args, () => (answered = true));
		for (let question = 0; question < LATER_QUESTIONS; question++) await this.settle();
		return answered;
	}

	/**
	 * A round trip: what the server had put on its way to this socket before has arrived after it.
	 */
	async settle(): Promise<void> {
		await this.ask('heartbeat');
		this.roundTrips++;
	}

	/** The payloads of all events of this name so far, in order. */
	all(event: string): Payload[] {
		return this.named(event).map(({ payload }) => payload as Payload);
	}

	/** The names of what has happened so far, in order; the round trips of `settle` are left out. */
	get events(): string[] {
		return this.happenings.map(({ event }) => event).filter((event) => event !== 'heartbeat_ack');
	}

	/** Forgets what has happened so far, so that `events` tells what happens from here on. */
	forget(): void {
		this.happenings.length = 0;
	}

	close(): void {
		this.socket.disconnect();
	}

	private named(...events: string[]): Happening[] {
		return this.happenings.filter(({ event }) => events.includes(event));
	}

	private write(event: string, payload: unknown): void {
		this.happenings.push({ event, payload });
		this.news.emit('written');
	}
}
