import type { Clock } from '../../clock';
import { describeError } from '../../errors';
import { type Logger, loggable } from '../../logger';
import { type Chat, chatKey, type KeyedChat } from '../../protocol/chat';
import { Slots } from '../../slots';
import { Sweep } from '../sweep';
import type { OpenLife } from '../trigger-port';
import { Execution, type ExecutionTools } from './execution';
import { ExecutionSlot } from './execution-slot';
import { Handovers } from './hand-overs';
import type { Job } from './job';
import { Lane } from './lane';
import type { LanePort } from './lane-port';
import { RateLimit } from './rate-limit';
import { StartFailures } from './start-failures';

/** `immediately`: hand-overs a second. */
const HANDOVERS_PER_SECOND = 200;

/**
 * Lanes that are kept although they have nothing to do. Making a lane and its entry in the table
 * for each message takes longer than the lane's own work.
 */
const MOST_LANES = 1000;

/** A job that goes back into its lane after this many ms. */
interface Return {
	readonly job: Job;
	readonly life: OpenLife;
	readonly after: number;
}

/**
 * Works a trigger's lanes off: each chat in order and one message at a time, chats side by side up
 * to the limit.
 */
export class LaneWorker {
	private readonly lanes = new Map<string, Lane>();
	private readonly sweep = new Sweep(MOST_LANES);
	private readonly slots = new Slots(1);
	private readonly tools: ExecutionTools;

	/** @param n8nSlots what all triggers of the process may have at n8n at the same time */
	constructor(
		clock: Clock,
		logger: Logger,
		private readonly n8nSlots: Slots,
		private readonly port: LanePort,
	) {
		this.tools = {
			clock,
			logger,
			port,
			rate: new RateLimit(clock, HANDOVERS_PER_SECOND),
			handovers: new Handovers(clock),
			startFailures: new StartFailures(logger),
			away: new Set(),
			comeBack: (job, life, ms) => this.comeBack(job, life, ms),
		};
	}

	add(job: Job): void {
		const lane = this.laneOf(job.messages[0].chat);
		lane.add(job);
		void this.work(lane);
	}

	/** Nothing more is added to a job of this chat. */
	completed(job: Job): void {
		const lane = this.lanes.get(job.messages[0].chat.key);
		if (lane) void this.work(lane);
	}

	/** A life has begun, or the agent is known now: what waits goes on. */
	resume(parallelExecutions?: number): void {
		if (parallelExecutions !== undefined) this.slots.resize(parallelExecutions);
		for (const lane of this.lanes.values()) void this.work(lane);
	}

	/** What was said in the chat is gone: what has left its lane has no further attempt. */
	withdraw(chat: Chat): void {
		const key = chatKey(chat);
		this.lanes.get(key)?.withdraw();
		for (const job of this.tools.away) if (job.messages[0].chat.key === key) job.isWithdrawn = true;
	}

	/** Empties the lanes, or those of some chats; what is running stays. */
	drain(isMeant: (chat: Chat) => boolean = () => true): Job[] {
		const jobs = Array.from(this.lanes.values(), (lane) =>
			lane.first && isMeant(lane.first.messages[0].chat) ? lane.drain() : [],
		).flat();
		for (const job of jobs) this.tools.startFailures.forget(job);
		return jobs;
	}

	/** `immediately`: resolves when n8n has what was handed over. */
	handedOver(): Promise<void> {
		return this.tools.handovers.decided();
	}

	private laneOf({ key }: KeyedChat): Lane {
		const known = this.lanes.get(key);
		if (known) return known;
		this.sweep.ifDue(this.lanes, (lane) => !lane.active && lane.isEmpty && lane.refused === 0);
		const lane = new Lane();
		this.lanes.set(key, lane);
		return lane;
	}

	/** Works a lane off, as long as there is a life to do it and the agent is known. */
	private async work(lane: Lane): Promise<void> {
		if (lane.active) return;
		lane.active = true;
		try {
			while (this.canBegin(lane)) await this.workOnNext(lane);
		} finally {
			lane.active = false;
			this.port.laneIsIdle();
		}
	}

	private canBegin(lane: Lane): boolean {
		return lane.isReady && this.port.life !== undefined && this.port.context !== undefined;
	}

	/** A job that waits to come back keeps its lane, and not its slot: other chats go on. */
	private async workOnNext(lane: Lane): Promise<void> {
		await this.slots.take();
		await this.n8nSlots.take();
		const n8nSlot = new ExecutionSlot(this.n8nSlots);
		let back: Return | undefined;
		try {
			back = await this.runNext(lane, n8nSlot);
		} finally {
			lane.taken = undefined;
			n8nSlot.releaseUnlessKept();
			this.slots.release();
		}
		if (back) await this.comeBack(back.job, back.life, back.after);
	}

	/** Runs the lane's next job, if it still may be begun. */
	private async runNext(lane: Lane, n8nSlot: ExecutionSlot): Promise<Return | undefined> {
		const { life, context } = this.port;
		if (!life || !context || !lane.isReady) return undefined;
		const job = lane.next();
		if (!job) return undefined;
		try {
			const comesBack = await new Execution(this.tools, lane, job, life, context, n8nSlot).run();
			return comesBack === 'never' ? undefined : { job, life, after: comesBack.afterMs };
		} catch (error) {
			this.tools.logger.error(
				`Message ${loggable(job.messages[0].id)} could not be handled, and stays unread: ` +
					describeError(error),
			);
			this.port.giveBack(job);
			return undefined;
		}
	}

	private async comeBack(job: Job, life: OpenLife, ms: number): Promise<void> {
		const lane = this.laneOf(job.messages[0].chat);
		this.tools.away.add(job);
		if (ms > 0) await this.waitToComeBack(life, ms, lane);
		this.tools.away.delete(job);
		if (this.port.giveBackIfReleased(job) || this.isWithdrawn(job)) {
			this.tools.startFailures.forget(job);
			this.port.laneIsIdle();
		} else lane.putBack(job);
		void this.work(lane);
	}

	private async waitToComeBack(life: OpenLife, ms: number, lane: Lane): Promise<void> {
		// In the other modes the lane itself waits, or goes on without an execution that takes long.
		const holdsLane = life.trigger.settings.acknowledge === 'immediately';
		if (holdsLane) lane.refused += 1;
		await life.closing.pause(this.tools.clock, ms);
		if (holdsLane) lane.refused -= 1;
	}

	/** Whether it has been deleted with its chat; then it is dealt with. */
	private isWithdrawn(job: Job): boolean {
		if (job.isWithdrawn) this.port.settle(job);
		return job.isWithdrawn;
	}
}
