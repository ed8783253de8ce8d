import { AgentClubError } from '../../client/errors';
import type { HistoryPage, HistoryRequest } from '../../client/http/agent-http';
import type { OutboxPort } from '../../client/outbound/outbox';
import type { Message } from '../../client/protocol/message';
import { AGENT, historyPage } from './sample-messages';
import { settled } from './fake-clock';

/** A send that has left, waiting for the test to say what becomes of it. */
export interface TransmittedSend {
	readonly payload: Record<string, unknown>;
	/** The server's answer: an object of the newest servers, or nothing. */
	answer(...args: unknown[]): Promise<void>;
	fail(code: 'TIMEOUT' | 'UNREACHABLE'): Promise<void>;
}

/** What the outbox asks of the agent, played by the test. */
export class FakeOutboxPort implements OutboxPort {
	readonly sends: TransmittedSend[] = [];
	/** How often the history was read. */
	looks = 0;
	/** What the server has of the chat, oldest first. */
	stored: Message[] = [];
	/** Seconds, as the server's clock has them; null where it tells none. */
	serverTime: number | null = null;
	members = true;
	ready: (signal: AbortSignal | undefined, deadline: number) => Promise<void> = (signal) =>
		signal?.aborted
			? Promise.reject(new AgentClubError('CANCELLED', 'called off'))
			: Promise.resolve();
	historyError: Error | undefined;
	/** The history by pages, newest first; `stored` counts where there are none. */
	pages: Message[][] = [];
	/** The `before` of each look. */
	readonly asked: Array<number | undefined> = [];

	whenReady(deadline: number, signal: AbortSignal | undefined): Promise<void> {
		return this.ready(signal, deadline);
	}

	/** Whether a send finds the connection at once, also after it has waited for its turn. */
	connected = true;

	isReady(): boolean {
		return this.connected;
	}

	request(payload: unknown): Promise<unknown[]> {
		return new Promise((resolve, reject) => {
			this.sends.push({
				payload: payload as Record<string, unknown>,
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

	history(_chat: unknown, { before }: HistoryRequest): Promise<HistoryPage> {
		this.looks += 1;
		this.asked.push(before);
		if (this.historyError) return Promise.reject(this.historyError);
		const older = this.stored.filter(
			(message) => before === undefined || message.createdAt < before,
		);
		return Promise.resolve(historyPage(this.pages.shift() ?? older, this.serverTime));
	}

	isMember(): Promise<boolean> {
		return Promise.resolve(this.members);
	}

	/** Whose the token is. */
	self = AGENT;

	selfId(): string {
		return this.self;
	}

	/** What was sent, in order. */
	get contents(): unknown[] {
		return this.sends.map(({ payload }) => payload.content);
	}

	get last(): TransmittedSend {
		const last = this.sends.at(-1);
		if (!last) throw new Error('nothing was sent');
		return last;
	}
}
