import { type Clock, pause } from '../clock';
import { AgentClubError, describeError } from '../errors';
import type { HistorySource } from '../http/agent-http';
import type { Message } from '../protocol/message';
import type { Outgoing } from './compose';
import { type Confirmation, confirmationOf, isSameMessage } from './pending-send';
import { outcomeUnknown, refused } from './outcomes';

/** What looking something up needs of the agent. */
export interface LookUpPort {
	readonly history: HistorySource;
	/** Whether the chat is one of the agent's. */
	isMember(chat: Outgoing['chat']): Promise<boolean>;
	selfId(): string | undefined;
}

/**
 * ms before something is looked for a second time, or asked again: a slow server may still be
 * writing.
 */
const SECOND_LOOK = 2000;
/**
 * Seconds by which a message may look older than its send, for clocks are read in whole seconds
 * over HTTP.
 */
const CLOCK_MARGIN = 2;
/** Pages of history that are read for one look, in a chat where much was said since. */
const MOST_PAGES = 10;

/**
 * Looks for messages of unknown fate in the history of their chats: no server has an idempotency
 * key.
 */
export class LookUp {
	constructor(
		private readonly clock: Clock,
		private readonly port: LookUpPort,
		/** Messages that are known to be other sends. */
		private readonly isTaken: (messageId: string) => boolean,
	) {}

	/**
	 * Looks twice, and asks again until `until` (monotonic ms) where the server fails.
	 * @param startedAt wall time (ms) when the message left
	 * @throws AgentClubError OUTCOME_UNKNOWN where nobody can tell, REFUSED for a chat that was never
	 * the agent's
	 */
	async find(
		outgoing: Outgoing,
		startedAt: number,
		until: number,
	): Promise<Confirmation | undefined> {
		try {
			const first = await this.ask(outgoing, startedAt, until);
			if (first) return first;
			await pause(this.clock, SECOND_LOOK);
			return await this.ask(outgoing, startedAt, until);
		} catch (error) {
			if (
				error instanceof AgentClubError &&
				error.code === 'REFUSED' &&
				(error.status === undefined || (await this.isForeign(outgoing)))
			)
				throw error;
			throw outcomeUnknown(
				`its fate could not be looked up: ${describeError(error)}`,
				outgoing.chat,
				startedAt,
			);
		}
	}

	/**
	 * A refused history of a chat that is not the agent's tells that the message was refused too. A
	 * group may have been left since it was sent; a direct chat cannot be left.
	 */
	private async isForeign({ chat }: Outgoing): Promise<boolean> {
		return chat.type !== 'group' && !(await this.port.isMember(chat).catch(() => true));
	}

	/** Looks once, and for no longer than one answer takes; undefined also where nobody can tell. */
	async glance(outgoing: Outgoing, startedAt: number): Promise<Confirmation | undefined> {
		return this.look(outgoing, startedAt).catch(() => undefined);
	}

	private async ask(
		outgoing: Outgoing,
		startedAt: number,
		until: number,
	): Promise<Confirmation | undefined> {
		for (;;) {
			try {
				return await this.look(outgoing, startedAt);
			} catch (error) {
				if (!isPassing(error) || this.clock.now() + SECOND_LOOK >= until) throw error;
				await pause(this.clock, SECOND_LOOK);
			}
		}
	}

	private async look(outgoing: Outgoing, startedAt: number): Promise<Confirmation | undefined> {
		let before: number | undefined;
		for (let page = 0; page < MOST_PAGES; page += 1) {
			const request = before === undefined ? {} : { before };
			const { messages, serverTime } = await this.port.history(outgoing.chat, request);
			const now = this.clock.wallTime();
			const earliest = (serverTime ?? now / 1000) - (now - startedAt) / 1000 - CLOCK_MARGIN;
			const match = messages.find(
				(message) => message.createdAt >= earliest && this.isOurs(message, outgoing),
			);
			if (match) return this.checked(confirmationOf(match, 'history'), outgoing);
			before = messages[0]?.createdAt;
			if (before === undefined || before < earliest) return undefined;
		}
		throw new AgentClubError('BAD_ANSWER', 'too much was said in the chat since');
	}

	private isOurs(message: Message, outgoing: Outgoing): boolean {
		return (
			message.sender.id === this.port.selfId() &&
			!this.isTaken(message.id) &&
			isSameMessage(message, outgoing)
		);
	}

	/**
	 * The oldest servers save a send into a foreign direct chat without an error, although nobody
	 * will ever see it (`test/contract/sending.test.ts`). All servers check groups. So a message that
	 * stands in a group was accepted, even if the agent has left since.
	 */
	private async checked(found: Confirmation, { chat }: Outgoing): Promise<Confirmation> {
		if (chat.type === 'group' || (await this.port.isMember(chat))) return found;
		throw refused('the agent does not take part in this chat', chat);
	}
}

/** The server fails for the moment, or a gateway in front of it answers in its place. */
function isPassing(error: unknown): boolean {
	return error instanceof AgentClubError && (error.retriable || error.code === 'NOT_AGENT_CLUB');
}
