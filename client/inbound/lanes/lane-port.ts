import type { Chat } from '../../protocol/chat';
import type { Turn } from '../intake/agent-turns';
import type { AgentContext } from '../item/prepare';
import type { OpenLife } from '../trigger-port';
import type { Job } from './job';

/** What the lanes need of their subscription, which is all of it that they know. */
export interface LanePort {
	/** The life that may start executions now. */
	readonly life: OpenLife | undefined;
	/** The agent, once it is known who it is. */
	readonly context: AgentContext | undefined;
	/** Whether the message comes after too many by agents in a row; it is then skipped. */
	isOverTurnLimit(chat: Chat, turn: Turn, context: AgentContext): Promise<boolean>;
	/**
	 * Gives the job the files that were posted before it, as far as they are still missing. Undefined
	 * where none is.
	 */
	complete(job: Job, context: AgentContext): Promise<void> | undefined;
	/** The message is dealt with. */
	settle(job: Job): void;
	/** `manually`: the lane goes on, the message stays unread. */
	leaveUnmarked(job: Job): void;
	/** The message goes back unread: nothing will come of it here. */
	giveBack(job: Job): void;
	/**
	 * Gives the message back if the trigger's place has been given up. Answers whether it did.
	 */
	giveBackIfReleased(job: Job): boolean;
	/** The returned function ends it. */
	showTyping(chat: Chat): () => void;
	reply(chat: Chat, text: string): void;
	/** A lane is at rest. */
	laneIsIdle(): void;
}
