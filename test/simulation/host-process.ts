import type { RunningTrigger } from '../../client/agent/places';
import { type AgentRegistry, makeRegistry } from '../../client/agent/registry';
import type { AgentSession } from '../../client/agent/agent-session';
import type { Clock, Timer } from '../../client/clock';
import { type AgentCredentials, makeCredentials } from '../../client/connection/credentials';
import { CONNECTION_POLICY } from '../../client/connection/policy';
import { say } from '../../client/agent/say';
import type { HttpClient } from '../../client/http/http-client';
import type { Bundle } from '../../client/inbound/item/bundle';
import type { AgentContext } from '../../client/inbound/item/prepare';
import type { SubscriptionSettings, TriggerLife } from '../../client/inbound/trigger-port';
import type { Logger } from '../../client/logger';
import type { Chat } from '../../client/protocol/chat';
import type { AnswerPort } from '../../client/questions/question';
import type { Link } from './link';
import type { Executions } from './executions';
import type { Oracle } from './oracle';
import type { PlaceRecord } from './place-record';
import type { Random } from './random';
import type { SimulatedClub } from './simulated-club';
import type { WaitingExecutions } from './waiting-executions';

/** What all processes of a schedule share. */
export interface HostWorld {
	readonly clock: Clock;
	readonly random: Random;
	readonly club: SimulatedClub;
	readonly oracle: Oracle;
	/** As the credential has it now. */
	token: string;
}

/** Where the simulated server is; nothing is really asked there. */
const SERVER = 'http://club.simulated:5555';

/**
 * One n8n process: it runs triggers and actions of the package on simulated wires, and may die at
 * any moment.
 */
export class HostProcess {
	alive = true;
	/** n8n has been told to stop. */
	closing = false;
	readonly registry: AgentRegistry;
	private readonly clock: Clock;
	private readonly links = new Set<Link>();
	private readonly triggers = new Map<string, Trigger>();

	constructor(
		private readonly world: HostWorld,
		private readonly waiting: WaitingExecutions,
		private readonly executions: Executions,
		/** Runs the triggers, which a worker of n8n's queue mode does not. */
		runsTriggers = true,
	) {
		this.clock = mortalClock(world.clock, () => this.alive);
		this.registry = makeRegistry({
			clock: this.clock,
			policy: { ...CONNECTION_POLICY, chance: () => world.random.fraction() },
			openSocket: (credentials, transports, clock, handlers) => {
				const opener = world.club.openerFor(this.clock, (link) => this.links.add(link));
				const session = this.registry.session(credentials, this.logger());
				return opener(
					credentials,
					transports,
					clock,
					runsTriggers ? watched(handlers, world, session) : handlers,
				);
			},
			makeHttpClient: ({ token }) => {
				const client = world.club.httpFor(token, this.clock);
				return runsTriggers ? watchedHttp(client, world.oracle) : client;
			},
		});
	}

	get running(): readonly string[] {
		return [...this.triggers.keys()];
	}

	/**
	 * Activates a trigger; one that runs already gets a second life beside the first, as n8n can do
	 * it.
	 */
	activate(key: string, settings: SubscriptionSettings): void {
		const record = this.world.oracle.lifeBegins(key, settings);
		const life = new Life(
			settings,
			record,
			this,
			this.world,
			this.executions,
			this.waiting.port(this),
		);
		const former = this.triggers.get(key);
		if (former) former.life.closing = true;
		this.triggers.set(key, {
			life,
			running: this.registry.run(key, life, this.credentials(), this.logger()),
		});
	}

	/** Resolves as n8n sees it: when the marks that are due have been sent. */
	async deactivate(key: string): Promise<void> {
		const trigger = this.triggers.get(key);
		if (!trigger) return;
		this.triggers.delete(key);
		trigger.life.closing = true;
		trigger.life.record.close(this.world.clock.now(), this.world.token);
		await trigger.running.close();
	}

	/** SIGTERM: intake stops, executions go on for a while. */
	async stop(): Promise<void> {
		this.closing = true;
		await Promise.all(this.running.map((key) => this.deactivate(key)));
	}

	/** SIGKILL. */
	die(): void {
		this.alive = false;
		for (const link of this.links) link.abandon();
	}

	session(): AgentSession {
		return this.registry.session(this.credentials(), this.logger());
	}

	/** What a workflow says without waiting for it. */
	say(chat: Chat, text: string): void {
		const what = 'The outcome of a question';
		void say(this.session(), { chat, text, what, by: undefined }, this.logger());
	}

	credentials(): AgentCredentials {
		return makeCredentials(SERVER, this.world.token, false);
	}

	private logger(): Logger {
		const write = (line: string) => {
			if (this.alive) this.world.oracle.note(`log: ${line}`);
		};
		return { debug: () => undefined, info: write, warn: write, error: write };
	}
}

interface Trigger {
	readonly life: Life;
	readonly running: RunningTrigger;
}

/** One life of a trigger: what `nodes/AgentClubTrigger/deliver.ts` is in n8n. */
export class Life implements TriggerLife {
	closing = false;

	constructor(
		readonly settings: SubscriptionSettings,
		readonly record: PlaceRecord,
		readonly process: HostProcess,
		private readonly world: HostWorld,
		private readonly executions: Executions,
		readonly answers: AnswerPort,
	) {}

	credentials(): Promise<AgentCredentials> {
		const isReadable = !this.world.random.chance(0.02);
		this.world.oracle.note(
			`${this.record.key} reads its credential: ` +
				(isReadable ? this.world.token.slice(-4) : 'in vain'),
		);
		return isReadable
			? Promise.resolve(this.process.credentials())
			: Promise.reject(new Error('the credential cannot be read'));
	}

	outage(): void {
		this.world.oracle.note('outage reported');
	}

	async prepare({ messages }: Bundle, { directory }: AgentContext) {
		const [message] = messages;
		if (message.chat.type === 'group' && this.world.random.chance(0.3))
			await directory.roster(message.chat.id, 60_000, message.sender.id);
		if (this.world.random.chance(0.01)) throw new Error('the storage is full');
		return {
			emit: (delivery: { attempt: number }) =>
				this.executions.start(this, messages, delivery.attempt),
		};
	}
}

/** A process that died has no timers any more. */
function mortalClock(clock: Clock, isAlive: () => boolean): Clock {
	return {
		wallTime: () => clock.wallTime(),
		now: () => clock.now(),
		after: (ms, callback, options): Timer =>
			clock.after(
				ms,
				() => {
					if (isAlive()) callback();
				},
				options,
			),
	};
}

type Handlers = Parameters<ReturnType<SimulatedClub['openerFor']>>[3];

/**
 * Tells the oracle what arrives, as soon as the connection knows who it is: before that nothing may
 * be judged. What comes on a connection that only sends is passed over, and comes again.
 */
function watched(
	handlers: Handlers,
	{ oracle, clock }: HostWorld,
	session: AgentSession,
): Handlers {
	let identifiedAt: number | undefined;
	const early: string[] = [];
	return {
		connected: () => {
			handlers.connected();
		},
		refused: (text) => {
			handlers.refused(text);
		},
		failed: (reason, transportFailed) => {
			handlers.failed(reason, transportFailed);
		},
		frame(event, payload) {
			const ids =
				event === 'new_message'
					? [idOf(payload)]
					: event === 'offline_messages' && Array.isArray(payload)
						? payload.map(idOf)
						: [];
			const isFirst = event === 'auth_ok';
			if (isFirst) identifiedAt = clock.now();
			if (identifiedAt === undefined) early.push(...ids);
			else if (session.inbox.hasSubscriptions)
				for (const id of isFirst ? early : ids) oracle.arrived(id, { session, identifiedAt });
			handlers.frame(event, payload);
		},
	};
}

function idOf(row: unknown): string {
	return (row as { id: string }).id;
}

const HISTORY = /\/api\/agent\/messages\/[^/]+\/([^/?]+)/;

/** Tells the oracle of each history that cannot be read. */
function watchedHttp(client: HttpClient, oracle: Oracle): HttpClient {
	return {
		send: async (request) => {
			const chat = HISTORY.exec(request.url)?.[1];
			const failed = () => {
				if (chat === undefined) return;
				oracle.questions.historyFailed(chat, request.signal?.aborted === true);
			};
			try {
				const answer = await client.send(request);
				if (answer.status !== 200) failed();
				return answer;
			} catch (error) {
				failed();
				throw error;
			}
		},
		close: () => {
			client.close();
		},
	};
}
