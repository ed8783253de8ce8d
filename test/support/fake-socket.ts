import type { SocketOpener } from '../../client/connection/attempt';
import type { AgentCredentials } from '../../client/connection/credentials';
import type { Transport } from '../../client/connection/transports';
import type { ClientEvent, SocketHandlers, WireSocket } from '../../client/connection/wire';
import { AgentClubError } from '../../client/errors';
import { settled } from './fake-clock';
import { AGENT } from './sample-messages';

export interface SentFrame {
	readonly event: ClientEvent;
	readonly payload: unknown;
	/** The server's answer; nothing for frames that ask for none. */
	answer(...args: unknown[]): Promise<void>;
	fail(code: 'TIMEOUT' | 'UNREACHABLE'): Promise<void>;
}

/** One attempt, seen from the server's side. */
export class FakeSocket implements WireSocket {
	readonly sent: SentFrame[] = [];
	bytes = 0;
	open = true;
	closed = false;
	/** Whether heartbeats are answered by themselves. */
	answersHeartbeats = false;

	constructor(
		readonly credentials: AgentCredentials,
		readonly transports: readonly Transport[],
		readonly handlers: SocketHandlers,
	) {}

	cast(event: ClientEvent, payload: unknown): void {
		this.sent.push({ event, payload, answer: settled, fail: settled });
	}

	beat(answered: () => void): void {
		if (this.answersHeartbeats) answered();
		this.sent.push({
			event: 'heartbeat',
			payload: undefined,
			answer: () => {
				answered();
				return settled();
			},
			fail: settled,
		});
	}

	request(event: ClientEvent, payload: unknown): Promise<unknown[]> {
		return new Promise((resolve, reject) => {
			this.sent.push({
				event,
				payload,
				answer: (...args) => {
					resolve(args);
					return settled();
				},
				fail: (code) => {
					reject(new AgentClubError(code, code));
					return settled();
				},
			});
		});
	}

	bytesRead(): number {
		return this.bytes;
	}

	isOpen(): boolean {
		return this.open;
	}

	close(): void {
		this.closed = true;
	}

	authOk(fields: Readonly<Record<string, unknown>> = {}): void {
		this.handlers.frame('auth_ok', {
			user_id: AGENT,
			display_name: 'Robo',
			role: 'agent',
			is_agent: 1,
			heartbeat_interval: 30,
			...fields,
		});
	}

	/** A whole handshake with nothing unread. */
	async accept(): Promise<void> {
		this.authOk();
		this.handlers.connected();
		await settled();
	}

	async refuse(text = 'Connection rejected by server'): Promise<void> {
		this.handlers.refused(text);
		await settled();
	}

	async fail(reason: string): Promise<void> {
		this.handlers.failed(reason);
		await settled();
	}

	/** Frames of one kind. */
	all(event: ClientEvent): SentFrame[] {
		return this.sent.filter((frame) => frame.event === event);
	}
}

/** Opens fake sockets and keeps them. */
export class FakeSockets {
	readonly sockets: FakeSocket[] = [];

	readonly open: SocketOpener = (credentials, transports, _clock, handlers) => {
		const socket = new FakeSocket(credentials, transports, handlers);
		this.sockets.push(socket);
		return socket;
	};

	get count(): number {
		return this.sockets.length;
	}

	get last(): FakeSocket {
		const last = this.sockets.at(-1);
		if (!last) throw new Error('no socket has been opened');
		return last;
	}
}
