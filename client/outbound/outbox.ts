import { type Clock, pause } from '../clock';
import { AgentClubError, describeError } from '../errors';
import { loggable } from '../logger';
import { RecentIds } from '../recent-ids';
import { Slots } from '../slots';
import { chatKey } from '../protocol/chat';
import type { Message } from '../protocol/message';
import { type Outgoing, payloadOf } from './compose';
import { type Confirmation, confirmationOf, isSameMessage, PendingSend, type Reading } from './confirm';

/** What the outbox needs of the agent. */
export interface OutboxPort {
	/** Resolves when there is a connection. @throws AgentClubError OFFLINE, TOKEN_REFUSED, CANCELLED, ... */
	whenReady(deadline: number, signal: AbortSignal | undefined): Promise<void>;
	/** Whether there is one now, for what had to wait for its turn. */
	isReady(): boolean;
	/** @throws AgentClubError TIMEOUT, UNREACHABLE */
	request(payload: unknown, timeoutMs: number): Promise<unknown[]>;
	/** The chat's newest messages, oldest first, and the server's clock in seconds. */
	recentHistory(chat: Outgoing['chat']): Promise<{ messages: readonly Message[]; serverTime: number | null }>;
	/** Whether the chat is one of the agent's. */
	isMember(chat: Outgoing['chat']): Promise<boolean>;
	selfId(): string | undefined;
}

/** ms for the server's answer to one send. */
const ANSWER_TIMEOUT = 20_000;
/** ms that a send may take in all, waiting for a connection included. */
const SEND_DEADLINE = 60_000;
/** ms before an answer that never came is looked for a second time: a slow server may still be writing. */
const SECOND_LOOK = 2000;
/** Seconds by which a message may look older than its send, for clocks are read in whole seconds over HTTP. */
const CLOCK_MARGIN = 2;
const REMEMBERED_SENDS = 1024;

/**
 * Sends messages, each with exactly one outcome. Within a chat one after the other; over several chats at once only where this
 * connection has been seen to answer sends with an object, because an `error` event of older servers names no message.
 */
export class Outbox {
	private readonly tails = new Map<string, Promise<unknown>>();
	private readonly slots = new Slots(1);
	private readonly inFlight = new Set<PendingSend>();
	private readonly confirmed = new RecentIds(REMEMBERED_SENDS);
	private onIdle: (() => void) | undefined;

	constructor(
		private readonly clock: Clock,
		private readonly port: OutboxPort,
	) {}

	/** Calls back as soon as nothing is in flight, perhaps at once; of several callbacks the last one counts. */
	whenIdle(callback: () => void): void {
		if (this.inFlight.size === 0) callback();
		else this.onIdle = callback;
	}

	/**
	 * Sends behind whatever was given for the same chat before.
	 * @throws AgentClubError REFUSED, OFFLINE, OUTCOME_UNKNOWN, CANCELLED
	 */
	send(outgoing: Outgoing, signal?: AbortSignal): Promise<Confirmation> {
		const key = chatKey(outgoing.chat);
		const before = this.tails.get(key) ?? Promise.resolve();
		const sending = before.then(() => this.deliver(outgoing, signal));
		const tail = sending.then(
			() => undefined,
			() => undefined, // told to the caller; the next send in the chat goes on
		);
		this.tails.set(key, tail);
		void tail.then(() => {
			if (this.tails.get(key) === tail) this.tails.delete(key);
		});
		return sending;
	}

	/** One of our own messages arrived on the wire. */
	sawOwn(message: Message): void {
		for (const pending of this.inFlight) if (pending.sawEcho(message)) return;
	}

	/** An `error` event arrived. With several sends in flight their answers say more. */
	sawError(text: string): void {
		if (this.inFlight.size !== 1) return;
		for (const pending of this.inFlight) pending.sawError(text);
	}

	/** The connection is gone: the next one has to show again how it answers. */
	lost(): void {
		this.slots.resize(1);
	}

	private async deliver(outgoing: Outgoing, signal: AbortSignal | undefined): Promise<Confirmation> {
		const until = this.clock.now() + SEND_DEADLINE;
		for (;;) {
			await this.port.whenReady(until - this.clock.now(), signal);
			const startedAt = this.clock.wallTime();
			const result = await this.transmit(outgoing, signal);
			if (result.kind === 'not sent') continue;
			if (result.kind === 'confirmed') return this.remember(result.confirmation);
			if (result.kind === 'refused') throw refused(result.serverText);
			const found = await this.lookUp(outgoing, startedAt, until);
			if (found) return this.remember(found);
			// Only a broken connection is worth a second try, and only now that the history says that nothing arrived.
			if (result.kind !== 'lost') throw unknown('the server did not answer, and the message is not in the history of the chat');
		}
	}

	private async transmit(outgoing: Outgoing, signal: AbortSignal | undefined): Promise<Reading | { kind: 'lost' | 'unanswered' | 'not sent' }> {
		const release = await this.slots.take();
		const pending = new PendingSend(outgoing);
		try {
			if (signal?.aborted) throw new AgentClubError('CANCELLED', 'The message was not sent: the execution was cancelled');
			if (!this.port.isReady()) return { kind: 'not sent' };
			this.inFlight.add(pending);
			const reading = pending.read(await this.port.request(payloadOf(outgoing), ANSWER_TIMEOUT));
			if (reading.kind === 'confirmed' && reading.answersObjects) this.slots.resize(Number.POSITIVE_INFINITY);
			return reading;
		} catch (error) {
			if (!(error instanceof AgentClubError) || (error.code !== 'TIMEOUT' && error.code !== 'UNREACHABLE')) throw error;
			const reading = pending.withoutAnswer();
			return reading.kind === 'silent' ? { kind: error.code === 'TIMEOUT' ? 'unanswered' : 'lost' } : reading;
		} finally {
			this.inFlight.delete(pending);
			if (this.inFlight.size === 0) this.reportIdle();
			release();
		}
	}

	/** Looks for a message of unknown fate in the chat's history: no server has an idempotency key. */
	private async lookUp(outgoing: Outgoing, startedAt: number, until: number): Promise<Confirmation | undefined> {
		try {
			// What is begun must be answered for, so a cancelled execution still looks.
			await this.port.whenReady(until - this.clock.now(), undefined);
			let found = await this.findInHistory(outgoing, startedAt);
			if (!found) {
				// A slow server may still be writing, also for a connection that is gone.
				await pause(this.clock, SECOND_LOOK);
				found = await this.findInHistory(outgoing, startedAt);
			}
			// The oldest servers save a send into a foreign direct chat without a word (measured), where nobody will ever see it.
			if (!found || (await this.port.isMember(outgoing.chat))) return found;
		} catch (error) {
			throw unknown(`its fate could not be looked up: ${describeError(error)}`);
		}
		throw refused('the agent does not take part in this chat');
	}

	private async findInHistory(outgoing: Outgoing, startedAt: number): Promise<Confirmation | undefined> {
		const { messages, serverTime } = await this.port.recentHistory(outgoing.chat);
		const now = this.clock.wallTime();
		const earliest = (serverTime ?? now / 1000) - (now - startedAt) / 1000 - CLOCK_MARGIN;
		const selfId = this.port.selfId();
		const match = messages.find(
			(message) =>
				message.sender.id === selfId && message.createdAt >= earliest && !this.confirmed.has(message.id) && isSameMessage(message, outgoing),
		);
		return match && confirmationOf(match, 'history');
	}

	private reportIdle(): void {
		const callback = this.onIdle;
		this.onIdle = undefined;
		callback?.();
	}

	private remember(confirmation: Confirmation): Confirmation {
		this.confirmed.add(confirmation.messageId);
		return confirmation;
	}
}

function refused(words: string): AgentClubError {
	const serverText = loggable(words);
	return new AgentClubError('REFUSED', `The server refused the message: ${serverText || 'it gave no reason'}`, {
		serverText,
		remedy: 'Check that the agent is a member of the group, or that the direct chat still exists.',
	});
}

function unknown(detail: string): AgentClubError {
	return new AgentClubError('OUTCOME_UNKNOWN', `Nobody can tell whether the message was sent: ${detail}`, {
		remedy: 'Look into the chat before sending it again.',
	});
}
