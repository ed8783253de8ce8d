import type { AgentCredentials } from '../../client/connection/credentials';
import type { AgentClubError } from '../../client/errors';
import { asOneMessage, type Bundle } from '../../client/inbound/item/bundle';
import {
	type AgentContext,
	prepareMessage,
	type PreparedMessage,
} from '../../client/inbound/item/prepare';
import type { AcknowledgeMode, Outcome } from '../../client/inbound/lanes/settlement';
import type {
	Delivery,
	Prepared,
	SubscriptionSettings,
	TriggerLife,
} from '../../client/inbound/trigger-port';
import type { Message } from '../../client/protocol/message';
import type { ObservedEvents } from '../../playground/club/observed-events';
import { storeInMemory } from './memory-sink';

/** One execution that the inbox started: in n8n's place, the test says how it ends. */
export class Execution {
	readonly ended: Promise<Outcome>;
	private finish!: (outcome: Outcome) => void;

	constructor(
		/** Several that were collected count as one. */
		readonly message: Message,
		readonly delivery: Delivery,
		/** With `fetches`: what the item would be made of. */
		readonly prepared: PreparedMessage<Buffer> | undefined,
	) {
		this.ended = new Promise((resolve) => {
			this.finish = resolve;
		});
	}

	get text(): string {
		return this.message.text;
	}

	/** Harmless to repeat. */
	end(outcome: Outcome = 'success'): void {
		this.finish(outcome);
	}
}

export interface TriggerScript {
	/** Who it is among the agent's triggers; two lives with the same place are the same trigger. */
	readonly place?: string;
	readonly chats?: readonly string[];
	readonly allowFrom?: readonly string[];
	readonly allowFromKind?: readonly string[];
	readonly requireMention?: boolean;
	readonly acknowledge?: AcknowledgeMode;
	readonly parallelExecutions?: number;
	/** ms. */
	readonly laneTimeout?: number;
	readonly retries?: number;
	/** ms. */
	readonly retryDelay?: number;
	readonly failureReply?: string;
	readonly showTyping?: boolean;
	/** ms. */
	readonly collect?: { readonly pause: number; readonly most?: number };
	/** ms. */
	readonly recentFiles?: number;
	/** How executions end, each as soon as it has begun; `byHand` leaves that to the test. */
	readonly ends?: Outcome | 'byHand';
	/** Whether roster and file are fetched as the trigger node does it; `rosterMaxAge` in ms. */
	readonly fetches?: {
		readonly maxBytes?: number;
		readonly rosterMaxAge?: number;
		readonly contextMessages?: number;
	};
}

/**
 * A trigger that starts executions for a test, over real sockets. Everybody may write to it,
 * mentioned or not, unless told otherwise.
 */
export class ActingTrigger implements TriggerLife {
	readonly executions: Execution[] = [];
	/** What the session has told of long troubles with the connection. */
	readonly outages: AgentClubError[] = [];
	readonly settings: SubscriptionSettings;
	/** How executions end from now on. */
	ends: Outcome | 'byHand';

	constructor(
		private readonly script: TriggerScript,
		/** What a look at the credential finds; tests edit it. */
		public found: AgentCredentials,
		private readonly news: ObservedEvents,
	) {
		this.ends = script.ends ?? 'success';
		this.settings = {
			filter: {
				chats: new Set(script.chats),
				allowFrom: new Set(script.allowFrom ?? ['*']),
				allowFromKind: new Set(script.allowFromKind ?? ['*']),
				requireMention: script.requireMention ?? false,
				ignoreMentionAll: false,
			},
			acknowledge: script.acknowledge ?? 'onCompletion',
			handoverMargin: 0,
			parallelExecutions: script.parallelExecutions ?? Number.POSITIVE_INFINITY,
			laneTimeout: script.laneTimeout ?? 3_600_000,
			retries: script.retries ?? 2,
			retryDelay: script.retryDelay ?? 5000,
			failureReply: script.failureReply ?? '',
			showTyping: script.showTyping ?? false,
			backlog: { keep: 'all', maxAge: 0 },
			agentTurns: { most: 0, pause: 0 },
			collect: { pause: script.collect?.pause ?? 0, most: script.collect?.most ?? 30_000 },
			recentFiles: script.recentFiles ?? 0,
		};
	}

	credentials(): Promise<AgentCredentials> {
		return Promise.resolve(this.found);
	}

	outage(error: AgentClubError): void {
		this.outages.push(error);
		this.news.notify();
	}

	async prepare(bundle: Bundle, context: AgentContext): Promise<Prepared> {
		const prepared = this.script.fetches && (await fetchFor(bundle, context, this.script.fetches));
		return {
			emit: (delivery) => {
				const execution = new Execution(asOneMessage(bundle), delivery, prepared);
				this.executions.push(execution);
				if (this.ends !== 'byHand') execution.end(this.ends);
				this.news.notify();
				return execution.ended;
			},
		};
	}

	/** The texts of what has started so far, in the order of the starts. */
	get texts(): string[] {
		return this.executions.map(({ text }) => text);
	}

	/**
	 * Resolves with the first `count` texts, as soon as so many executions have started.
	 * @param patience real ms
	 */
	async started(count: number, patience?: number): Promise<string[]> {
		await this.news
			.waitFor(() => this.executions.length >= count, `${count} executions`, patience)
			.catch((cause: unknown) => {
				const seen = this.texts.slice(-20).join(' | ') || 'none';
				throw new Error(`waited in vain for ${count} executions; there were: ${seen}`, {
					cause,
				});
			});
		return this.texts.slice(0, count);
	}

	/** The execution with this number, from 1, come or still to come. */
	async execution(number: number): Promise<Execution> {
		await this.started(number);
		const execution = this.executions[number - 1];
		if (!execution) throw new Error('executions count from 1');
		return execution;
	}

	/** Ends everything that runs, and what starts later. */
	endAll(outcome: Outcome = 'success'): void {
		this.ends = outcome;
		for (const execution of this.executions) execution.end(outcome);
	}
}

function fetchFor(
	bundle: Bundle,
	context: AgentContext,
	fetches: NonNullable<TriggerScript['fetches']>,
) {
	const { maxBytes = 1_000_000, rosterMaxAge = 60_000, contextMessages = 0 } = fetches;
	return prepareMessage(
		bundle,
		{ download: 'all', maxBytes, includeRoster: true, rosterMaxAge, contextMessages },
		context,
		storeInMemory,
	);
}
