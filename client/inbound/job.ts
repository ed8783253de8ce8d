import type { Message } from '../protocol/message';
import type { Turn } from './agent-turns';
import { type Bundle, NONE } from './bundle';
import type { Source } from './entry';

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

	constructor(
		message: Message,
		readonly source: Source,
		/** Its place in a row of agents' messages; undefined for a person's. */
		readonly turn: Turn | undefined,
		/** The life of the trigger whose filters let it through. */
		public judgedBy: unknown,
		/** The agent that was told: no other one can mark it. */
		readonly agentId: string,
	) {
		this.messages = Array.of(message) as [Message, ...Message[]];
		this.createdAt = message.createdAt;
	}
}
