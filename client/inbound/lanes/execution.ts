import { type Clock, EXPIRED, withDeadline } from '../../clock';
import { describeError } from '../../errors';
import { type Logger, loggable } from '../../logger';
import { OVER } from '../closing';
import { listensTo } from '../intake/filter';
import type { AgentContext } from '../item/prepare';
import type { OpenLife, Prepared, SubscriptionSettings } from '../trigger-port';
import { type ExecutionSlot, LONGEST_EXECUTION } from './execution-slot';
import type { Handover, Handovers } from './hand-overs';
import { isStillWanted, type Job } from './job';
import type { Lane } from './lane';
import type { LanePort } from './lane-port';
import type { RateLimit } from './rate-limit';
import { type Outcome, verdictOn, type Verdict } from './settlement';
import type { StartFailures } from './start-failures';

/** What the executions of one trigger share. */
export interface ExecutionTools {
	readonly clock: Clock;
	readonly logger: Logger;
	readonly port: LanePort;
	readonly rate: RateLimit;
	readonly handovers: Handovers;
	readonly startFailures: StartFailures;
	/** Jobs that are out of their lane, which does not wait for them, and may come back. */
	readonly away: Set<Job>;
	/** Puts a job that has left its lane back into it after this many ms. */
	comeBack(job: Job, life: OpenLife, ms: number): Promise<void>;
}

/** Whether a job comes back into its lane. */
export type ComesBack = 'never' | { readonly afterMs: number };

/** What becomes of a job that has not got as far as an execution's end. */
type Next =
	| Verdict
	| 'giveBack' // unread: the trigger does not listen to its chat any more
	| 'putBack' // its turn comes again
	| 'handedOver'; // `immediately`: its execution goes on by itself

/** ms before a message is handed over again that n8n has called off without closing its trigger. */
const CALLED_OFF_AGAIN_AFTER = 5000;
/** Why a message is handed over again, where the host does not say. */
const NO_EXECUTION = new Error('no execution came of it');
/** Likewise for what has outlived its lane. */
const LOST = new Error('n8n has lost its execution without an end');

/** A job's way from its lane to the end of its execution. */
export class Execution {
	private ended: Promise<Outcome> | undefined;

	constructor(
		private readonly tools: ExecutionTools,
		private readonly lane: Lane,
		private readonly job: Job,
		private readonly life: OpenLife,
		private readonly context: AgentContext,
		private readonly slot: ExecutionSlot,
	) {}

	/** Resolves when the lane may go on. */
	async run(): Promise<ComesBack> {
		let next: Next;
		try {
			next = await this.next();
		} catch (error) {
			return this.act(this.settlement('notCreated'), error);
		}
		return this.act(next);
	}

	/** @throws whatever the host throws before an execution has come about */
	private async next(): Promise<Next> {
		const { port } = this.tools;
		const { job, life, context } = this;
		const [{ chat }] = job.messages;
		// The life that runs now may have other filters than the one that took the message.
		if (!listensTo(this.settings.filter, chat)) return 'giveBack';
		if (!isStillWanted(job, life, context.identity.userId)) return 'settle';
		if (job.turn && (await port.isOverTurnLimit(chat, job.turn, context))) return 'settle';
		const stopTyping = this.showTyping();
		try {
			await port.complete(job, context);
			const prepared = await this.prepare();
			if (!prepared) return 'putBack';
			this.ended = prepared.emit({ source: job.source, attempt: job.attempt });
			this.slot.keepUntil(this.ended, this.tools.clock);
			if (this.settings.acknowledge === 'immediately') return this.handOver();
			return this.verdict(await this.endWithin(this.settings.laneTimeout));
		} finally {
			stopTyping();
		}
	}

	/** Undefined where it is not the job's turn any more. */
	private async prepare(): Promise<Prepared | undefined> {
		const { job, life, lane } = this;
		const { closing, trigger } = life;
		if (closing.isOver) return undefined;
		const prepared = await closing.unlessOver(trigger.prepare(job, this.context));
		if (this.settings.acknowledge === 'immediately') await this.tools.rate.pass(closing);
		// The life may have ended in the meantime, and then starts nothing. Something older may have
		// arrived.
		const isItsTurn = this.tools.port.life === life && !lane.hasOlderThan(job) && !job.isWithdrawn;
		return prepared === OVER || !isItsTurn ? undefined : prepared;
	}

	/**
	 * How the execution ends, or `overdue` after this many ms.
	 * @throws whatever the host throws where no execution came about
	 */
	private async endWithin(ms: number): Promise<Outcome> {
		const ended = this.ended ?? Promise.resolve<Outcome>('notCreated');
		const outcome = await withDeadline(this.tools.clock, ms, ended, { background: true });
		return outcome === EXPIRED ? 'overdue' : outcome;
	}

	private verdict(outcome: Outcome): Verdict {
		const verdict = this.settlement(outcome);
		if (outcome !== 'notCreated') this.tools.startFailures.created(this.job);
		if (outcome === 'overdue') {
			this.tools.logger.warn(
				`The execution for message ${this.id} has not ended within ` +
					`${this.settings.laneTimeout / 1000} s; it goes on, but its chat no longer waits ` +
					'for it. "Longest Wait for an Execution" in the trigger changes that.',
			);
			if (verdict !== 'unmarked') void this.outlive();
		}
		return verdict;
	}

	private settlement(outcome: Outcome): Verdict {
		const { acknowledge, retries } = this.settings;
		return verdictOn(outcome, {
			mode: acknowledge,
			closing: this.life.closing.isOver,
			attemptsLeft: this.job.attempt <= retries,
		});
	}

	/** @param error why no execution was created, where one was not and that is known */
	private act(next: Next, error?: unknown): ComesBack {
		const { port, startFailures } = this.tools;
		switch (next) {
			case 'keep':
				// A next life goes on at once; without one the pause ends with the wait for it.
				return { afterMs: port.life === this.life ? CALLED_OFF_AGAIN_AFTER : 0 };
			case 'again':
				return { afterMs: startFailures.failed(this.job, error ?? NO_EXECUTION) };
			case 'putBack':
				return { afterMs: 0 };
			case 'retry':
				this.job.attempt += 1;
				return { afterMs: this.settings.retryDelay };
			case 'outlive':
			case 'handedOver':
				return 'never';
			case 'giveBack':
				port.giveBack(this.job);
				break;
			case 'settle':
				port.settle(this.job);
				break;
			case 'giveUp':
				this.giveUp();
				break;
			case 'unmarked':
				port.leaveUnmarked(this.job);
		}
		startFailures.forget(this.job);
		return 'never';
	}

	/** `immediately`: the lane goes on at once. The message counts as dealt with a moment later. */
	private handOver(): 'handedOver' {
		const { handovers, startFailures, port } = this.tools;
		const handover = handovers.begin(this.settings.handoverMargin, () => {
			startFailures.created(this.job);
			port.settle(this.job);
			port.laneIsIdle();
		});
		void this.followHandOver(handover);
		return 'handedOver';
	}

	/** Hands it over again where no execution came of it, also if it counts as dealt with already. */
	private async followHandOver(handover: Handover): Promise<void> {
		this.tools.away.add(this.job);
		const stopTyping = this.showTyping();
		const first = await this.end(this.settings.laneTimeout);
		stopTyping();
		const { outcome, error } =
			first.outcome === 'overdue' ? await this.end(LONGEST_EXECUTION) : first;
		if (outcome === 'notCreated') {
			handover.refused();
			await this.comeBackOrLeave(this.act(this.settlement(outcome), error));
			return;
		}
		this.tools.away.delete(this.job);
		if (outcome !== 'shutdown') handover.ended();
	}

	/** How it ends within so many ms, and why no execution came of it. */
	private async end(ms: number): Promise<{ outcome: Outcome; error?: unknown }> {
		try {
			return { outcome: await this.endWithin(ms) };
		} catch (error) {
			return { outcome: 'notCreated', error };
		}
	}

	/**
	 * The chat no longer waits for the execution, and its end still counts. In `onCompletion` the
	 * message is settled, and a bad end is told; in `onSuccess` the message stays unread until then.
	 */
	private async outlive(): Promise<void> {
		this.tools.away.add(this.job);
		const { outcome } = await this.end(LONGEST_EXECUTION);
		if (this.settings.acknowledge === 'onCompletion') {
			this.tools.away.delete(this.job);
			if (outcome !== 'success' && outcome !== 'stopped' && outcome !== 'overdue')
				this.tellFailure(`The execution for message ${this.id}, which is read already, has failed`);
			return;
		}
		if (outcome === 'overdue') this.giveUpWaiting();
		else await this.comeBackOrLeave(this.act(this.verdict(outcome), LOST));
	}

	private giveUpWaiting(): void {
		const { away, port, logger } = this.tools;
		away.delete(this.job);
		port.settle(this.job);
		logger.warn(
			`The execution for message ${this.id} has not ended within ${LONGEST_EXECUTION / 3_600_000} ` +
				'hours; the message counts as read now',
		);
		port.laneIsIdle();
	}

	/** Its lane has gone on without it. */
	private async comeBackOrLeave(comesBack: ComesBack): Promise<void> {
		const { tools } = this;
		if (comesBack === 'never') {
			tools.away.delete(this.job);
			tools.port.laneIsIdle();
		} else await tools.comeBack(this.job, this.life, comesBack.afterMs);
	}

	private giveUp(): void {
		const { attempt } = this.job;
		const attempts = attempt === 1 ? 'its only attempt' : `all of its ${attempt} attempts`;
		this.tools.port.settle(this.job);
		this.tellFailure(
			`The workflow failed for message ${this.id} in ${attempts}; it counts as read now`,
		);
	}

	/** In the log, and in the chat where a failure reply is set. */
	private tellFailure(text: string): void {
		const { port, logger } = this.tools;
		const { failureReply } = this.settings;
		logger.warn(text);
		if (!failureReply) return;
		try {
			port.reply(this.job.messages[0].chat, failureReply);
		} catch (error) {
			logger.error(`The failure reply could not be sent: ${describeError(error)}`);
		}
	}

	private showTyping(): () => void {
		if (!this.settings.showTyping) return () => undefined;
		return this.tools.port.showTyping(this.job.messages[0].chat);
	}

	private get settings(): SubscriptionSettings {
		return this.life.trigger.settings;
	}

	/** As it may stand in the log. */
	private get id(): string {
		return loggable(this.job.messages[0].id);
	}
}
