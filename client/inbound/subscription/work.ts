import type { Clock } from '../../clock';
import type { Logger } from '../../logger';
import { AgentTurns } from '../intake/agent-turns';
import { TurnedAway } from '../intake/turned-away';
import { Collector } from './collector';
import type { LanePort } from '../lanes/lane-port';
import { LaneWorker } from '../lanes/lane-worker';
import { RecentFiles } from '../item/recent-files';
import type { Slots } from '../../slots';
import type { SubscriptionSettings } from '../trigger-port';

/** What works on a trigger's messages, and what it knows of their chats. */
export class Work {
	readonly turns: AgentTurns;
	readonly turnedAway: TurnedAway;
	readonly recentFiles: RecentFiles;
	readonly worker: LaneWorker;
	readonly collector: Collector;

	/** @param settings of the running life; undefined before the first one */
	constructor(
		clock: Clock,
		logger: Logger,
		n8nSlots: Slots,
		settings: () => SubscriptionSettings | undefined,
		port: LanePort,
	) {
		this.turns = new AgentTurns(
			() => settings()?.agentTurns ?? { most: 0, pause: 0 },
			clock,
			logger,
		);
		this.turnedAway = new TurnedAway(logger);
		this.recentFiles = new RecentFiles(settings);
		this.worker = new LaneWorker(clock, logger, n8nSlots, port);
		this.collector = new Collector(clock, (job) => {
			this.worker.completed(job);
		});
	}
}
