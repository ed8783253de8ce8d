import type { RunningTrigger } from '../../client/agent/places';
import { type AgentRegistry, makeRegistry } from '../../client/agent/registry';
import { makeCredentials } from '../../client/connection/credentials';
import { CONNECTION_POLICY } from '../../client/connection/policy';
import type { Outcome } from '../../client/inbound/lanes/settlement';
import type {
	Delivery,
	SubscriptionSettings,
	TriggerLife,
} from '../../client/inbound/trigger-port';
import { FakeClock } from '../support/fake-clock';
import { ScriptedTrigger } from '../support/scripted-trigger';
import { OwnershipOracle } from './ownership-oracle';
import { Random } from './random';
import { SimulatedClub } from './simulated-club';
import type { Tallies } from './tallies';
import { chatOf } from './weather';

const SERVER = 'http://club.simulated:5555';
/** ms in which people write and things go wrong. */
const LASTS = 240_000;
/** ms: longer than any pause and place. */
const REST = 600_000;
/** `manually` leaves everything unread here, where nobody marks anything. */
const MODES = ['onCompletion', 'onSuccess', 'immediately'] as const;
/** Of executions. */
const FAILING = 0.1;

export interface AgentsResult {
	readonly violations: readonly string[];
	readonly story: readonly string[];
	readonly tallies: Tallies;
}

/** A trigger of n8n: which agent's credential its node has, and whether it can be read just now. */
interface Trigger {
	readonly key: string;
	readonly settings: SubscriptionSettings;
	agentId: string;
	isReadable: boolean;
	/**
	 * Whether it has not been read since it could not be. Then it may have followed its agent to a
	 * token that it has not named.
	 */
	mayHaveFollowed: boolean;
	/** In the place of the agent's token, where somebody has entered a wrong one. */
	mistyped: string | undefined;
	running: RunningTrigger | undefined;
}

/**
 * Several agents in one n8n. Their tokens are reset, refused and swapped, and their credentials
 * cannot be read for a while. Triggers are published again with another agent's. Whatever happens,
 * no message starts anything or is marked under another agent than its own.
 */
export class AgentsSchedule {
	private readonly random: Random;
	private readonly clock = new FakeClock();
	private readonly club: SimulatedClub;
	private readonly oracle: OwnershipOracle;
	private readonly registry: AgentRegistry;
	private readonly agents: string[] = [];
	private readonly person: string;
	private readonly chats: Array<{ type: 'group' | 'direct'; id: string }> = [];
	/** The token that each agent's credential has in n8n. */
	private readonly credentials = new Map<string, string>();
	private readonly triggers: Trigger[] = [];

	constructor(seed: number) {
		this.random = new Random(seed);
		const generation = this.random.pick(['G1', 'G2', 'G3'] as const);
		this.club = new SimulatedClub(this.clock, this.random, generation, {
			marking: () => undefined,
			advanced: (chat, from, to, userId) => {
				const isCovered = ({ createdAt }: { createdAt: number }) =>
					createdAt > from && createdAt <= to;
				const said = this.club.core.store.messagesOf(chat).filter(isCovered);
				this.oracle.marked(
					userId,
					said.filter(({ senderId }) => senderId !== userId).map(({ id }) => id),
				);
			},
		});
		this.oracle = new OwnershipOracle(this.clock, (agentId, id) => {
			const message = this.club.core.store.message(id);
			return (
				message !== undefined &&
				this.club.core.store.canAccess(message.chatType, message.chatId, agentId)
			);
		});
		this.person = this.club.core.store.addUser('mia', 'mia', null).id;
		this.furnish();
		this.registry = makeRegistry({
			clock: this.clock,
			policy: { ...CONNECTION_POLICY, chance: () => this.random.fraction() },
			openSocket: this.club.openerFor(this.clock, () => undefined),
			makeHttpClient: ({ token }) => this.club.httpFor(token, this.clock),
		});
	}

	async run(): Promise<AgentsResult> {
		for (const trigger of this.triggers) this.open(trigger);
		const times = (count: number, happens: () => void) => {
			for (let left = count; left > 0; left -= 1)
				this.clock.after(this.random.between(0, LASTS), happens);
		};
		times(40, () => {
			this.write();
		});
		times(this.random.int(4, 24), () => {
			this.trouble();
		});
		await this.clock.advance(LASTS);
		await this.heal();
		for (const { agentId } of this.triggers)
			this.oracle.atRest(
				agentId,
				this.club.core.cursors.unread(agentId).map(({ id }) => id),
			);
		this.oracle.tallies.schedules = 1;
		this.oracle.tallies.seconds = this.clock.now() / 1000;
		return this.oracle;
	}

	private furnish(): void {
		const { store, changes } = this.club.core;
		for (let number = 0; number < this.random.int(2, 3); number += 1) {
			const { id, token } = store.addUser(`agent${number}`, `Agent ${number}`, store.newToken());
			this.agents.push(id);
			this.credentials.set(id, token ?? '');
			this.oracle.owns(token ?? '', id);
			this.chats.push({ type: 'direct', id: changes.openDirect(this.person, id).id });
		}
		const { id } = changes.createGroup('All', [this.person, ...this.agents]);
		this.chats.push({ type: 'group', id });
		for (let number = 0; number < 2 * this.agents.length; number += 1) {
			this.triggers.push({
				key: `w${number}:node:trigger`,
				settings: new ScriptedTrigger({ acknowledge: this.random.pick(MODES) }).settings,
				agentId: this.agents[number % this.agents.length] ?? '',
				isReadable: true,
				mayHaveFollowed: false,
				mistyped: undefined,
				running: undefined,
			});
		}
	}

	private credentialsOf(trigger: Trigger) {
		const token = trigger.mistyped ?? this.credentials.get(trigger.agentId) ?? '';
		return makeCredentials(SERVER, token, false);
	}

	private open(trigger: Trigger): void {
		const credentials = this.credentialsOf(trigger);
		const tokens = [credentials.token];
		this.oracle.note(`${trigger.key} is published for ${trigger.agentId}`);
		const life: TriggerLife = {
			settings: trigger.settings,
			credentials: () => {
				if (!trigger.isReadable) return Promise.reject(new Error('the database is busy'));
				const now = this.credentialsOf(trigger);
				tokens.push(now.token);
				trigger.mayHaveFollowed = false;
				return Promise.resolve(now);
			},
			outage: () => undefined,
			prepare: ({ messages: [{ id }] }, { identity: { userId } }) =>
				Promise.resolve({
					emit: (delivery) => {
						this.oracle.starting(trigger.key, id, userId, tokens);
						return this.execution(trigger, id, userId, delivery);
					},
				}),
		};
		trigger.running = this.registry.run(trigger.key, life, credentials, {
			debug: () => undefined,
			info: (line) => {
				this.oracle.note(line);
			},
			warn: (line) => {
				this.oracle.note(line);
			},
			error: (line) => {
				this.oracle.note(line);
			},
		});
	}

	private execution(
		{ settings: { acknowledge, retries } }: Trigger,
		id: string,
		agentId: string,
		{ attempt }: Delivery,
	): Promise<Outcome> {
		const outcome = this.random.chance(FAILING) ? 'failed' : 'success';
		const hasAttemptsLeft =
			acknowledge === 'onSuccess' && outcome === 'failed' && attempt <= retries;
		if (acknowledge === 'immediately') this.oracle.workedOn(id, agentId);
		return new Promise((resolve) => {
			this.clock.after(this.random.between(0, 8000), () => {
				if (!hasAttemptsLeft) this.oracle.workedOn(id, agentId);
				resolve(outcome);
			});
		});
	}

	private close(trigger: Trigger): void {
		this.oracle.note(`${trigger.key} is closed`);
		void trigger.running?.close();
		trigger.running = undefined;
	}

	private write(): void {
		const { store, messaging } = this.club.core;
		const chat = this.random.pick(this.chats);
		const said = messaging.post(store.user(this.person), {
			...chatOf(chat),
			content: 'words',
			mentions: [],
		});
		if (!said.ok) return;
		this.oracle.tallies.messages += 1;
		this.oracle.note(`${said.message.id} is said in ${chat.id}`);
	}

	private trouble(): void {
		const { random } = this;
		const kind = random.weighted({
			switch: 5,
			away: 4,
			reset: 3,
			swap: 1,
			busy: 4,
			cut: 4,
			refuse: 2,
			mistype: 4,
		});
		const trigger = random.pick(this.triggers);
		this.oracle.tallies.faults += 1;
		this.oracle.note(`trouble: ${kind}`);
		switch (kind) {
			case 'switch':
				return this.publishAgain(trigger, random.pick(this.agents), random.between(0, 40_000));
			case 'away':
				return this.publishAgain(trigger, trigger.agentId, random.between(0, 40_000));
			case 'reset':
				return this.reset(random.pick(this.agents));
			case 'swap':
				return this.swap();
			case 'busy':
				trigger.isReadable = false;
				trigger.mayHaveFollowed = true;
				// The one whose credential can be read is switched at that moment, without a publication.
				if (random.chance(0.5)) this.editOther(trigger);
				this.clock.after(random.between(1000, 30_000), () => {
					trigger.isReadable = true;
				});
				return;
			case 'cut':
				this.club.kill(random.pick(this.agents));
				return;
			case 'refuse':
				this.clock.after(random.between(1000, 30_000), this.club.faults.refuseTokens());
				this.club.kill(random.pick(this.agents));
				return;
			case 'mistype':
				return this.mistype(trigger, random.pick(this.agents));
		}
	}

	private publishAgain(trigger: Trigger, agentId: string, after: number): void {
		this.close(trigger);
		this.clock.after(after, () => {
			if (trigger.running) return;
			trigger.agentId = agentId;
			this.open(trigger);
		});
	}

	/**
	 * It is published with a token that nobody has, and closed again; beside its place another agent
	 * connects. Then it gets the right token.
	 */
	private mistype(trigger: Trigger, other: string): void {
		this.close(trigger);
		trigger.mistyped = this.club.core.store.newToken();
		this.open(trigger);
		this.clock.after(this.random.between(500, 5000), () => {
			trigger.mistyped = undefined;
			this.publishAgain(trigger, trigger.agentId, this.random.between(5000, 25_000));
			this.club.kill(other);
			this.clock.after(this.random.between(2000, 5000), () => {
				this.write();
			});
		});
	}

	/** Another trigger of the same agent gets another credential, and the connection breaks. */
	private editOther({ key, agentId }: Trigger): void {
		const other = this.triggers.find((each) => each.key !== key && each.agentId === agentId);
		if (!other) return;
		other.agentId = this.random.pick(this.agents);
		this.oracle.note(`${other.key} has the credential of ${other.agentId}`);
		this.club.kill(agentId);
	}

	/** The new token reaches n8n's credential a while later. */
	private reset(agentId: string): void {
		this.give(agentId, this.club.core.store.newToken());
	}

	/**
	 * A trigger whose credential cannot be read has only its agent's latest token to go by, so none
	 * changes hands until it has been read again (docs/guarantees.md).
	 */
	private swap(): void {
		if (this.triggers.some(({ mayHaveFollowed }) => mayHaveFollowed)) return;
		const [one = '', other = ''] = this.agents;
		const { store } = this.club.core;
		const [first, second] = [store.user(one).token ?? '', store.user(other).token ?? ''];
		this.give(one, second);
		this.give(other, first);
		this.club.kill(one);
		this.club.kill(other);
	}

	private give(agentId: string, token: string): void {
		this.club.core.store.user(agentId).token = token;
		this.oracle.owns(token, agentId);
		this.clock.after(this.random.between(0, 20_000), () => {
			this.credentials.set(agentId, this.club.core.store.user(agentId).token ?? token);
		});
	}

	/** Every agent has a trigger again, and everything works. */
	private async heal(): Promise<void> {
		this.oracle.note('everything heals');
		await this.clock.advance(65_000);
		for (const trigger of this.triggers) if (trigger.running) this.close(trigger);
		await this.clock.advance(65_000);
		for (const trigger of this.triggers) this.open(trigger);
		await this.clock.advance(REST);
		this.club.kill();
		await this.clock.advance(REST);
	}
}
