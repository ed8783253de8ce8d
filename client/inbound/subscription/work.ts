import type { Clock } from '../../clock';
import type { Logger } from '../../logger';
import { AgentTurns } from '../intake/agent-turns';
import { Collector } from './collector';
import { LaneWorker, type LaneWorkerPort } from '../lanes/lane-worker';
import { NO_EARLIER_FILES, RecentFiles } from '../item/recent-files';
import type { SubscriptionSettings } from '../trigger-port';

/** What works on a trigger's messages, and what it knows of their chats. */
export class Work {
	readonly turns: AgentTurns;
	readonly recentFiles: RecentFiles;
	readonly worker: LaneWorker;
	readonly collector: Collector;

	/** @param settings of the running life; undefined before the first one */
	constructor(
		clock: Clock,
		logger: Logger,
		settings: () => SubscriptionSettings | undefined,
		port: Omit<LaneWorkerPort, 'isOverTurnLimit' | 'complete'>,
	) {
		const turns = new AgentTurns(
			() => settings()?.agentTurns ?? { most: 0, pause: 0 },
			clock,
			logger,
		);
		const recentFiles = new RecentFiles(settings);
		this.turns = turns;
		this.recentFiles = recentFiles;
		this.worker = new LaneWorker(clock, logger, {
			...port,
			isOverTurnLimit: ({ messages: [{ chat }], turn }, context) =>
				turn && turns.turnsAway(chat, turn, context.historyBefore),
			complete: (job, { identity, past }) =>
				recentFiles.takeFromPast(job.messages[0], identity.userId, past)?.then((found) => {
					if (found) job.earlierFiles = [...found, ...job.earlierFiles];
					else job.problems = [...job.problems, NO_EARLIER_FILES];
				}),
		});
		this.worker.resume(settings()?.parallelExecutions);
		this.collector = new Collector(clock, (job) => {
			this.worker.completed(job);
		});
	}
}
