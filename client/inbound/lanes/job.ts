import type { Message, Source } from '../../protocol/message';
import type { Turn } from '../intake/agent-turns';
import { type Bundle, NONE } from '../item/bundle';
import { skipReason } from '../intake/filter';
import type { OpenLife } from '../trigger-port';

/** A message, or what its sender wrote in one go, on its way to an execution. */
export class Job implements Bundle {
	readonly messages: [Message, ...Message[]];
	earlierFiles: readonly Message[] = NONE;
	problems: readonly string[] = NONE;
	/** Seconds; of the first message. */
	readonly createdAt: number;
	/** 1 for the first execution. */
	attempt = 1;
	/** Its sender may still add to it: the lane waits. */
	isOpen = false;
	/** It has been deleted with all that was said in its chat: it has no further attempt. */
	isWithdrawn = false;

	constructor(
		message: Message,
		readonly source: Source,
		/** Its place in a row of agents' messages; undefined for a person's. */
		readonly turn: Turn | undefined,
		/** The life of the trigger whose filters let it through. */
		public admittedBy: unknown,
	) {
		this.messages = [message];
		this.createdAt = message.createdAt;
	}
}

/** A new life may have other filters than the one that took the message. */
export function isStillWanted(job: Job, life: OpenLife, selfId: string): boolean {
	if (job.admittedBy === life) return true;
	job.admittedBy = life;
	return job.messages.some(
		(message) => skipReason(life.trigger.settings.filter, message, selfId) === undefined,
	);
}
