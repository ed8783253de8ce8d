import { io, type Socket } from 'socket.io-client';
import { type Platform, systemPlatform } from '../../client/agent/platform';
import { type AgentRegistry, makeRegistry } from '../../client/agent/registry';
import { makeCredentials } from '../../client/connection/credentials';
import type { Bundle } from '../../client/inbound/item/bundle';
import type { AgentContext } from '../../client/inbound/item/prepare';
import type {
	Prepared,
	SubscriptionSettings,
	TriggerLife,
} from '../../client/inbound/trigger-port';
import { wallTime } from './figures';

/** What a receiving process is asked. */
export type ReceiverRequest =
	/** Connects, and answers once live messages are taken at once. */
	| { readonly do: 'connect'; readonly url: string }
	/** Answers when so many messages more have been delivered, see `Arrival`. */
	| { readonly do: 'expect'; readonly count: number };

export interface Arrival {
	/** See `wallTime`. */
	readonly at: number;
	/** ms of processor time from the question to the last delivery. */
	readonly cpu: number;
	/** ms from each message's own time to its delivery; the last ones. */
	readonly latencies: readonly number[];
}

const MOST_LATENCIES = 5000;

/** Counts deliveries; the counting is the same for everybody that is compared. */
export class Counter {
	private left = 0;
	private latencies: number[] = [];
	private cpuBefore = process.cpuUsage();
	private done: ((arrival: Arrival) => void) | undefined;

	expect(count: number): Promise<Arrival> {
		this.left = count;
		this.latencies = [];
		this.cpuBefore = process.cpuUsage();
		return new Promise((resolve) => {
			this.done = resolve;
		});
	}

	/** @param createdAt seconds */
	count(createdAt: number): void {
		this.left -= 1;
		if (this.left < MOST_LATENCIES) this.latencies.push(wallTime() - 1000 * createdAt);
		if (this.left !== 0) return;
		const { user, system } = process.cpuUsage(this.cpuBefore);
		this.done?.({ at: wallTime(), cpu: (user + system) / 1000, latencies: this.latencies });
	}
}

interface WireMessage {
	readonly created_at: number;
}

/** The least that a client can do: the library parses, and the messages are counted. */
export function bareReceiver(): (request: ReceiverRequest) => Promise<unknown> {
	const counter = new Counter();
	return async (request) => {
		if (request.do === 'expect') return counter.expect(request.count);
		const socket = await bareSocket(request.url);
		socket.on('new_message', ({ created_at: createdAt }: WireMessage) => {
			counter.count(createdAt);
		});
		socket.on('offline_messages', (list: readonly WireMessage[]) => {
			for (const { created_at: createdAt } of list) counter.count(createdAt);
		});
		return undefined;
	};
}

/** Resolves once it is connected. */
export async function bareSocket(url: string, token = BARE): Promise<Socket> {
	const socket = io(url, {
		transports: ['websocket'],
		auth: { agent_token: token },
		reconnectionDelay: 1,
		reconnectionDelayMax: 1,
		randomizationFactor: 0,
	});
	await new Promise<void>((resolve) => socket.once('connect', resolve));
	return socket;
}

/** The package's client as the trigger node runs it, with executions that end at once. */
export function ourReceiver(): (request: ReceiverRequest) => Promise<unknown> {
	const counter = new Counter();
	return async (request) => {
		if (request.do === 'expect') return counter.expect(request.count);
		await startTrigger(request.url, {
			prepare: ({ messages: [{ createdAt }] }) =>
				Promise.resolve({ emit: () => (counter.count(createdAt), SUCCESS) }),
		});
		return undefined;
	};
}

/** The tokens of the two. */
export const BARE = 'bare';
export const OURS = 'ours';

const SUCCESS = Promise.resolve('success' as const);

export const DELIVERS_ALL: SubscriptionSettings = {
	filter: {
		chats: new Set(),
		allowFrom: new Set(['*']),
		allowFromKind: new Set(['*']),
		requireMention: true,
		ignoreMentionAll: false,
	},
	acknowledge: 'onCompletion',
	handoverMargin: 0,
	parallelExecutions: Number.POSITIVE_INFINITY,
	laneTimeout: 600_000,
	retries: 3,
	retryDelay: 5000,
	failureReply: '',
	showTyping: false,
	backlog: { keep: 'all', maxAge: 0 },
	agentTurns: { most: 20, pause: 600_000 },
	collect: { pause: 0, most: 30_000 },
	recentFiles: 300_000,
};

export interface TriggerParts {
	readonly prepare: (bundle: Bundle, context: AgentContext) => Promise<Prepared>;
	readonly settings?: Partial<SubscriptionSettings>;
	readonly platform?: Partial<Platform>;
	readonly token?: string;
	readonly place?: string;
	/** One for all triggers of a process, as in n8n; else the trigger has its own. */
	readonly registry?: AgentRegistry;
}

export function benchRegistry(platform?: Partial<Platform>): AgentRegistry {
	const policy = { ...systemPlatform.policy, retryFirst: 1, retryCap: 1 };
	return makeRegistry({ ...systemPlatform, policy, ...platform });
}

const told = new Set<string>();

/** Once each. */
function complain(text: string): void {
	if (told.has(text)) return;
	told.add(text);
	console.log(text);
}

/** ms that the first batch of a process waits for late triggers, and a little more. */
const FIRST_BATCH_HELD = 2300;

/**
 * Starts a trigger; resolves once it is connected and has judged its first batch, so that what
 * comes then is delivered at once.
 */
export async function startTrigger(
	url: string,
	{
		prepare,
		settings,
		platform,
		token = OURS,
		place = 'bench',
		registry = benchRegistry(platform),
	}: TriggerParts,
): Promise<void> {
	const credentials = makeCredentials(url, token, false);
	const life: TriggerLife = {
		settings: { ...DELIVERS_ALL, ...settings },
		credentials: () => Promise.resolve(credentials),
		outage: () => undefined,
		prepare,
	};
	await new Promise<void>((resolve) => {
		const log = (text: string) => {
			if (text.startsWith('Connected')) resolve();
		};
		registry.run(place, life, credentials, {
			debug: () => undefined,
			info: log,
			warn: complain,
			error: complain,
		});
	});
	await new Promise((resolve) => setTimeout(resolve, FIRST_BATCH_HELD));
}
