import { type Clock, pause } from '../../clock';
import { Deadlines } from '../../deadlines';
import type { Logger } from '../../logger';
import type { Chat, KeyedChat } from '../../protocol/chat';
import { Slots } from '../../slots';
import { EMIT_AGAIN_AFTER, Execution } from './execution';
import { Handovers } from './hand-overs';
import type { Job } from './job';
import { Lane } from './lane';
import type { AgentContext } from '../item/prepare';
import { RateLimit } from './rate-limit';
import { Sweep } from '../sweep';
import type { OpenLife } from '../trigger-port';

/** What the worker needs of its subscription. */
export interface LaneWorkerPort {
	/** The life that may start executions now. */
	life(): OpenLife | undefined;
	/** The agent, once it is known who it is. */
	context(): AgentContext | undefined;
	/**
	 * Whether the message comes after too many by agents in a row; it is then skipped. Undefined
	 * where that needs no thought.
	 */
	isOverTurnLimit(job: Job, context: AgentContext): Promise<boolean> | undefined;
	/**
	 * Gives the job the files that were posted before it, as far as they are still missing; undefined
	 * where there is nothing to fetch.
	 */
	complete(job: Job, context: AgentContext): Promise<void> | undefined;
	/** The message is dealt with. */
	finish(job: Job): void;
	/** `manually`: the lane goes on, the message stays unread. */
	free(job: Job): void;
	/** The trigger does not listen to the message's chat any more: it goes back unread. */
	giveBack(job: Job): void;
	/**
	 * Nobody will work this off any more, or the agent is another one now: the message goes back
	 * unread. Answers whether it did.
	 */
	giveBackIfReleased(job: Job): boolean;
	showTyping(chat: Chat): () => void;
	reply(chat: Chat, text: string): void;
	/** A lane is at rest. */
	rested(): void;
}

/** What the executions of one trigger share. */
export interface ExecutionHost {
	readonly clock: Clock;
	readonly logger: Logger;
	readonly port: LaneWorkerPort;
	readonly slots: Slots;
	readonly rate: RateLimit;
	readonly handovers: Handovers;
	readonly deadlines: Deadlines;
	/** The lane may begin its next job. */
	goOn(lane: Lane): void;
	/** `immediately`: no execution could be created. */
	handOverAgain(job: Job, life: OpenLife): void;
}

/** `immediately`: hand-overs a second. */
const HANDOVERS_PER_SECOND = 200;

/**
 * Lanes that are kept though they are at rest: one that comes and goes with each message takes
 * longer than all that it does, for the table is then made anew all the time (measured).
 */
const MOST_LANES = 1000;

/**
 * Works a trigger's lanes off: each chat in order and one message at a time, chats side by side up
 * to the limit.
 */
export class LaneWorker {
	private readonly lanes = new Map<string, Lane>();
	private readonly sweep = new Sweep(MOST_LANES);
	private readonly slots = new Slots(1);
	private readonly handovers: Handovers;
	private readonly host: ExecutionHost;

	constructor(
		private readonly clock: Clock,
		logger: Logger,
		private readonly port: LaneWorkerPort,
	) {
		this.handovers = new Handovers(clock);
		this.host = {
			clock,
			logger,
			port,
			slots: this.slots,
			rate: new RateLimit(clock, HANDOVERS_PER_SECOND),
			handovers: this.handovers,
			deadlines: new Deadlines(clock),
			goOn: (lane) => {
				this.work(lane);
			},
			handOverAgain: (job, life) => void this.handOverAgain(job, life),
		};
	}

	add(job: Job): void {
		const lane = this.laneOf(job.messages[0].chat);
		lane.add(job);
		this.work(lane);
	}

	/** Nothing more is added to a job of this chat. */
	completed(job: Job): void {
		const lane = this.lanes.get(job.messages[0].chat.key);
		if (lane) this.work(lane);
	}

	/** A life has begun, or the agent is known now: what waits goes on. */
	resume(parallelExecutions?: number): void {
		if (parallelExecutions !== undefined) this.slots.resize(parallelExecutions);
		for (const lane of this.lanes.values()) this.work(lane);
	}

	/** A life has ended: nobody waits any more for what a message needs. */
	interrupt(): void {
		for (const lane of this.lanes.values()) lane.interrupt();
	}

	/** Empties the lanes, or those of some chats; what is running stays. */
	drain(isMeant: (chat: Chat) => boolean = () => true): Job[] {
		return Array.from(this.lanes.values(), (lane) =>
			lane.first && isMeant(lane.first.messages[0].chat) ? lane.drain() : [],
		).flat();
	}

	/** `immediately`: resolves when n8n has what was handed over. */
	handedOver(): Promise<void> {
		return this.handovers.decided();
	}

	private laneOf({ key }: KeyedChat): Lane {
		const known = this.lanes.get(key);
		if (known) return known;
		this.sweep.ifDue(this.lanes, (lane) => !lane.active && lane.isEmpty);
		const lane = new Lane();
		this.lanes.set(key, lane);
		return lane;
	}

	/** Works a lane off, as long as there is a life to do it and the agent is known. */
	private work(lane: Lane): void {
		while (!lane.active && this.canBegin(lane)) {
			lane.active = true;
			if (this.slots.takeNow()) this.begin(lane);
			else
				void this.slots.take().then(() => {
					this.begin(lane);
					this.work(lane);
				});
		}
		if (!lane.active) this.port.rested();
	}

	private canBegin(lane: Lane): boolean {
		return lane.isReady && this.port.life() !== undefined && this.port.context() !== undefined;
	}

	/** With a slot: begins the lane's next job, if it still may be. */
	private begin(lane: Lane): void {
		const life = this.port.life();
		const context = this.port.context();
		const job = life && context && lane.isReady ? lane.next() : undefined;
		if (job && life && context) {
			new Execution(this.host, lane, job, life, context).begin();
			return;
		}
		this.slots.release();
		lane.active = false;
	}

	private async handOverAgain(job: Job, life: OpenLife): Promise<void> {
		await pause(this.clock, EMIT_AGAIN_AFTER, life.closing.signal);
		if (this.port.giveBackIfReleased(job)) {
			this.port.rested();
			return;
		}
		const lane = this.laneOf(job.messages[0].chat);
		lane.putBack(job);
		this.work(lane);
	}
}
