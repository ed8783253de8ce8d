import { pause } from '../../clock';
import type { Limited } from '../../deadlines';
import { describeError } from '../../errors';
import { loggable } from '../../logger';
import { listensTo } from '../intake/filter';
import { isStillWanted, type Job } from './job';
import type { Lane } from './lane';
import type { ExecutionHost } from './lane-worker';
import type { AgentContext } from '../item/prepare';
import { type Outcome, settle, type Verdict } from './settlement';
import type { OpenLife, Prepared, SubscriptionSettings } from '../trigger-port';

/** ms before a message is emitted again for which no execution could be created. */
export const EMIT_AGAIN_AFTER = 5000;

/** How far it is; what comes late for one of the first two is ignored. */
type Stage = 'preparing' | 'running' | 'other';

/**
 * A job's way from its lane to the end of its execution; then its lane goes on. Its steps call one
 * another, and nobody waits without a reason: each wait costs as much as all the rest of a message
 * (measured).
 */
export class Execution implements Limited {
	dueAt = 0;
	earlier: Limited | undefined = undefined;
	later: Limited | undefined = undefined;
	private stage: Stage = 'other';
	private stopTyping: (() => void) | undefined = undefined;
	/** `immediately`: takes the outcome. */
	private tellHandovers: ((outcome: Outcome) => void) | undefined = undefined;
	private holdsSlot = true;
	private hasLeftLane = false;
	/** `begin` has returned: from now on the lane has to be told to go on. */
	private isBegun = false;

	/** @param host has taken a slot for it */
	constructor(
		private readonly host: ExecutionHost,
		private readonly lane: Lane,
		private readonly job: Job,
		private readonly life: OpenLife,
		private readonly context: AgentContext,
	) {}

	begin(): void {
		this.attempt(() => {
			this.judge();
		});
		this.isBegun = true;
	}

	/**
	 * Ends the wait for what the message needs, if it is waiting: it goes back into its lane. What it
	 * waited for goes on, and is ignored.
	 */
	interrupt(): void {
		if (this.stage !== 'preparing') return;
		this.stage = 'other';
		queueMicrotask(() => {
			this.attempt(() => {
				this.putBack();
			});
		});
	}

	/** Nothing within the lane timeout. */
	expire(): void {
		this.ended('overdue');
	}

	private get settings(): SubscriptionSettings {
		return this.life.trigger.settings;
	}

	/** What a step throws is told, and the lane goes on: nobody else would catch it. */
	private attempt(step: () => void): void {
		try {
			step();
		} catch (error) {
			this.host.logger.error(`A message could not be handled: ${describeError(error)}`);
			this.leaveLane();
		}
	}

	/** The life that runs now may have other filters than the one that took the message. */
	private judge(): void {
		const {
			host: { port },
			job,
			life,
			context,
		} = this;
		if (!listensTo(this.settings.filter, job.messages[0].chat)) {
			port.giveBack(job);
			this.leaveLane();
			return;
		}
		if (!isStillWanted(job, life, context.identity.userId)) {
			this.skip();
			return;
		}
		const counting = port.isOverTurnLimit(job, context);
		if (!counting) this.complete();
		else
			counting.then(
				(isOver) => {
					this.attempt(() => {
						if (isOver) this.skip();
						else this.complete();
					});
				},
				(error: unknown) => {
					this.notStarted(error);
				},
			);
	}

	private skip(): void {
		this.host.port.finish(this.job);
		this.leaveLane();
	}

	private complete(): void {
		const {
			host: { port },
			job,
			context,
		} = this;
		if (this.settings.showTyping) this.stopTyping = port.showTyping(job.messages[0].chat);
		const completing = port.complete(job, context);
		if (!completing) this.prepare();
		else
			completing.then(
				() => {
					this.attempt(() => {
						this.prepare();
					});
				},
				(error: unknown) => {
					this.notStarted(error);
				},
			);
	}

	private prepare(): void {
		const {
			life: { trigger },
			job,
			context,
		} = this;
		if (this.host.port.life() !== this.life) {
			this.putBack();
			return;
		}
		let preparing: Promise<Prepared>;
		try {
			preparing = trigger.prepare(job, context);
		} catch (error) {
			this.notStarted(error);
			return;
		}
		this.stage = 'preparing';
		this.lane.execution = this;
		preparing.then(
			(prepared) => {
				if (this.stage === 'preparing') this.prepared(prepared);
			},
			(error: unknown) => {
				if (this.stage === 'preparing') this.notStarted(error);
			},
		);
	}

	private prepared(prepared: Prepared): void {
		this.stage = 'other';
		if (this.settings.acknowledge !== 'immediately') this.start(prepared);
		else
			void this.host.rate.pass(this.life.closing.signal).then(() => {
				this.start(prepared);
			});
	}

	private start(prepared: Prepared): void {
		this.attempt(() => {
			const {
				host: { port, deadlines },
				job,
				lane,
			} = this;
			// A life that ended meanwhile starts nothing, and something older may have arrived.
			if (port.life() !== this.life || lane.hasOlderThan(job)) {
				this.putBack();
				return;
			}
			let ended: Promise<Outcome>;
			try {
				ended = prepared.emit({ source: job.source, attempt: job.attempt });
			} catch (error) {
				this.notStarted(error);
				return;
			}
			this.stage = 'running';
			deadlines.add(this, this.settings.laneTimeout);
			// A rejection says later what a throw says at once: no execution could be created.
			ended.then(
				(outcome) => {
					this.ended(outcome);
				},
				() => {
					this.ended('notCreated');
				},
			);
			if (this.settings.acknowledge === 'immediately') this.handOver();
		});
	}

	private ended(outcome: Outcome): void {
		if (this.stage !== 'running') return;
		this.stage = 'other';
		this.host.deadlines.delete(this);
		this.attempt(() => {
			this.stopTyping?.();
			if (this.tellHandovers) this.tellHandovers(outcome);
			else this.act(this.verdict(outcome));
		});
	}

	private notStarted(error: unknown): void {
		this.stage = 'other';
		this.attempt(() => {
			this.stopTyping?.();
			this.host.logger.error(
				`Message ${loggable(this.job.messages[0].id)} could not be handed to n8n: ` +
					describeError(error),
			);
			this.act('again');
		});
	}

	/**
	 * `immediately`: the lane goes on at once, the message counts as dealt with a moment later,
	 * unless no execution came of it.
	 */
	private handOver(): void {
		const { host, job, life } = this;
		const handedOver = () => {
			host.port.finish(job);
			host.port.rested();
		};
		this.tellHandovers = host.handovers.watch(handedOver, () => {
			host.handOverAgain(job, life);
		});
		this.leaveLane();
	}

	private verdict(outcome: Outcome): Verdict {
		const { acknowledge, retries, laneTimeout } = this.settings;
		if (outcome === 'overdue') {
			this.host.logger.warn(
				`The execution for message ${loggable(this.job.messages[0].id)} has not ended within ` +
					`${laneTimeout / 1000} s; ` +
					'it goes on, but its chat no longer waits for it. "Longest Wait for an Execution" ' +
					'in the trigger changes that.',
			);
		}
		return settle(outcome, {
			mode: acknowledge,
			closing: this.life.closing.signal.aborted,
			attemptsLeft: this.job.attempt <= retries,
		});
	}

	private act(verdict: Verdict): void {
		const {
			host: { port, logger },
			job,
		} = this;
		switch (verdict) {
			case 'settle':
				port.finish(job);
				this.leaveLane();
				return;
			case 'giveUp':
				this.giveUp();
				this.leaveLane();
				return;
			case 'free':
				port.free(job);
				this.leaveLane();
				return;
			case 'keep':
				// A next life goes on at once; without one the pause ends with the wait for it.
				this.putBackAfter(port.life() === this.life ? EMIT_AGAIN_AFTER : 0);
				return;
			case 'again':
				logger.warn(
					`n8n could not create an execution for message ${loggable(job.messages[0].id)}; it ` +
						'is handed over again',
				);
				this.putBackAfter(EMIT_AGAIN_AFTER);
				return;
			case 'retry':
				job.attempt += 1;
				this.putBackAfter(this.settings.retryDelay);
		}
	}

	private giveUp(): void {
		const {
			host: { port, logger },
			job,
		} = this;
		const attempts = job.attempt === 1 ? 'its only attempt' : `all of its ${job.attempt} attempts`;
		logger.warn(
			`The workflow failed for message ${loggable(job.messages[0].id)} in ${attempts}; it ` +
				'counts as read now',
		);
		port.finish(job);
		if (this.settings.failureReply) port.reply(job.messages[0].chat, this.settings.failureReply);
	}

	/** The lane waits, but not at the expense of others: its slot is free meanwhile. */
	private putBackAfter(ms: number): void {
		this.releaseSlot();
		const { clock } = this.host;
		void (ms > 0 ? pause(clock, ms, this.life.closing.signal) : Promise.resolve()).then(() => {
			this.attempt(() => {
				this.putBack();
			});
		});
	}

	private putBack(): void {
		this.stopTyping?.();
		if (!this.host.port.giveBackIfReleased(this.job)) this.lane.putBack(this.job);
		this.leaveLane();
	}

	private leaveLane(): void {
		if (this.hasLeftLane) return;
		this.hasLeftLane = true;
		this.releaseSlot();
		this.lane.execution = undefined;
		this.lane.active = false;
		if (this.isBegun) this.host.goOn(this.lane);
	}

	private releaseSlot(): void {
		if (!this.holdsSlot) return;
		this.holdsSlot = false;
		this.host.slots.release();
	}
}
