import type { AgentClubError } from '../../client/errors';
import type { AgentCredentials } from '../../client/connection/credentials';
import type { Bundle } from '../../client/inbound/item/bundle';
import type { AnswerPort } from '../../client/questions/question';
import type { Outcome } from '../../client/inbound/lanes/settlement';
import type {
	Delivery,
	Prepared,
	SubscriptionSettings,
	TriggerLife,
} from '../../client/inbound/trigger-port';
import { credentialsOf } from './sample-credentials';
import { settled } from './fake-clock';

/** One execution that the trigger has started. */
export interface ScriptedExecution {
	readonly id: string;
	readonly delivery: Delivery;
	/** It ends, and what follows from that has happened when this resolves. */
	end(outcome?: Outcome): Promise<void>;
	/** Its promise rejects. */
	reject(): Promise<void>;
}

export const ANYBODY = {
	chats: new Set<string>(),
	allowFrom: new Set(['*']),
	allowFromKind: new Set(['*']),
	requireMention: false,
	ignoreMentionAll: false,
};

const SETTINGS: SubscriptionSettings = {
	filter: ANYBODY,
	acknowledge: 'onCompletion',
	handoverMargin: 0,
	parallelExecutions: 20,
	laneTimeout: 600_000,
	retries: 3,
	retryDelay: 5000,
	failureReply: '',
	showTyping: false,
	backlog: { keep: 'all', maxAge: 0 },
	agentTurns: { most: 0, pause: 0 },
	collect: { pause: 0, most: 30_000 },
	recentFiles: 0,
};

export type SettingsChange = Partial<Omit<SubscriptionSettings, 'filter'>> & {
	filter?: Partial<SubscriptionSettings['filter']>;
};

/** A trigger's life whose executions end when the test says so. */
export class ScriptedTrigger implements TriggerLife {
	readonly settings: SubscriptionSettings;
	readonly executions: ScriptedExecution[] = [];
	readonly prepared: string[] = [];
	/** What was prepared: the ids above are those of the first messages. */
	readonly bundles: Bundle[] = [];
	/** What `emit` does instead of starting an execution, for as long as it is set. */
	refuse: 'throw' | 'reject' | undefined;
	/** Who takes the replies to questions. */
	answers?: AnswerPort;
	/** Preparing waits for this. */
	preparing: Promise<void> = Promise.resolve();
	currentCredentials: AgentCredentials = credentialsOf();

	constructor(change: SettingsChange = {}) {
		this.settings = { ...SETTINGS, ...change, filter: { ...ANYBODY, ...change.filter } };
	}

	/** The outages that were reported. */
	readonly outages: AgentClubError[] = [];

	outage(error: AgentClubError): void {
		this.outages.push(error);
	}

	credentials(): Promise<AgentCredentials> {
		return Promise.resolve(this.currentCredentials);
	}

	async prepare(bundle: Bundle): Promise<Prepared> {
		const { id } = bundle.messages[0];
		this.bundles.push(bundle);
		this.prepared.push(id);
		await this.preparing;
		return { emit: (delivery) => this.start(id, delivery) };
	}

	/** Ids of the messages whose executions were started, in order. */
	get started(): string[] {
		return this.executions.map(({ id }) => id);
	}

	/** The latest execution for a message. */
	execution(id: string): ScriptedExecution {
		const found = this.executions.findLast((execution) => execution.id === id);
		if (!found)
			throw new Error(`no execution was started for ${id}; there are: ${this.started.join(', ')}`);
		return found;
	}

	private start(id: string, delivery: Delivery): Promise<Outcome> {
		if (this.refuse === 'throw') throw new Error('n8n is shutting down');
		if (this.refuse === 'reject') return Promise.reject(new Error('no execution could be created'));
		return new Promise((resolve, reject) => {
			this.executions.push({
				id,
				delivery,
				end: (outcome = 'success') => {
					resolve(outcome);
					return settled();
				},
				reject: () => {
					reject(new Error('no execution could be created'));
					return settled();
				},
			});
		});
	}
}
