import { type Logger, loggable } from '../../logger';
import type { Message } from '../../protocol/message';
import { type FilterSettings, isAddressed, type SkipReason } from './filter';

/** Senders that are named in the log, for each life of a trigger. */
const MOST_SENDERS = 20;

/**
 * Tells who writes to the agent and is not let in, once for each sender. Otherwise nobody would
 * know why the workflow does not start.
 */
export class TurnedAway {
	private readonly named = new Set<string>();

	constructor(private readonly logger: Logger) {}

	newLife(): void {
		this.named.clear();
	}

	see({ filter, message, selfId, reason }: Refusal): void {
		if (reason !== 'sender' && reason !== 'sender kind') return;
		const { sender } = message;
		if (this.named.has(sender.id) || this.named.size === MOST_SENDERS) return;
		if (filter.requireMention && !isAddressed(message, selfId, filter.ignoreMentionAll)) return;
		this.named.add(sender.id);
		const field = reason === 'sender' ? 'Allow From' : 'Allow From Kind';
		this.logger.info(
			`"${field}" does not let ${loggable(sender.name)} (${loggable(sender.id)}) in: what they ` +
				'write does not start the workflow. This is said once for each sender',
		);
	}
}

/** A message that a trigger does not take. */
export interface Refusal {
	readonly filter: FilterSettings;
	readonly message: Message;
	/** The agent itself. */
	readonly selfId: string;
	readonly reason: SkipReason;
}
