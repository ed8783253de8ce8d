import { unlessCancelled } from '../cancellation';
import type { Clock } from '../clock';
import { AgentClubError, describeError } from '../errors';
import { RecentIds } from '../recent';
import { Slots } from '../slots';
import { chatKey } from '../protocol/chat';
import type { Message } from '../protocol/message';
import { type Outgoing, payloadOf } from './compose';
import { type Confirmation, isSameMessage, PendingSend, type Reading } from './pending-send';
import { LookUp, type LookUpPort } from './look-up';
import { ofAnother, outcomeUnknown, refused } from './outcomes';

/** What the outbox needs of the agent. */
export interface OutboxPort extends LookUpPort {
	/**
	 * Resolves when there is a connection.
	 * @throws AgentClubError OFFLINE, TOKEN_REFUSED, CANCELLED, ...
	 */
	whenReady(deadline: number, signal: AbortSignal | undefined): Promise<void>;
	/** Whether there is one now; asked again by what had to wait for its turn. */
	isReady(): boolean;
	/** @throws AgentClubError TIMEOUT, UNREACHABLE */
	request(payload: unknown, timeoutMs: number): Promise<unknown[]>;
}

/** A message that has left. */
interface Left {
	readonly outgoing: Outgoing;
	/** The agent that sent it. */
	readonly sender: string | undefined;
	/** Wall time, ms. */
	readonly startedAt: number;
	/** Monotonic ms until which its outcome is looked for. */
	readonly until: number;
}

/** ms for the server's answer to one send. */
const ANSWER_TIMEOUT = 20_000;
/**
 * ms that a send waits for a connection, from when it was given: those that wait behind others give
 * up with the first one.
 */
const CONNECTION_DEADLINE = 60_000;
/** ms for the outcome of a send that has left, with looking it up and sending it again. */
const OUTCOME_DEADLINE = 60_000;
/**
 * Sends in flight at once. The server uses one connection to its database for each, and PostgreSQL
 * takes 100: what goes beyond is neither stored nor answered (docs/compatibility.md).
 */
const MOST_AT_ONCE = 32;
const REMEMBERED_SENDS = 1024;
const NOT_SENT = 'The message was not sent';

/**
 * Sends messages, each with exactly one outcome. Within a chat one after the other. Several chats
 * at once, up to a limit, only if this connection has answered a send with an object. The `error`
 * event of older servers names no message.
 */
export class Outbox {
	private readonly tails = new Map<string, Promise<void>>();
	private readonly slots = new Slots(1);
	private readonly inFlight = new Set<PendingSend>();
	/** Sends whose turn has come, until their outcome is known. */
	private readonly undecided = new Set<Outgoing>();
	private readonly confirmed = new RecentIds(REMEMBERED_SENDS);
	private readonly history: LookUp;
	private onIdle: (() => void) | undefined;

	constructor(
		private readonly clock: Clock,
		private readonly port: OutboxPort,
	) {
		this.history = new LookUp(clock, port, (messageId) => this.confirmed.has(messageId));
	}

	/**
	 * Calls back as soon as nothing is in flight, perhaps at once; of several callbacks the last one
	 * counts.
	 */
	whenIdle(callback: () => void): void {
		if (this.inFlight.size === 0) callback();
		else this.onIdle = callback;
	}

	/**
	 * Sends behind whatever was given for the same chat before. Until it has left, it ends at once
	 * when it is cancelled.
	 * @param leftAt wall time (ms) when it left in an earlier try whose outcome nobody knows. It
	 * leaves again only where the chat's history does not have it.
	 * @throws AgentClubError REFUSED, OFFLINE, OUTCOME_UNKNOWN, CANCELLED
	 */
	send(outgoing: Outgoing, signal?: AbortSignal, leftAt?: number): Promise<Confirmation> {
		const key = chatKey(outgoing.chat);
		const before = this.tails.get(key);
		// Awaits only if there is something to wait for, because each `await` of a send counts
		// (`npm run bench -- sends`).
		const hasToWait = before !== undefined || signal?.aborted === true || !this.port.isReady();
		const sending = hasToWait
			? this.inTurn(before, outgoing, signal, leftAt)
			: this.deliver(outgoing, signal, leftAt);
		// The next send in the chat waits for all before it, also where this one was called off, and
		// goes on whatever becomes of them.
		const tail = bothOver(before, sending).then(() => {
			if (this.tails.get(key) === tail) this.tails.delete(key);
		});
		this.tails.set(key, tail);
		return sending;
	}

	/**
	 * One of the agent's messages arrived on the wire. One that can be none of this process is
	 * another process's, and no later look into the history takes it for ours.
	 */
	sawOwn(message: Message): void {
		for (const pending of this.inFlight) if (pending.sawEcho(message)) return;
		for (const outgoing of this.undecided) if (isSameMessage(message, outgoing)) return;
		this.confirmed.add(message.id);
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

	private async inTurn(
		before: Promise<unknown> | undefined,
		outgoing: Outgoing,
		signal: AbortSignal | undefined,
		leftAt: number | undefined,
	): Promise<Confirmation> {
		const until = this.clock.now() + CONNECTION_DEADLINE;
		if (before) await unlessCancelled(before, signal, NOT_SENT);
		await this.port.whenReady(until - this.clock.now(), signal);
		return this.deliver(outgoing, signal, leftAt);
	}

	private async deliver(
		outgoing: Outgoing,
		signal: AbortSignal | undefined,
		leftAt: number | undefined,
	): Promise<Confirmation> {
		this.undecided.add(outgoing);
		try {
			return (
				(leftAt !== undefined && (await this.foundOf(outgoing, leftAt))) ||
				(await this.untilDecided(outgoing, signal))
			);
		} finally {
			this.undecided.delete(outgoing);
		}
	}

	/** What became of it in an earlier try. */
	private async foundOf(outgoing: Outgoing, leftAt: number): Promise<Confirmation | undefined> {
		const found = await this.history.find(outgoing, leftAt, this.clock.now() + OUTCOME_DEADLINE);
		if (found) this.confirmed.add(found.messageId);
		return found;
	}

	private async untilDecided(
		outgoing: Outgoing,
		signal: AbortSignal | undefined,
	): Promise<Confirmation> {
		for (const until = this.clock.now() + OUTCOME_DEADLINE; ; ) {
			if (!this.slots.takeNow()) await this.takeSlot(signal);
			const startedAt = this.clock.wallTime();
			const sender = this.port.selfId();
			const result = await this.transmit(outgoing);
			const found =
				result?.kind === 'confirmed'
					? result.confirmation
					: result && (await this.outcomeOf(result, { outgoing, sender, startedAt, until }));
			if (found) {
				this.confirmed.add(found.messageId);
				return found;
			}
			await this.port.whenReady(until - this.clock.now(), signal);
		}
	}

	/** Waits until nothing stands in the way of one more send on the connection. */
	private async takeSlot(signal: AbortSignal | undefined): Promise<void> {
		const taken = this.slots.take();
		try {
			await unlessCancelled(taken, signal, NOT_SENT);
		} catch (error) {
			void taken.then(() => {
				this.slots.release();
			});
			throw error;
		}
	}

	/**
	 * With a slot, which is free after that. Undefined where the connection is about to be renewed:
	 * it takes nothing any more.
	 */
	private async transmit(
		outgoing: Outgoing,
	): Promise<Reading | { kind: 'lost' | 'unanswered' } | undefined> {
		const pending = new PendingSend(outgoing);
		try {
			if (!this.port.isReady()) return undefined;
			if (outgoing.by !== undefined && outgoing.by !== this.port.selfId()) throw ofAnother();
			this.inFlight.add(pending);
			const reading = pending.read(await this.port.request(payloadOf(outgoing), ANSWER_TIMEOUT));
			if (reading.kind === 'confirmed' && reading.answersObjects) this.slots.resize(MOST_AT_ONCE);
			return reading;
		} catch (error) {
			if (
				!(error instanceof AgentClubError) ||
				(error.code !== 'TIMEOUT' && error.code !== 'UNREACHABLE')
			)
				throw error;
			const reading = pending.withoutAnswer();
			return reading.kind === 'silent'
				? { kind: error.code === 'TIMEOUT' ? 'unanswered' : 'lost' }
				: reading;
		} finally {
			this.inFlight.delete(pending);
			this.slots.release();
			if (this.inFlight.size === 0) this.reportIdle();
		}
	}

	/** Undefined where the message has to be sent again. */
	private async outcomeOf(
		result: Exclude<Reading, { kind: 'confirmed' }> | { kind: 'lost' | 'unanswered' },
		left: Left,
	): Promise<Confirmation | undefined> {
		if (result.kind === 'refused') return this.unlessRefused(result, left.outgoing, left.startedAt);
		const found = await this.lookUp(left);
		// Only a broken connection is worth another try, and only now that the history says that
		// nothing arrived.
		if (found || (result.kind === 'lost' && this.clock.now() < left.until)) return found;
		throw outcomeUnknown(
			'the server did not answer, and the message is not in the history',
			left.outgoing.chat,
			left.startedAt,
		);
	}

	/**
	 * An `error` event may be somebody else's, of a send that was given up for example: what stands
	 * in the chat was not refused.
	 */
	private async unlessRefused(
		{ by, serverText }: Reading & { kind: 'refused' },
		outgoing: Outgoing,
		startedAt: number,
	): Promise<Confirmation> {
		const found = by === 'event' ? await this.history.glance(outgoing, startedAt) : undefined;
		if (found) return found;
		throw refused(serverText, outgoing.chat);
	}

	/** What is begun must be answered for, so a cancelled execution still looks. */
	private async lookUp({
		outgoing,
		sender,
		startedAt,
		until,
	}: Left): Promise<Confirmation | undefined> {
		try {
			await this.port.whenReady(until - this.clock.now(), undefined);
		} catch (error) {
			throw outcomeUnknown(
				`its fate could not be looked up: ${describeError(error)}`,
				outgoing.chat,
				startedAt,
			);
		}
		// The other agent's history does not tell, and it must not say it once more.
		if (this.port.selfId() !== sender) {
			throw outcomeUnknown('the token belongs to another agent now', outgoing.chat, startedAt);
		}
		return this.history.find(outgoing, startedAt, until);
	}

	private reportIdle(): void {
		const callback = this.onIdle;
		this.onIdle = undefined;
		callback?.();
	}
}

/** Keeps no result: each tail would hold those of all sends before it. */
async function bothOver(before: Promise<void> | undefined, sending: Promise<unknown>) {
	if (before) await before;
	await sending.catch(() => undefined);
}
