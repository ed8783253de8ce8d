import type { AgentCredentials } from '../connection/credentials';
import type { AgentClubError } from '../errors';
import type { TurnLimit } from './intake/agent-turns';
import type { Closing } from './closing';
import type { Bundle } from './item/bundle';
import type { FilterSettings } from './intake/filter';
import type { Source } from '../protocol/message';
import type { AnswerPort } from '../questions/question';
import type { AgentContext } from './item/prepare';
import type { AcknowledgeMode, Outcome } from './lanes/settlement';

/** What the inbox asks of its host: the port through which n8n comes in. */

export interface SubscriptionSettings {
	readonly filter: FilterSettings;
	readonly acknowledge: AcknowledgeMode;
	/**
	 * `immediately`: ms that a hand-over takes to count, on top of the usual time. For so long the
	 * host may have a new execution in memory only (n8n in queue mode, while Redis is away).
	 */
	readonly handoverMargin: number;
	/** Executions at the same time; Infinity is no limit. */
	readonly parallelExecutions: number;
	/** ms. */
	readonly laneTimeout: number;
	/** `onSuccess`: further attempts after the first, and ms between them. */
	readonly retries: number;
	readonly retryDelay: number;
	/** Sent to the chat when a message's last attempt has failed; "" sends nothing. */
	readonly failureReply: string;
	readonly showTyping: boolean;
	readonly backlog: BacklogSettings;
	readonly agentTurns: TurnLimit;
	readonly collect: CollectSettings;
	/** Groups: files that the sender posted so long (ms) before the mention come along; 0 is off. */
	readonly recentFiles: number;
}

/** What is worked on of the unread messages that a connection brings. */
export interface BacklogSettings {
	/** `skip` leaves out the first batch after n8n started or the workflow was published. */
	readonly keep: 'all' | 'recent' | 'skip';
	/** ms; what is older is left out by `recent`, after each connect. */
	readonly maxAge: number;
}

/** What one sender writes in one go in one chat becomes one item. */
export interface CollectSettings {
	/**
	 * ms without a further message (and without typing) after which a job is complete; 0 collects
	 * nothing.
	 */
	readonly pause: number;
	/** ms after which it is complete whatever comes. */
	readonly most: number;
}

export interface Delivery {
	readonly source: Source;
	/** 1, 2, ...; from 1 again in a new process. */
	readonly attempt: number;
}

/** One or several messages with everything that their item needs, ready to start an execution. */
export interface Prepared {
	/**
	 * Starts the execution before it returns; the promise says how it ended. Throws or rejects where
	 * none could be created.
	 */
	emit(delivery: Delivery): Promise<Outcome>;
}

/** One run of the trigger, from activation to close. */
export interface TriggerLife {
	readonly settings: SubscriptionSettings;
	/** Read again at every connect, so that an edited credential takes effect. */
	credentials(): Promise<AgentCredentials>;
	/**
	 * The agent has been without a connection for long, or its token is refused: once for each such
	 * episode.
	 */
	outage(error: AgentClubError): void;
	/** Takes replies to the agent's questions to the executions that wait for them. */
	readonly answers?: AnswerPort;
	/** Fetches what belongs to the messages; failures are told in the item, not thrown. */
	prepare(bundle: Bundle, context: AgentContext): Promise<Prepared>;
}

/** A life with its end: callbacks of one that is over look at `closing`. */
export interface OpenLife {
	readonly trigger: TriggerLife;
	readonly closing: Closing;
}
