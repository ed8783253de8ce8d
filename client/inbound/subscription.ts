import { type Clock, withDeadline } from '../clock';
import { describeError } from '../errors';
import { type Logger, loggable } from '../logger';
import type { Chat } from '../protocol/chat';
import type { Message } from '../protocol/message';
import { RecentIds } from '../recent-ids';
import { AgentTurns } from './agent-turns';
import { judge, listensTo, type SkipReason } from './filter';
import type { Job } from './lane';
import { LaneWorker } from './lane-worker';
import type { Source } from './ledger';
import type { AgentContext } from './prepare';
import type { OpenLife, SubscriptionSettings, TriggerLife } from './trigger-life';

/** What a subscription needs of the inbox that it is in. */
export interface SubscriptionHost {
	readonly context: AgentContext | undefined;
	settled(id: string, subscription: Subscription): void;
	/** The message goes back unsettled; unless somebody else deals with it, it stays unread. */
	gaveBack(id: string, subscription: Subscription): void;
	/** An unmarked message more in `manually`. */
	freed(): void;
	showTyping(chat: Chat): () => void;
	reply(chat: Chat, text: string): void;
	/** A released subscription has nothing in flight any more. */
	emptied(subscription: Subscription): void;
}

/** Ids that count as done after their mark was confirmed. */
const RECENT_IDS = 1024;
/** ms that a message waits for the history. */
const HISTORY_DEADLINE = 5000;

/**
 * A trigger's place: its filters, its lanes, and what it has in flight. It outlives the trigger's single lives, so that
 * publishing a workflow again neither loses nor repeats anything.
 */
export class Subscription {
	/** Messages that were given to this trigger and are not done: in a lane or running (perhaps marked by the user already), or free but unmarked. */
	private readonly pending = new Map<string, 'lane' | 'marked' | 'free'>();
	/** Done, but the server has not confirmed the mark yet. */
	private readonly done = new Set<string>();
	private readonly recent = new RecentIds(RECENT_IDS);
	private readonly turns = new AgentTurns(() => this.settings?.agentTurns ?? { most: 0, pause: 0 });
	private readonly worker: LaneWorker;
	private life: OpenLife | undefined;
	/** Of the running life, and after it until the next one. */
	private settings: SubscriptionSettings | undefined;
	private host: SubscriptionHost | undefined;
	private released = false;
	private firstBatch = true;
	/** The agent whose messages are in the lanes. */
	private agentId: string | undefined;

	constructor(
		/** Workflow, node and mode. */
		readonly key: string,
		private readonly clock: Clock,
		private readonly logger: Logger,
	) {
		this.worker = new LaneWorker(clock, logger, {
			life: () => this.life,
			context: () => this.host?.context,
			isOverTurnLimit: (job, context) => this.isOverTurnLimit(job, context),
			finish: (job) => { this.finish(job); },
			free: (job) => { this.free(job); },
			giveBack: (job) => { this.giveBack(job.message.id); },
			giveBackIfReleased: (job) => this.giveBackIfReleased(job),
			showTyping: (chat) => this.host?.showTyping(chat) ?? (() => undefined),
			reply: (chat, text) => this.host?.reply(chat, text),
			rested: () => { this.reportIfEmpty(); },
		});
	}

	/** The running life, if there is one. */
	get current(): TriggerLife | undefined {
		return this.life?.trigger;
	}

	/** Whether the place has been given up and nothing of it is left. */
	get isOver(): boolean {
		return this.released && this.pending.size === 0;
	}

	/** Begins a life; an older one that was not closed is superseded. */
	attach(trigger: TriggerLife): void {
		this.life?.closing.abort();
		this.released = false;
		this.settings = trigger.settings;
		this.life = { trigger, closing: new AbortController() };
		// A chat that it does not listen to any more goes back as a whole: should it listen again, everything comes in order.
		for (const job of this.worker.drain((chat) => !this.listensTo(chat))) this.giveBack(job.message.id);
		if (trigger.settings.acknowledge !== 'manually') this.settleFree();
		this.worker.resume(trigger.settings.parallelExecutions);
	}

	/** Messages that ran in `manually` have had their execution; in any other mode nobody would ever mark them. */
	private settleFree(): void {
		for (const [id, state] of this.pending) {
			if (state !== 'free') continue;
			this.pending.delete(id);
			this.done.add(id);
			this.host?.settled(id, this);
		}
	}

	/** Ends a life: no execution is started any more; what is running may still settle. Answers false for one that is over. */
	detach(trigger: TriggerLife): boolean {
		if (this.life?.trigger !== trigger) return false;
		this.life.closing.abort();
		this.life = undefined;
		return true;
	}

	/** Gives up the place: what waits goes back unread; what is running may still settle. */
	release(): void {
		this.released = true;
		for (const job of this.worker.drain()) this.giveBack(job.message.id);
		for (const [id, state] of this.pending) if (state === 'free') this.giveBack(id);
		this.reportIfEmpty();
	}

	enter(host: SubscriptionHost): void {
		this.host = host;
	}

	/** The agent's identity is known; messages of another one are forgotten, for they cannot be marked with this token. */
	identified(agentId: string): void {
		if (this.agentId !== undefined && this.agentId !== agentId) this.forgetWaiting();
		this.agentId = agentId;
		this.worker.resume();
	}

	listensTo(chat: Chat): boolean {
		return !this.released && this.settings !== undefined && listensTo(this.settings.filter, chat);
	}

	/** The agent's own messages count as turns, and start nothing. */
	seeOwn(message: Message): void {
		this.turns.count(message);
	}

	/** Takes a message, or says why not: `pending` and `done` are duplicates of what it has. */
	offer(message: Message, source: Source, selfId: string): 'taken' | 'pending' | 'done' | SkipReason {
		const turn = this.turns.count(message);
		if (this.pending.has(message.id)) return 'pending';
		if (this.done.has(message.id) || this.recent.has(message.id)) return 'done';
		const reason = this.settings && judge(this.settings.filter, message, selfId);
		if (reason) return reason;
		if (source === 'backlog' && this.isLeftOut(message)) {
			// The connection may break before it is marked: it is left out of the next one's batch too.
			this.done.add(message.id);
			return 'backlog';
		}
		this.pending.set(message.id, 'lane');
		this.worker.add({ message, createdAt: message.createdAt, source, attempt: 1, turn, judgedBy: this.life });
		return 'taken';
	}

	/** Ids that are read on the server now. */
	confirmed(ids: readonly string[]): void {
		for (const id of ids) if (this.done.delete(id)) this.recent.add(id);
	}

	/** Whether it was given the message, and has not settled it. */
	holds(id: string): boolean { return this.pending.has(id); }

	/** Whether the message ran in `manually` and waits for its mark. */
	isFree(id: string): boolean {
		return this.pending.get(id) === 'free';
	}

	/** Whether only the Mark as Read operation moves the cursor. */
	get marksByHand(): boolean {
		return this.settings?.acknowledge === 'manually';
	}

	/** The message was marked read from outside (the operation, or another process); what is running goes on. */
	markedRead(id: string): void {
		if (this.isFree(id)) this.forgetMarked(id);
		else if (this.pending.has(id)) this.pending.set(id, 'marked');
	}

	/** The first batch has been judged: from now on nothing is left out. */
	firstBatchOver(): void {
		this.firstBatch = false;
	}

	private isLeftOut(message: Message): boolean {
		if (!this.firstBatch || !this.settings) return false;
		const { keep, maxAge } = this.settings.backlog;
		return keep === 'skip' || (keep === 'recent' && this.clock.wallTime() - 1000 * message.createdAt > maxAge);
	}

	/** Where the history cannot be asked in time, the message passes: nothing is lost for a limit. */
	private async isOverTurnLimit({ message, turn }: Job, context: AgentContext): Promise<boolean> {
		if (!turn) return false;
		const isOver = this.turns.isOver(message.chat, turn, context.historyBefore).catch((error: unknown) => {
			this.logger.warn(`The history for counting agents' turns could not be read: ${describeError(error)}`);
			return false;
		});
		if ((await withDeadline(this.clock, HISTORY_DEADLINE, isOver)) !== true) return false;
		if (this.turns.isNews(turn)) {
			this.logger.warn(`Agents' messages in chat ${loggable(message.chat.id)} are skipped: there were too many in a row without a person's ("Max Agent Turns")`);
		}
		return true;
	}

	private finish(job: Job): void {
		const { id } = job.message;
		this.pending.delete(id);
		this.done.add(id);
		this.host?.settled(id, this);
	}

	private free(job: Job): void {
		const { id } = job.message;
		if (this.pending.get(id) === 'marked') { this.forgetMarked(id); return; }
		if (this.giveBackIfReleased(job)) return;
		this.pending.set(id, 'free');
		this.host?.freed();
	}

	private forgetMarked(id: string): void {
		this.pending.delete(id);
		this.recent.add(id);
		this.host?.settled(id, this);
	}

	private giveBackIfReleased(job: Job): boolean {
		if (this.released) this.giveBack(job.message.id);
		return this.released;
	}

	private giveBack(id: string): void {
		this.pending.delete(id);
		this.host?.gaveBack(id, this);
	}

	private forgetWaiting(): void {
		for (const job of this.worker.drain()) this.pending.delete(job.message.id);
		for (const [id, state] of this.pending) if (state === 'free') this.pending.delete(id);
		this.done.clear();
	}

	private reportIfEmpty(): void {
		if (this.isOver) this.host?.emptied(this);
	}
}
