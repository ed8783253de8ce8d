import type { Clock } from '../../clock';
import type { Logger } from '../../logger';
import type { Chat } from '../../protocol/chat';
import type { Message, Source } from '../../protocol/message';
import { Closing } from '../closing';
import type { Turn } from '../intake/agent-turns';
import { skipReason, listensTo, type SkipReason } from '../intake/filter';
import { Job } from '../lanes/job';
import { type Holding, Holdings } from '../ledger/holdings';
import type { AgentContext } from '../item/prepare';
import { NO_EARLIER_FILES } from '../item/recent-files';
import type { LanePort } from '../lanes/lane-port';
import type { OpenLife, SubscriptionSettings, TriggerLife } from '../trigger-port';
import type { Slots } from '../../slots';
import { Work } from './work';

/** What a subscription needs of the inbox that it is in. */
export interface SubscriptionHost {
	readonly context: AgentContext | undefined;
	settled(holding: Holding): void;
	/** The message goes back unsettled; unless somebody else deals with it, it stays unread. */
	gaveBack(holding: Holding): void;
	/** An unmarked message more in `manually`. */
	leftUnmarked(): void;
	showTyping(chat: Chat): () => void;
	reply(chat: Chat, text: string): void;
	/** Takes it out of the inbox. */
	leave(subscription: Subscription): void;
}

/**
 * What a trigger has to do for one agent: its filters, its lanes, and what it has in flight. It
 * outlives the trigger's single lives, so that publishing a workflow again neither loses nor
 * repeats anything. It works for the first agent that it is told of, and never for another one.
 */
export class Subscription implements LanePort {
	/** What it has been given; the ledger's entries list it too. */
	readonly holdings = new Holdings();
	private readonly work: Work;
	/** The life that may start executions now. */
	life: OpenLife | undefined;
	/** Of the running life, and after it until the next one. */
	private settings: SubscriptionSettings | undefined;
	private settingsBefore: SubscriptionSettings | undefined;
	private host: SubscriptionHost | undefined;
	private released = false;
	private firstBatch = true;
	/** What `skip` has still to leave out of the first batch, when its connection broke. */
	private readonly leftOver = new Set<string>();
	private knownAgentId: string | undefined;

	constructor(
		/** Workflow, node and mode. */
		readonly key: string,
		private readonly clock: Clock,
		logger: Logger,
		/** Executions that all triggers of the process may have at n8n at the same time. */
		n8nSlots: Slots,
		/** Told when it has been released and nothing of it is left. */
		private readonly ended?: () => void,
	) {
		this.work = new Work(clock, logger, n8nSlots, () => this.settings, this);
	}

	/** The agent whose messages it has; undefined before the first one. */
	get agentId(): string | undefined {
		return this.knownAgentId;
	}

	isOfAnother(agentId: string): boolean {
		return this.knownAgentId !== undefined && this.knownAgentId !== agentId;
	}

	/** The running life, if there is one. */
	get current(): TriggerLife | undefined {
		return this.life?.trigger;
	}

	/** Whether the place has been given up and nothing of it is left. */
	get isOver(): boolean {
		return this.released && this.holdings.isEmpty;
	}

	/**
	 * Begins a life; an older one that was not closed is superseded.
	 * @param open what another subscription of the same trigger has given up of this life
	 */
	attach(trigger: TriggerLife, open: OpenLife = { trigger, closing: new Closing() }): void {
		this.endLife();
		this.life = open;
		this.goBy(trigger.settings);
		this.work.recentFiles.clear();
		this.work.turnedAway.newLife();
		// Messages that ran in `manually` have had their execution; in any other mode nobody would ever
		// mark them.
		if (trigger.settings.acknowledge !== 'manually')
			for (const { id } of this.holdings.unmarked()) this.settleOne(id);
		this.work.worker.resume(trigger.settings.parallelExecutions);
	}

	/**
	 * Ends a life: no execution is started any more; what is running may still settle. Answers false
	 * for one that is over.
	 */
	detach(trigger: TriggerLife): boolean {
		if (this.life?.trigger !== trigger) return false;
		this.endLife();
		return true;
	}

	/** Gives its life to another subscription: nothing begins here, and nothing is closing. */
	yieldLife(): OpenLife | undefined {
		const { life } = this;
		this.life = undefined;
		return life;
	}

	private endLife(): void {
		this.life?.closing.close();
		this.life = undefined;
	}

	/** Gives up the place: what waits goes back unread; what is running may still settle. */
	release(): void {
		this.released = true;
		for (const job of this.drain()) this.giveBack(job);
		for (const { id } of this.holdings.unmarked()) this.giveBackOne(id);
		this.laneIsIdle();
	}

	/**
	 * Its place is held again, with the settings of the trigger's last life, which another
	 * subscription had. What it has done counts, and what comes waits for its next life.
	 */
	reclaim(last: Subscription): void {
		if (last.settings) this.goBy(last.settings);
	}

	private goBy(settings: SubscriptionSettings): void {
		this.released = false;
		this.settingsBefore = this.settings;
		this.settings = settings;
		// A chat that it does not listen to any more goes back as a whole: should it listen again,
		// everything comes in order.
		for (const job of this.drain((chat) => !this.listensTo(chat))) this.giveBack(job);
	}

	enter(host: SubscriptionHost): void {
		this.host = host;
	}

	/** It is out of its inbox, if it was in one: nothing begins until it enters the next one. */
	exit(): void {
		this.host = undefined;
	}

	leaveInbox(): void {
		this.host?.leave(this);
	}

	/** It is known whose the inbox is that it is in. */
	identified(agentId: string): void {
		this.knownAgentId ??= agentId;
		this.work.worker.resume();
	}

	listensTo(chat: Chat): boolean {
		return !this.released && this.settings !== undefined && listensTo(this.settings.filter, chat);
	}

	/** Whether the life before this one did not listen to the chat, or there was none. */
	isNewTo(chat: Chat): boolean {
		return !this.settingsBefore || !listensTo(this.settingsBefore.filter, chat);
	}

	/** The agent's own messages count as turns, and start nothing. */
	seeOwn(message: Message): void {
		this.work.turns.count(message, true, 'live');
	}

	/** Takes a message, or says why not: `pending` and `done` are duplicates of what it has. */
	offer(
		message: Message,
		source: Source,
		selfId: string,
	): 'taken' | 'pending' | 'done' | SkipReason {
		const turn = this.work.turns.count(message, false, source);
		const known = this.holdings.state(message.id);
		if (known) return known;
		// What joins an open job of its sender needs to pass no filter of its own.
		if (this.work.collector.add(message, source)) {
			this.holdings.take(message.id);
			return 'taken';
		}
		const filter = this.settings?.filter;
		const reason = filter && skipReason(filter, message, selfId);
		this.work.recentFiles.see(message, reason === 'no mention');
		if (reason) {
			this.work.turnedAway.see({ filter, message, selfId, reason });
			return reason;
		}
		if (source === 'backlog' && this.isLeftOut(message)) {
			// The connection may break before it is marked: it is left out of the next one's batch too.
			this.holdings.settle(message.id);
			return 'backlog';
		}
		this.holdings.take(message.id);
		const job = new Job(message, source, turn, this.life);
		job.earlierFiles = this.work.recentFiles.take(message);
		this.begin(job);
		return 'taken';
	}

	private begin(job: Job): void {
		if (this.settings) this.work.collector.open(job, this.settings.collect);
		this.work.worker.add(job);
	}

	/** What the chat held is gone: drops what waits; what runs goes on. Answers the ids. */
	dropWaiting(chat: Chat): string[] {
		this.work.recentFiles.forget(chat);
		this.work.worker.withdraw(chat);
		const jobs = this.drain(({ type, id }) => type === chat.type && id === chat.id);
		for (const job of jobs) this.settle(job);
		return jobs.flatMap(({ messages }) => messages.map(({ id }) => id));
	}

	/** Somebody is typing in a chat. */
	seeTyping(chat: Chat, userId: string): void {
		this.work.collector.typing(chat, userId);
	}

	/** `immediately`: resolves when n8n has what was handed over. */
	async handedOver(): Promise<void> {
		await this.work.worker.handedOver();
	}

	/** Whether only the Mark as Read operation moves the cursor. */
	get marksByHand(): boolean {
		return this.settings?.acknowledge === 'manually';
	}

	/** The first batch has been judged: `skip` leaves out nothing more. */
	firstBatchOver(): void {
		this.firstBatch = false;
	}

	/** Messages of a batch that a broken connection has left undecided: the next one brings them. */
	leaveOut(ids: readonly string[]): void {
		if (this.firstBatch) for (const id of ids) this.leftOver.add(id);
	}

	private isLeftOut(message: Message): boolean {
		if (!this.settings) return false;
		const { keep, maxAge } = this.settings.backlog;
		if (keep === 'recent') return this.clock.wallTime() - 1000 * message.createdAt > maxAge;
		return keep === 'skip' && (this.firstBatch || this.leftOver.has(message.id));
	}

	/** The agent that the inbox works for, once it is known. */
	get context(): AgentContext | undefined {
		return this.host?.context;
	}

	isOverTurnLimit(chat: Chat, turn: Turn, context: AgentContext): Promise<boolean> {
		const { identity, history } = context;
		return this.work.turns.turnsAway(chat, turn, identity.userId, history);
	}

	complete(job: Job, { identity, past }: AgentContext): Promise<void> | undefined {
		const looking = this.work.recentFiles.takeFromPast(job.messages[0], identity.userId, past);
		return looking?.then((found) => {
			if (found) job.earlierFiles = [...found, ...job.earlierFiles];
			else job.problems = [...job.problems, NO_EARLIER_FILES];
		});
	}

	settle(job: Job): void {
		for (const { id } of job.messages) this.settleOne(id);
	}

	leaveUnmarked(job: Job): void {
		for (const { id } of job.messages) this.leaveOneUnmarked(id);
	}

	showTyping(chat: Chat): () => void {
		return this.host?.showTyping(chat) ?? (() => undefined);
	}

	/** @throws Error where its agent has no connection here any more: nobody else says it */
	reply(chat: Chat, text: string): void {
		if (!this.host) throw new Error('its agent has no connection here any more');
		this.host.reply(chat, text);
	}

	private settleOne(id: string): void {
		this.tellSettled(this.holdings.settle(id));
	}

	/** Without an inbox it is told with the next batch, which has the message once more. */
	private tellSettled(holding: Holding): void {
		this.host?.settled(holding);
	}

	private leaveOneUnmarked(id: string): void {
		if (this.holdings.get(id)?.state === 'marked') {
			this.tellSettled(this.holdings.settleRead(id));
			return;
		}
		if (this.released) {
			this.giveBackOne(id);
			return;
		}
		this.holdings.leaveUnmarked(id);
		this.host?.leftUnmarked();
	}

	giveBackIfReleased(job: Job): boolean {
		if (this.released) this.giveBack(job);
		return this.released;
	}

	giveBack(job: Job): void {
		for (const { id } of job.messages) this.giveBackOne(id);
	}

	private giveBackOne(id: string): void {
		const holding = this.holdings.giveBack(id);
		if (holding) this.host?.gaveBack(holding);
	}

	/** Empties the lanes, or those of some chats; nothing is added any more to what was in them. */
	private drain(isMeant?: (chat: Chat) => boolean): Job[] {
		const jobs = this.work.worker.drain(isMeant);
		this.work.collector.forget(jobs);
		return jobs;
	}

	/** A lane is at rest: it may have been the last one. */
	laneIsIdle(): void {
		if (!this.isOver) return;
		this.host?.leave(this);
		this.ended?.();
	}
}
