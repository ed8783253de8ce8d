import type { AgentSession } from '../../client/agent/agent-session';
import { systemPlatform } from '../../client/agent/platform';
import type { RunningTrigger } from '../../client/agent/places';
import { type AgentRegistry, makeRegistry } from '../../client/agent/registry';
import { type AgentCredentials, makeCredentials } from '../../client/connection/credentials';
import type { ConnectionPolicy } from '../../client/connection/policy';
import type { Logger } from '../../client/logger';
import { composeText, type Outgoing } from '../../client/outbound/compose';
import type { ChatAddress, ClubAgent, ClubUser, StoredMessage } from '../../playground/club/club';
import type { ServerOptions } from '../../playground/club/club-server';
import { ObservedEvents } from '../../playground/club/observed-events';
import { PlaygroundClub } from '../../playground/club/playground-club';
import { FastClock } from './fast-clock';
import { Link } from './link';
import { ActingTrigger, type TriggerScript } from './acting-trigger';

export interface HarnessOptions extends ServerOptions {
	readonly policy?: Partial<ConnectionPolicy>;
	/** Whether the agent reaches the club through a link that can break, see `link`. */
	readonly linked?: boolean;
	/**
	 * ms of the agent's clock in a real one: 1 where deadlines meet work that takes long, and 0 where
	 * nothing may fall due before the test says so.
	 */
	readonly speed?: number;
}

/** ms on the fast clock; long where only a fault of the test could make use of it. */
const POLICY: ConnectionPolicy = {
	handshake: 60_000,
	handshakeCap: 300_000,
	retryFirst: 200,
	retryCap: 2000,
	awaitedPause: 5000,
	refusedFirst: 300_000,
	refusedCap: 300_000,
	refusedAwaited: 1000,
	credentialCheck: 500,
	proven: 10_000,
	chance: Math.random,
};

/** Seconds. Rare, so that tests can skip time without a heartbeat falling due. */
const HEARTBEAT = 300;

/** Longer than anything that the client waits for without being asked (ms). */
const LONG = 10_000;

/**
 * An agent's client as n8n runs it, against a playground with a few people: what the tests of the
 * client share.
 */
export class AgentHarness {
	readonly log: string[] = [];
	private readonly news = new ObservedEvents();
	private readonly triggers = new Map<ActingTrigger, RunningTrigger>();
	private readonly leases: Array<() => void> = [];
	private readonly logger: Logger;
	private process: { readonly clock: FastClock; readonly registry: AgentRegistry };
	private between: Link | undefined;

	private constructor(
		readonly club: PlaygroundClub,
		readonly agent: ClubAgent,
		readonly mia: ClubUser,
		readonly tom: ClubUser,
		/** With the agent, Mia and Tom. */
		readonly group: ChatAddress,
		/** Mia's with the agent. */
		readonly direct: ChatAddress,
		private readonly policy: ConnectionPolicy,
		private readonly speed: number | undefined,
	) {
		const write = (level: string) => (text: string) => {
			this.log.push(`${level}: ${text}`);
			this.news.notify();
		};
		this.logger = {
			debug: write('debug'),
			info: write('info'),
			warn: write('warn'),
			error: write('error'),
		};
		this.process = this.newProcess();
	}

	static async start({
		policy,
		linked,
		speed,
		...server
	}: HarnessOptions = {}): Promise<AgentHarness> {
		const club = await PlaygroundClub.start({ heartbeatInterval: HEARTBEAT, ...server });
		const agent = await club.addAgent('helper', 'Helper');
		const mia = await club.addHuman('mia', 'Mia');
		const tom = await club.addHuman('tom', 'Tom');
		const group = await club.addGroup('Kitchen', [mia.id, tom.id, agent.id]);
		const direct = await club.openDirect(mia.id, agent.id);
		const harness = new AgentHarness(
			club,
			agent,
			mia,
			tom,
			group,
			direct,
			{ ...POLICY, ...policy },
			speed,
		);
		if (linked) harness.between = await Link.start(club.url, () => harness.clock);
		return harness;
	}

	/** What lies between the agent and the club, with `linked`. */
	get link(): Link {
		if (!this.between) throw new Error('the harness was started without a link');
		return this.between;
	}

	get clock(): FastClock {
		return this.process.clock;
	}

	credentials({
		url = this.between?.url ?? this.club.url,
		token = this.agent.token,
		ignoreSslIssues = false,
	} = {}): AgentCredentials {
		return makeCredentials(url, token, ignoreSslIssues);
	}

	/** Activates a trigger. */
	run(script: TriggerScript = {}, credentials = this.credentials()): ActingTrigger {
		const trigger = new ActingTrigger(script, credentials, this.news);
		this.triggers.set(
			trigger,
			this.process.registry.run(
				script.place ?? 'workflow:trigger',
				trigger,
				credentials,
				this.logger,
			),
		);
		return trigger;
	}

	/** Deactivates it; resolves as n8n sees it, once the marks that are due have arrived. */
	async close(trigger: ActingTrigger): Promise<void> {
		await this.triggers.get(trigger)?.close();
	}

	/**
	 * The agent's session as an action node uses it: leased, until the end of the test or until
	 * `release` is called.
	 */
	action(credentials = this.credentials()): { session: AgentSession; release: () => void } {
		const session = this.process.registry.session(credentials, this.logger);
		const release = session.lease();
		this.leases.push(release);
		return { session, release };
	}

	/** What another process does with the same agent, an n8n worker for example. */
	async elsewhere(run: (session: AgentSession) => Promise<void>): Promise<void> {
		const { clock, registry } = this.newProcess();
		const session = registry.session(this.credentials(), this.logger);
		const release = session.lease();
		try {
			await run(session);
		} finally {
			release();
			await clock.skip(31_000);
			clock.stop();
		}
	}

	/** n8n dies without a word: nothing ends, nothing is marked, and what runs next knows nothing. */
	async crash(): Promise<void> {
		this.process.clock.stop();
		this.triggers.clear();
		this.leases.length = 0;
		this.club.faults.kill(this.agent.id);
		await this.club.waitFor(
			() => this.club.socketCount(this.agent.id) === 0,
			'the dead process to lose its sockets',
		);
		this.process = this.newProcess();
	}

	/** Mia writes, in the group unless told otherwise. */
	say(
		content: string,
		chat = this.group,
		mentions: readonly string[] = [],
	): Promise<StoredMessage> {
		return this.club.say(this.mia.id, chat, { content, mentions });
	}

	/** Mia writes these, one after the other. */
	async sayAll(contents: readonly string[], chat = this.group): Promise<StoredMessage[]> {
		const said: StoredMessage[] = [];
		for (const content of contents) said.push(await this.say(content, chat));
		return said;
	}

	/** What a new connection of the agent would bring, oldest first. */
	get unread(): string[] {
		return this.club.unread(this.agent.id).map(({ content }) => content);
	}

	async unreadBecomes(...contents: string[]): Promise<void> {
		await this.club
			.waitFor(
				() => JSON.stringify(this.unread) === JSON.stringify(contents),
				`unread: ${contents.join(', ')}`,
			)
			.catch((cause: unknown) => {
				throw new Error(
					`waited in vain for unread [${contents.join(', ')}]; there are ` +
						`[${this.unread.join(', ')}]`,
					{ cause },
				);
			});
	}

	async connected(times = 1): Promise<void> {
		const { club, agent } = this;
		await club.waitFor(
			() => club.socketCount(agent.id) > 0 && club.connectionsEver(agent.id) >= times,
			`connection number ${times}`,
		);
		await this.logged(/Connected to Agent Club/, times);
	}

	/** Resolves when so many log lines match, come or still to come. */
	async logged(pattern: RegExp, times = 1): Promise<void> {
		const matches = () => this.log.filter((line) => pattern.test(line)).length;
		await this.news
			.waitFor(() => matches() >= times, String(pattern))
			.catch((cause: unknown) => {
				throw new Error(
					`waited in vain for ${times} lines like ${pattern}; the log: ` + this.log.join('\n'),
					{ cause },
				);
			});
	}

	/**
	 * Everything that could still happen by itself has happened: what was sent has arrived, time has
	 * gone on, and what was sent then has too.
	 */
	async settle(ms = LONG): Promise<void> {
		await this.exchange();
		await this.clock.skip(ms);
		await this.exchange();
	}

	/**
	 * Requests of their own: sent after whatever the client had to send, answered after it was read.
	 */
	private async exchange(): Promise<void> {
		// A link makes every way twice as long.
		for (let turn = this.between ? 10 : 3; turn > 0; turn -= 1)
			await (await fetch(`${this.club.url}/api/registration-status`)).text();
	}

	/** The payloads of one kind of event that the agent's sockets sent. */
	sent(event: string): Record<string, unknown>[] {
		return this.club
			.received(this.agent.id)
			.filter((received) => received.event === event)
			.map(({ payload }) => payload as Record<string, unknown>);
	}

	async sentBecomes(event: string, count: number): Promise<void> {
		await this.club.waitFor(
			() => this.sent(event).length >= count,
			`${count} ${event} events of the agent`,
		);
	}

	text(content: string, chat: ChatAddress = this.group): Outgoing {
		return composeText(chat, content, 'text');
	}

	/** What stands in a chat, whoever wrote it. */
	async contents(chat: ChatAddress = this.group): Promise<string[]> {
		return (await this.club.history(this.agent.id, chat)).map(({ content }) => content);
	}

	/** Ends everything: executions, triggers, leases, their connections, the club. */
	async stop(): Promise<void> {
		try {
			for (const [trigger, running] of this.triggers) {
				trigger.endAll();
				void running.close();
			}
			for (const release of this.leases) release();
			// The places of closed triggers are held, and then unused connections are kept, for 30 s
			// each.
			await this.clock.skip(70_000);
		} finally {
			this.clock.stop();
			await this.between?.stop();
			await this.club.stop();
		}
	}

	private newProcess() {
		const clock = new FastClock(this.speed);
		return { clock, registry: makeRegistry({ ...systemPlatform, clock, policy: this.policy }) };
	}
}
