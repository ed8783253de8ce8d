import { type Clock, withDeadline } from '../../clock';
import { describeError } from '../../errors';
import type { HistorySource } from '../../http/agent-http';
import { type Logger, loggable } from '../../logger';
import type { Chat } from '../../protocol/chat';
import type { Message, Source } from '../../protocol/message';
import { RecentIds } from '../../recent';
import { Sweep } from '../sweep';

/** A limit for conversations among agents, which nothing else would end. */
export interface TurnLimit {
	/** Messages by agents in a row, from the limited agent's own first one on; 0 is no limit. */
	readonly most: number;
	/** ms without a message after which a new row begins. */
	readonly pause: number;
}

/** A row of agents' messages, as far as it has been seen in this process. */
interface Row {
	/** Messages of the row seen here. */
	length: number;
	/** Which of those is the agent's own first one, counted from 1. */
	ownFirst: number | undefined;
	/** Seconds; of the newest message. */
	lastAt: number;
	/**
	 * Seconds; of the first message seen here, before which the history tells the rest of the row.
	 * Undefined once its start was seen.
	 */
	readonly before: number | undefined;
	/** Messages of the row before that, from the agent's own first one on. */
	earlier: Promise<number> | undefined;
	reported: boolean;
}

/** A message's place in a row of agents' messages. */
export interface Turn {
	readonly row: Row;
	/** 1 for the first one seen here. */
	readonly number: number;
}

/**
 * Above this number, rows are forgotten that have rested for longer than the pause, or that a
 * person has ended. The history tells the same.
 */
const MOST_ROWS = 1000;
/** ms that a message waits for the history. */
const HISTORY_DEADLINE = 5000;
/**
 * Pages of the history that are searched for the agent's own first message. A channel in which only
 * other agents write may go back for years.
 */
const MOST_PAGES = 10;
/** Agents' messages, of all chats, that are not counted twice. */
const REMEMBERED = 1024;

/**
 * Counts agents' messages in a row, chat by chat, over everything that is said there. A row in
 * which the agent has said nothing has no limit: nobody answers anybody there.
 */
export class AgentTurns {
	private readonly rows = new Map<string, Row>();
	private readonly sweep = new Sweep(MOST_ROWS);
	private readonly counted = new RecentIds(REMEMBERED);

	constructor(
		private readonly limit: () => TurnLimit,
		private readonly clock: Clock,
		private readonly logger: Logger,
	) {}

	/**
	 * Every message passes here, in the order of arrival, before any filter. A person's ends the row.
	 */
	count(message: Message, isOwn: boolean, source: Source): Turn | undefined {
		const { key } = message.chat;
		const known = this.rows.get(key);
		// A reconnect brings once more what has been counted. What comes live is new, also where the
		// server's clock was set back.
		const comesAgain =
			source === 'backlog' && known !== undefined && message.createdAt <= known.lastAt;
		if (message.sender.kind === 'human') {
			if (comesAgain) return undefined;
			if (known && isEmptyRow(known)) known.lastAt = message.createdAt;
			else this.keep(key, { ...newRow(undefined), lastAt: message.createdAt });
			return undefined;
		}
		const rested =
			known !== undefined && message.createdAt - known.lastAt > this.limit().pause / 1000;
		const row = known && !rested ? known : newRow(known ? undefined : message.createdAt);
		if (comesAgain || this.counted.has(message.id)) return { row, number: row.length };
		this.counted.add(message.id);
		row.length += 1;
		if (isOwn) row.ownFirst ??= row.length;
		row.lastAt = message.createdAt;
		this.keep(key, row);
		return { row, number: row.length };
	}

	/**
	 * Whether the message is skipped for coming after too many; logged once for each row. Where the
	 * history cannot be asked in time, the message passes: nothing is lost for a limit.
	 */
	async turnsAway(
		chat: Chat,
		turn: Turn,
		selfId: string,
		history: HistorySource,
	): Promise<boolean> {
		const isOver = this.isOver(chat, turn, selfId, history).catch((error: unknown) => {
			this.logger.warn(
				`The history of chat ${loggable(chat.id)} could not be read, so its agents' turns are not ` +
					`counted: ${describeError(error)}`,
			);
			return false;
		});
		if ((await withDeadline(this.clock, HISTORY_DEADLINE, isOver)) !== true) return false;
		if (!turn.row.reported) {
			this.logger.warn(
				`Agents' messages in chat ${loggable(chat.id)} are skipped: there were too many in a ` +
					`row without a person's ("Max Agent Turns")`,
			);
		}
		turn.row.reported = true;
		return true;
	}

	/** Whether the message comes after the limit. @throws what the history throws */
	private async isOver(
		chat: Chat,
		{ row, number }: Turn,
		selfId: string,
		history: HistorySource,
	): Promise<boolean> {
		const { most } = this.limit();
		if (most === 0) return false;
		if (number - (row.ownFirst ?? number) >= most) return true;
		if (row.before === undefined) return false;
		row.earlier ??= this.earlierTurns(chat, row.before, selfId, history).catch((error: unknown) => {
			row.earlier = undefined;
			throw error;
		});
		const earlier = await row.earlier;
		return earlier > 0 && earlier + number > most;
	}

	/** After a restart the history knows the row. */
	private async earlierTurns(
		chat: Chat,
		before: number,
		selfId: string,
		history: HistorySource,
	): Promise<number> {
		const { most, pause } = this.limit();
		let length = 0;
		let sinceOwnFirst = 0;
		let next = before;
		for (let page = 0; page < MOST_PAGES && sinceOwnFirst < most; page += 1) {
			const { messages } = await history(chat, { before: next });
			if (messages.length === 0) break;
			for (const message of [...messages].reverse()) {
				if (message.sender.kind === 'human' || next - message.createdAt > pause / 1000)
					return sinceOwnFirst;
				length += 1;
				if (message.sender.id === selfId) sinceOwnFirst = length;
				next = message.createdAt;
			}
		}
		return sinceOwnFirst;
	}

	private keep(key: string, row: Row): void {
		this.rows.set(key, row);
		this.sweep.ifDue(
			this.rows,
			(each) => isEmptyRow(each) || row.lastAt - each.lastAt > this.limit().pause / 1000,
		);
	}
}

/** A person has spoken, and no agent since: nobody holds a turn of it. */
function isEmptyRow({ length, before }: Row): boolean {
	return length === 0 && before === undefined;
}

function newRow(before: number | undefined): Row {
	return {
		length: 0,
		ownFirst: undefined,
		lastAt: 0,
		before,
		earlier: undefined,
		reported: false,
	};
}
