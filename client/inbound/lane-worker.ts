import { ABORTED } from '../cancellation';
import { type Clock, pause } from '../clock';
import { describeError } from '../errors';
import { type Logger, loggable } from '../logger';
import type { Chat, KeyedChat } from '../protocol/chat';
import { Slots } from '../slots';
import { judge, listensTo } from './filter';
import { Handovers } from './handovers';
import type { Job } from './job';
import { Lane } from './lane';
import { outcomeInTime } from './outcome-in-time';
import type { AgentContext } from './prepare';
import { RateLimit } from './rate';
import { type Outcome, settle, type Verdict } from './settle';
import { Sweep } from './sweep';
import type { OpenLife, SubscriptionSettings } from './trigger-life';

/** What the worker needs of its subscription. */
export interface LaneWorkerPort {
	/** The life that may start executions now. */
	life(): OpenLife | undefined;
	/** The agent, once it is known who it is. */
	context(): AgentContext | undefined;
	/** Whether the message comes after too many by agents in a row; it is then skipped. Undefined where that needs no thought. */
	isOverTurnLimit(job: Job, context: AgentContext): Promise<boolean> | undefined;
	/** Gives the job the files that were posted before it, as far as they are still missing; undefined where there is nothing to fetch. */
	complete(job: Job, context: AgentContext): Promise<void> | undefined;
	/** The message is dealt with. */
	finish(job: Job): void;
	/** `manually`: the lane goes on, the message stays unread. */
	free(job: Job): void;
	/** The trigger does not listen to the message's chat any more: it goes back unread. */
	giveBack(job: Job): void;
	/** Nobody will work this off any more, or the agent is another one now: the message goes back unread. Answers whether it did. */
	giveBackIfReleased(job: Job): boolean;
	showTyping(chat: Chat): () => void;
	reply(chat: Chat, text: string): void;
	/** A lane is at rest. */
	rested(): void;
}

/** ms before a message is emitted again for which no execution could be created. */
const EMIT_AGAIN_AFTER = 5000;
/** `immediately`: hand-overs a second. */
const HANDOVERS_PER_SECOND = 200;

/**
 * Lanes that are kept though they are at rest: one that comes and goes with each message takes longer than all that it does, for the table
 * is then made anew all the time (measured).
 */
const MOST_LANES = 1000;

const SKIPPED = Promise.resolve(true);

/** Works a trigger's lanes off: each chat in order and one message at a time, chats side by side up to the limit. */
export class LaneWorker {
	private readonly lanes = new Map<string, Lane>();
	private readonly sweep = new Sweep(MOST_LANES);
	private readonly slots = new Slots(1);
	private readonly rate: RateLimit;
	private readonly handovers: Handovers;

	constructor(
		private readonly clock: Clock,
		private readonly logger: Logger,
		private readonly port: LaneWorkerPort,
	) {
		this.rate = new RateLimit(clock, HANDOVERS_PER_SECOND);
		this.handovers = new Handovers(clock);
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

	/** A life has ended: nobody waits any more for what a message needs. */
	interrupt(): void { for (const lane of this.lanes.values()) lane.interrupt(); }

	/** Empties the lanes, or those of some chats; what is running stays. */
	drain(isMeant: (chat: Chat) => boolean = () => true): Job[] {
		return Array.from(this.lanes.values(), (lane) => (lane.first && isMeant(lane.first.messages[0].chat) ? lane.drain() : [])).flat();
	}

	/** `immediately`: resolves when n8n has what was handed over. */
	handedOver(): Promise<void> { return this.handovers.decided(); }

	private laneOf({ key }: KeyedChat): Lane {
		const known = this.lanes.get(key);
		if (known) return known;
		this.sweep.ifDue(this.lanes, (lane) => !lane.active && lane.isEmpty);
		const lane = new Lane();
		this.lanes.set(key, lane);
		return lane;
	}

	/** Works a lane off, as long as there is a life to do it and the agent is known. */
	private async work(lane: Lane): Promise<void> {
		if (lane.active) return;
		lane.active = true;
		while (lane.isReady && this.port.life() && this.port.context()) {
			const release = this.slots.takeNow() ?? (await this.slots.take());
			try {
				await this.step(lane, release);
			} catch (error) {
				this.logger.error(`A message could not be handled: ${describeError(error)}`);
			} finally {
				release();
			}
		}
		lane.active = false;
		this.port.rested();
	}

	private async step(lane: Lane, releaseSlot: () => void): Promise<void> {
		const life = this.port.life();
		const context = this.port.context();
		if (!life || !context) return;
		const job = lane.isReady ? lane.next() : undefined;
		if (!job) return;
		if (!listensTo(life.trigger.settings.filter, job.messages[0].chat)) { this.port.giveBack(job); return; }
		// Nobody waits without a reason: each wait costs as much as all the rest of a step (measured).
		const counting = stillWanted(job, life, context) ? this.port.isOverTurnLimit(job, context) : SKIPPED;
		if (counting && (await counting)) { this.port.finish(job); return; }
		const outcome = await this.execute(life, job, lane, context);
		if (outcome === 'put back') return;
		if (outcome === 'not started') return this.act('again', job, life, lane, releaseSlot);
		if (life.trigger.settings.acknowledge === 'immediately') { this.handOver(job, life, outcome.ended); return; }
		return this.act(this.verdict(job, life, await outcome.ended), job, life, lane, releaseSlot);
	}

	/** Prepares the message and starts its execution, unless the message went back into the lane instead. */
	private async execute(life: OpenLife, job: Job, lane: Lane, context: AgentContext): Promise<{ readonly ended: Promise<Outcome> } | 'put back' | 'not started'> {
		const { settings } = life.trigger;
		const stopTyping = settings.showTyping ? this.port.showTyping(job.messages[0].chat) : () => undefined;
		try {
			const completing = this.port.complete(job, context);
			if (completing) await completing;
			const prepared = this.port.life() === life ? await lane.unlessInterrupted(life.trigger.prepare(job, context)) : ABORTED;
			if (settings.acknowledge === 'immediately') await this.rate.pass(life.closing.signal);
			// A life that ended meanwhile starts nothing, and something older may have arrived.
			if (prepared === ABORTED || this.port.life() !== life || lane.hasOlderThan(job)) {
				stopTyping();
				this.putBack(job, lane);
				return 'put back';
			}
			const ended = outcomeInTime(this.clock, prepared.emit({ source: job.source, attempt: job.attempt }), settings.laneTimeout);
			if (settings.showTyping) void ended.then(stopTyping);
			return { ended };
		} catch (error) {
			stopTyping();
			this.logger.error(`Message ${loggable(job.messages[0].id)} could not be handed to n8n: ${describeError(error)}`);
			return 'not started';
		}
	}

	private verdict(job: Job, life: OpenLife, outcome: Outcome): Verdict {
		const { acknowledge, retries, laneTimeout } = life.trigger.settings;
		if (outcome === 'overdue') {
			this.logger.warn(
				`The execution for message ${loggable(job.messages[0].id)} has not ended within ${String(laneTimeout / 1000)} s; ` +
					'it goes on, but its chat no longer waits for it. "Longest Wait for an Execution" in the trigger changes that.',
			);
		}
		return settle(outcome, { mode: acknowledge, closing: life.closing.signal.aborted, attemptsLeft: job.attempt <= retries });
	}

	private act(verdict: Verdict, job: Job, life: OpenLife, lane: Lane, releaseSlot: () => void): Promise<void> | undefined {
		const { settings } = life.trigger;
		switch (verdict) {
			case 'settle':
				{ this.port.finish(job); return undefined; }
			case 'giveUp':
				{ this.giveUp(job, settings); return undefined; }
			case 'free':
				{ this.port.free(job); return undefined; }
			case 'keep':
				// A next life goes on at once; without one the pause ends with the wait for it.
				return this.putBackAfter(this.port.life() === life ? EMIT_AGAIN_AFTER : 0, job, life, lane, releaseSlot);
			case 'again':
				this.logger.warn(`n8n could not create an execution for message ${loggable(job.messages[0].id)}; it is handed over again`);
				return this.putBackAfter(EMIT_AGAIN_AFTER, job, life, lane, releaseSlot);
			case 'retry':
				job.attempt += 1;
				return this.putBackAfter(settings.retryDelay, job, life, lane, releaseSlot);
		}
	}

	/** The lane waits, but not at the expense of others: its slot is free meanwhile. */
	private async putBackAfter(ms: number, job: Job, life: OpenLife, lane: Lane, releaseSlot: () => void): Promise<void> {
		releaseSlot();
		if (ms > 0) await pause(this.clock, ms, life.closing.signal);
		this.putBack(job, lane);
	}

	private putBack(job: Job, lane: Lane): void {
		if (!this.port.giveBackIfReleased(job)) lane.putBack(job);
	}

	private giveUp(job: Job, settings: SubscriptionSettings): void {
		const attempts = job.attempt === 1 ? 'its only attempt' : `all of its ${String(job.attempt)} attempts`;
		this.logger.warn(`The workflow failed for message ${loggable(job.messages[0].id)} in ${attempts}; it counts as read now`);
		this.port.finish(job);
		if (settings.failureReply) this.port.reply(job.messages[0].chat, settings.failureReply);
	}

	/** `immediately`: the lane goes on at once, the message counts as dealt with a moment later, unless no execution came of it. */
	private handOver(job: Job, life: OpenLife, ended: Promise<Outcome>): void {
		const handedOver = () => {
			this.port.finish(job);
			this.port.rested();
		};
		this.handovers.watch(ended, handedOver, () => void this.handOverAgain(job, life));
	}

	private async handOverAgain(job: Job, life: OpenLife): Promise<void> {
		await pause(this.clock, EMIT_AGAIN_AFTER, life.closing.signal);
		if (this.port.giveBackIfReleased(job)) { this.port.rested(); return; }
		const lane = this.laneOf(job.messages[0].chat);
		lane.putBack(job);
		return this.work(lane);
	}
}

/** A new life may have other filters than the one that took the message. */
function stillWanted(job: Job, life: OpenLife, context: AgentContext): boolean {
	if (job.judgedBy === life) return true;
	job.judgedBy = life;
	return job.messages.some((message) => judge(life.trigger.settings.filter, message, context.identity.userId) === undefined);
}
