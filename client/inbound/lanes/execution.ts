import { ABORTED, unlessAborted } from '../../cancellation';
import { type Clock, withDeadline } from '../../clock';
import { describeError } from '../../errors';
import { type Logger, loggable } from '../../logger';
import { listensTo } from '../intake/filter';
import type { AgentContext } from '../item/prepare';
import type { OpenLife, Prepared, SubscriptionSettings } from '../trigger-port';
import type { ExecutionSlot } from './execution-slot';
import type { Handovers } from './hand-overs';
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
	/** Puts a job that has left its lane back into it after this many ms. */
	comeBack(job: Job, life: OpenLife, ms: number): Promise<void>;
}

/** What becomes of a job that has not got as far as an execution's end. */
type Next =
	| Verdict
	| 'giveBack' // unread: the trigger does not listen to its chat any more
	| 'putBack' // its turn comes again
	| 'handedOver'; // `immediately`: its execution goes on by itself

/** ms before a message is handed over again that n8n has called off without closing its trigger. */
const CALLED_OFF_AGAIN_AFTER = 5000;
/** ms that a message waits for the end of an execution that its chat no longer waits for. */
const LONGEST_LIFE = 86_400_000;

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

	/**
	 * Resolves when the lane may go on.
	 * @returns ms after which the job belongs into its lane again; undefined where it has left it
	 */
	async run(): Promise<number | undefined> {
		let next: Next;
		try {
			next = await this.next();
		} catch (error) {
			return this.notCreated(error);
		}
		return this.act(next);
	}

	/** @throws whatever the host throws before an execution has come about */
	private async next(): Promise<Next> {
		const { port } = this.tools;
		const { job, life, context } = this;
		// The life that runs now may have other filters than the one that took the message.
		if (!listensTo(this.settings.filter, job.messages[0].chat)) return 'giveBack';
		if (!isStillWanted(job, life, context.identity.userId)) return 'settle';
		if (await port.isOverTurnLimit(job, context)) return 'settle';
		const stopTyping = this.showTyping();
		try {
			await port.complete(job, context);
			const prepared = await this.prepare();
			if (!prepared) return 'putBack';
			this.ended = prepared.emit({ source: job.source, attempt: job.attempt });
			this.slot.keepUntil(this.ended, this.tools.clock);
			const outcome = this.endWithin(this.ended, this.settings.laneTimeout);
			if (this.settings.acknowledge === 'immediately') return this.handOver(outcome);
			return this.verdict(await outcome);
		} finally {
			stopTyping();
		}
	}

	/** Undefined where it is not the job's turn any more. */
	private async prepare(): Promise<Prepared | undefined> {
		const { job, life, lane } = this;
		const { signal } = life.closing;
		if (signal.aborted) return undefined;
		const prepared = await unlessAborted(life.trigger.prepare(job, this.context), signal);
		if (this.settings.acknowledge === 'immediately') await this.tools.rate.pass(signal);
		// The life may have ended in the meantime, and then starts nothing. Something older may have
		// arrived.
		const isItsTurn = this.tools.port.life === life && !lane.hasOlderThan(job) && !job.isWithdrawn;
		return prepared === ABORTED || !isItsTurn ? undefined : prepared;
	}

	/** How the execution ends, or `overdue` after this many ms. */
	private endWithin(ended: Promise<Outcome>, ms: number): Promise<Outcome> {
		return withDeadline<Outcome, Outcome>(this.tools.clock, ms, ended, 'overdue', {
			background: true,
		});
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
			closing: this.life.closing.signal.aborted,
			attemptsLeft: this.job.attempt <= retries,
		});
	}

	/** @returns what `run` does */
	private act(next: Next): number | undefined {
		const { port, startFailures } = this.tools;
		switch (next) {
			case 'keep':
				// A next life goes on at once; without one the pause ends with the wait for it.
				return port.life === this.life ? CALLED_OFF_AGAIN_AFTER : 0;
			case 'again':
				return startFailures.failed(this.job, new Error('no execution came of it'));
			case 'putBack':
				return 0;
			case 'retry':
				this.job.attempt += 1;
				return this.settings.retryDelay;
			case 'outlive':
			case 'handedOver':
				return undefined;
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
		return undefined;
	}

	/** @returns what `run` does */
	private notCreated(error: unknown): number | undefined {
		const verdict = this.settlement('notCreated');
		// A closing n8n takes nothing any more, which is no trouble of its own.
		if (verdict !== 'again') return this.act(verdict);
		return this.tools.startFailures.failed(this.job, error);
	}

	/**
	 * `immediately`: the lane goes on at once. The message counts as dealt with a moment later. It is
	 * handed over again where no execution came of it, also if it counts as dealt with already.
	 */
	private handOver(outcome: Promise<Outcome>): 'handedOver' {
		const { tools, job, life } = this;
		let error: unknown;
		const stopTyping = this.showTyping();
		const tell = tools.handovers.watch(
			this.settings.handoverMargin,
			() => {
				tools.startFailures.created(job);
				tools.port.settle(job);
				tools.port.laneIsIdle();
			},
			() => void tools.comeBack(job, life, this.notCreated(error) ?? 0),
		);
		void outcome
			.catch((reason: unknown): Outcome => {
				error = reason;
				return 'notCreated';
			})
			.then((how) => {
				stopTyping();
				tell(how);
			});
		return 'handedOver';
	}

	/**
	 * The chat no longer waits for the execution, and its end still counts. In `onCompletion` the
	 * message is settled, and a bad end is told; in `onSuccess` the message stays unread until then.
	 */
	private async outlive(): Promise<void> {
		const { tools, job, life } = this;
		const outcome = await this.endOfItsLife();
		if (this.settings.acknowledge === 'onCompletion') {
			if (outcome !== 'success' && outcome !== 'stopped' && outcome !== 'overdue')
				this.tellFailure(`The execution for message ${this.id}, which is read already, has failed`);
			return;
		}
		const ms = outcome === 'overdue' ? this.giveUpWaiting() : this.actLate(outcome);
		if (ms === undefined) tools.port.laneIsIdle();
		else await tools.comeBack(job, life, ms);
	}

	private async endOfItsLife(): Promise<Outcome> {
		try {
			return await this.endWithin(this.ended ?? Promise.resolve('notCreated'), LONGEST_LIFE);
		} catch {
			return 'notCreated';
		}
	}

	private actLate(outcome: Outcome): number | undefined {
		if (outcome === 'notCreated')
			return this.notCreated(new Error('n8n has lost its execution without an end'));
		return this.act(this.verdict(outcome));
	}

	private giveUpWaiting(): number | undefined {
		this.tools.port.settle(this.job);
		this.tools.logger.warn(
			`The execution for message ${this.id} has not ended within ${LONGEST_LIFE / 3_600_000} ` +
				'hours; the message counts as read now',
		);
		return undefined;
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
