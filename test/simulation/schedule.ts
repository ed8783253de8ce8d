import type { SubscriptionSettings } from '../../client/inbound/trigger-port';
import { ANYBODY } from '../support/scripted-trigger';
import { FakeClock } from '../support/fake-clock';
import { Conversations, type Saying } from './conversations';
import { type Fortune, Executions } from './executions';
import { HostProcess, type HostWorld } from './host-process';
import { Oracle } from './oracle';
import { Random } from './random';
import { Sends } from './sends';
import { SimulatedClub } from './simulated-club';
import type { Tallies } from './tallies';
import { type Reception, WaitingExecutions } from './waiting-executions';
import { chatOf, type Troubles, Weather } from './weather';

/** What a schedule may contain; chosen by its seed. */
interface Character {
	readonly generation: 'G1' | 'G2' | 'G3';
	readonly messages: number;
	/** ms between the first message and the last one. */
	readonly lasts: number;
	/** Mean number of faults. */
	readonly faults: number;
	readonly crashes: number;
	/** Closings, publishings, stops. */
	readonly changes: number;
	readonly sends: number;
	readonly manual: boolean;
	/** Mean number of questions that workflows ask. */
	readonly questions: number;
}

export interface ScheduleResult {
	readonly seed: number;
	readonly violations: readonly string[];
	readonly story: readonly string[];
	readonly tallies: Tallies;
}

/**
 * ms: longer than any pause, lane time-out and place that a schedule has, so that everything comes
 * to rest.
 */
const REST = 900_000;
/** ms after its question is out: it is saved by then. */
const WORKER_ENDS = 5000;
/** ms in which what a dead process had sent still arrives. */
const LAST_FRAMES = 100;

/**
 * One schedule: people write, everything goes wrong that can, and in the end everything heals and
 * must have come right.
 */
export class Schedule {
	private readonly random: Random;
	private readonly clock = new FakeClock();
	private readonly oracle: Oracle;
	private readonly club: SimulatedClub;
	private readonly executions: Executions;
	private readonly waiting: WaitingExecutions;
	private readonly sends: Sends;
	private readonly world: HostWorld;
	private readonly character: Character;
	private readonly weather: Weather;
	private readonly conversations: Conversations;
	private readonly agentId: string;
	private readonly people: string[] = [];
	private readonly chats: Array<{
		type: 'group' | 'direct';
		id: string;
		peer: string | undefined;
	}> = [];
	private process: HostProcess;
	/** The triggers that ought to run, by their key. */
	private readonly wanted = new Map<string, SubscriptionSettings>();

	constructor(private readonly seed: number) {
		this.random = new Random(seed);
		this.character = characterOf(this.random);
		this.club = new SimulatedClub(this.clock, this.random, this.character.generation, {
			marking: (ids) => {
				this.oracle.marking(ids);
			},
			advanced: (chat, from, to) => {
				this.oracle.advanced(chat, from, to);
			},
		});
		const { store, cursors } = this.club.core;
		const agent = store.addUser('helper', 'Helper', store.newToken());
		this.agentId = agent.id;
		this.oracle = new Oracle(this.clock, {
			agentId: agent.id,
			message: (id) => store.message(id),
			messagesOf: (key) => store.messagesOf(key),
			cursor: (key) => cursors.get(agent.id, key) ?? 0,
			token: () => agent.token ?? '',
		});
		this.world = {
			clock: this.clock,
			random: this.random,
			club: this.club,
			oracle: this.oracle,
			token: agent.token ?? '',
		};
		this.waiting = new WaitingExecutions(this.world, agent.id, receptionOf(this.random));
		this.executions = new Executions(this.world, fortuneOf(this.random));
		this.sends = new Sends(this.oracle);
		this.weather = new Weather(this.world, agent.id, () =>
			this.chats.map(({ type, id }) => ({ type, id })),
		);
		this.conversations = new Conversations(
			this.world,
			this.waiting,
			agent.id,
			this.people,
			() => this.process,
			(saying) => {
				this.say(saying);
			},
		);
		this.furnish();
		this.process = this.newProcess();
	}

	/** Never rejects for what goes wrong inside; that is in the result. */
	async run(): Promise<ScheduleResult> {
		const { tallies } = this.oracle;
		this.plan();
		await this.clock.advance(this.character.lasts);
		await this.heal();
		this.oracle.atRest(this.club.core.cursors.unread(this.agentId));
		tallies.sends = this.sends.judge((key) =>
			this.club.core.store.messagesOf(key).filter(({ senderId }) => senderId === this.agentId),
		);
		this.process.die();
		forgetTokens();
		tallies.schedules = 1;
		tallies.faults = this.weather.count;
		tallies.seconds = this.clock.now() / 1000;
		return {
			seed: this.seed,
			violations: this.oracle.violations,
			story: this.oracle.story,
			tallies,
		};
	}

	private furnish(): void {
		const { store, changes } = this.club.core;
		for (const name of ['mia', 'tom', 'ada']) this.people.push(store.addUser(name, name, null).id);
		const groups = this.random.int(1, 6);
		for (let number = 0; number < groups; number += 1) {
			const { id } = changes.createGroup(`Group ${number}`, [...this.people, this.agentId]);
			this.chats.push({ type: 'group', id, peer: undefined });
		}
		for (const person of this.people.slice(0, this.random.int(0, 3))) {
			this.chats.push({
				type: 'direct',
				id: changes.openDirect(person, this.agentId).id,
				peer: person,
			});
		}
		const triggers = this.random.weighted({ 1: 5, 2: 3, 3: 2 });
		for (let number = 1; number <= Number(triggers); number += 1)
			this.wanted.set(`w${number}:node:trigger`, this.newSettings());
	}

	private newSettings(): SubscriptionSettings {
		const { random } = this;
		const acknowledge = random.weighted({
			onCompletion: 4,
			onSuccess: 4,
			immediately: 3,
			manually: this.character.manual ? 3 : 0,
		} as const);
		const some = random.chance(0.3) ? this.chats.filter(() => random.chance(0.6)) : [];
		return {
			filter: {
				...ANYBODY,
				chats: new Set(some.map(({ id }) => id)),
				allowFrom: random.chance(0.8) ? new Set(['*']) : new Set(this.people.slice(0, 2)),
				requireMention: random.chance(0.4),
			},
			acknowledge,
			parallelExecutions: random.pick([1, 3, 20, Number.POSITIVE_INFINITY]),
			laneTimeout: random.pick([30_000, 60_000, 120_000]),
			retries: random.int(0, 3),
			retryDelay: random.pick([0, 1000, 5000]),
			failureReply: random.chance(0.2) ? 'Something went wrong' : '',
			showTyping: random.chance(0.5),
			backlog: { keep: 'all', maxAge: 0 },
			agentTurns: { most: 0, pause: 0 },
			collect: {
				pause:
					acknowledge !== 'immediately' && random.chance(0.3)
						? random.pick([1000, 5000, 20_000])
						: 0,
				most: 30_000,
			},
			recentFiles: random.chance(0.5) ? 300_000 : 0,
			handoverMargin: random.chance(0.5) ? 13_000 : 0,
		};
	}

	private newProcess(): HostProcess {
		this.oracle.newProcess();
		const process = new HostProcess(this.world, this.waiting, this.executions);
		for (const [key, settings] of this.wanted) {
			const startsLater = this.random.chance(0.5) ? this.random.between(0, 1500) : 0;
			this.clock.after(startsLater, () => {
				if (process.alive && !process.closing) process.activate(key, settings);
			});
		}
		return process;
	}

	/** Everything that will happen, set on the clock. */
	private plan(): void {
		const { random, character } = this;
		const at = (happens: () => void) => {
			this.clock.after(random.between(0, character.lasts), happens);
		};
		const times = (mean: number) => random.int(0, 2 * mean);
		for (let count = 0; count < character.messages; count += 1)
			at(() => {
				this.write();
			});
		for (let count = times(character.faults); count > 0; count -= 1)
			at(() => {
				this.weather.strike();
			});
		for (let count = times(character.crashes); count > 0; count -= 1)
			at(() => {
				this.crash();
			});
		for (let count = times(character.changes); count > 0; count -= 1)
			at(() => {
				this.change();
			});
		for (let count = times(character.sends); count > 0; count -= 1)
			at(() => {
				this.send();
			});
		for (let count = times(character.questions); count > 0; count -= 1)
			at(() => {
				this.ask();
			});
		for (
			let count = character.questions > 0 ? times(character.faults / 4) : 0;
			count > 0;
			count -= 1
		)
			at(() => {
				this.conversations.receptionCloses();
			});
		if (character.manual)
			for (let count = times(10); count > 0; count -= 1)
				at(() => {
					this.markByHand();
				});
	}

	/** A person writes, sometimes several messages at once. */
	private write(): void {
		const { random } = this;
		const chat = random.pick(this.chats);
		const mentions = random.weighted({ agent: 5, all: 1, none: 4 });
		this.say({
			chat,
			sender: chat.peer ?? random.pick(this.people),
			content: random.chance(0.05) ? '' : 'words',
			mentions: mentions === 'none' ? [] : [mentions === 'agent' ? this.agentId : 'all'],
		});
	}

	private say({ chat, sender, content, mentions }: Saying): void {
		const { store, messaging } = this.club.core;
		const said = messaging.post(store.user(sender), { ...chatOf(chat), content, mentions });
		this.oracle.tallies.messages += 1;
		if (said.ok)
			this.oracle.note(
				`${said.message.id} is said in ${chat.id} by ${said.message.senderId}: "${content}", ` +
					`mentions ${mentions.join(' ') || 'none'}`,
			);
		// What is said while the agent is not in the group, or at the very moment at which it joins, is
		// not unread to the server.
		const joinedAt =
			store.groups.get(chat.id)?.members.get(this.agentId) ?? Number.POSITIVE_INFINITY;
		if (said.ok && chat.type === 'group' && joinedAt >= said.message.createdAt)
			this.oracle.unpromised.add(said.message.id);
	}

	/** A workflow asks, here or on a worker. */
	private ask(): void {
		if (!this.process.alive || this.process.closing) return;
		const chat = this.random.pick(this.chats);
		const isOnWorker = this.random.chance(0.2);
		const process = isOnWorker
			? new HostProcess(this.world, this.waiting, this.executions, false)
			: this.process;
		void this.conversations.ask(process, chat, chat.peer).then(() => {
			if (isOnWorker)
				this.clock.after(WORKER_ENDS, () => {
					process.die();
				});
		});
	}

	private send(): void {
		const cancelled = new AbortController();
		if (this.random.chance(0.1))
			this.clock.after(this.random.between(0, 5000), () => {
				cancelled.abort();
			});
		if (this.process.alive && !this.process.closing)
			this.sends.send(this.process, this.random.pick(this.chats), cancelled.signal);
	}

	/** n8n is killed; it comes back after a while. */
	private crash(): void {
		const { process } = this;
		if (!process.alive) return;
		this.oracle.note('crash');
		this.oracle.tallies.crashes += 1;
		process.die();
		this.executions.crashed();
		this.clock.after(this.random.between(LAST_FRAMES, 60_000), () => {
			this.process = this.successor();
		});
	}

	private successor(): HostProcess {
		this.oracle.note('n8n starts');
		return this.newProcess();
	}

	private change(): void {
		const { random, process } = this;
		if (!process.alive || process.closing) return;
		const key = random.pick([...this.wanted.keys()]);
		switch (random.weighted({ republish: 5, away: 3, secondLife: 1, stop: 2 })) {
			case 'republish':
				this.republish(process, key);
				return;
			case 'away':
				this.beAway(process, key);
				return;
			case 'secondLife':
				this.oracle.note(`second life of ${key}`);
				process.activate(key, this.changed(key));
				return;
			case 'stop':
				this.stop(process);
				return;
		}
	}

	/** The old close is awaited, then the new life begins, perhaps with other settings. */
	private republish(process: HostProcess, key: string): void {
		this.oracle.note(`republish ${key}`);
		this.oracle.tallies.stops += 1;
		const settings = this.changed(key);
		void process.deactivate(key).then(() => {
			if (process.alive && !process.closing) process.activate(key, settings);
		});
	}

	private beAway(process: HostProcess, key: string): void {
		this.oracle.note(`deactivate ${key}`);
		this.oracle.tallies.stops += 1;
		void process.deactivate(key);
		this.clock.after(this.random.between(100, 90_000), () => {
			if (process.alive && !process.closing && this.process === process)
				process.activate(key, this.changed(key));
		});
	}

	/** SIGTERM: executions may end within 30 s, then the process is gone. */
	private stop(process: HostProcess): void {
		this.oracle.note('n8n is told to stop');
		this.oracle.tallies.stops += 1;
		void process.stop();
		this.clock.after(this.random.between(3500, 30_000), () => {
			if (!process.alive) return;
			process.die();
			this.clock.after(LAST_FRAMES, () => {
				this.process = this.successor();
			});
		});
	}

	private changed(key: string): SubscriptionSettings {
		const settings = this.random.chance(0.5)
			? this.newSettings()
			: (this.wanted.get(key) ?? this.newSettings());
		this.wanted.set(key, settings);
		return settings;
	}

	/** The Mark as Read operation, here or on a worker. */
	private markByHand(): void {
		const unread = this.club.core.cursors.unread(this.agentId);
		if (unread.length === 0 || !this.process.alive || this.process.closing) return;
		this.mark([this.random.pick(unread).id], this.random.chance(0.3));
	}

	private mark(ids: readonly string[], onWorker: boolean): void {
		this.oracle.userMarking(ids);
		const process = onWorker
			? new HostProcess(this.world, this.waiting, this.executions, false)
			: this.process;
		const session = process.session();
		const release = session.lease();
		session
			.markRead(ids, 60_000)
			.catch((error: unknown) => {
				this.oracle.note(`mark by hand failed: ${String(error)}`);
			})
			.finally(() => {
				release();
				if (onWorker) process.die();
			});
	}

	/** Everything works again; then nothing may be left. */
	private async heal(): Promise<void> {
		this.oracle.note('everything heals');
		this.weather.clear();
		this.executions.fortune = FORTUNATE;
		this.waiting.reception = OPEN;
		this.waiting.awayUntil = 0;
		await this.clock.advance(65_000);
		for (const [key, settings] of this.wanted)
			if (!this.process.running.includes(key)) this.process.activate(key, settings);
		await this.clock.advance(REST);
		// What a trigger passed over, or waits to be marked by hand, is looked at anew by a new
		// connection.
		this.club.kill();
		await this.clock.advance(REST);
		const unread = this.club.core.cursors.unread(this.agentId);
		if (this.character.manual && unread.length > 0) {
			this.mark(
				unread.map(({ id }) => id),
				false,
			);
			await this.clock.advance(60_000);
		}
	}
}

/** Of thousands of schedules in one process, which no log line has to be searched for. */
function forgetTokens(): void {
	(globalThis as Record<symbol, unknown>)[Symbol.for('n8n-nodes-agentclub.secrets.2')] = undefined;
}

const FORTUNATE: Fortune = {
	outcomes: { success: 1, failed: 0, stopped: 0, throws: 0, rejects: 0 },
	longest: 2000,
	overdue: 0,
};

const OPEN: Reception = { losesWords: 0, slowest: 40, savedWithin: 150 };

function receptionOf(random: Random): Reception {
	return {
		losesWords: random.pick([0, 0, 0.1]),
		slowest: random.pick([40, 3000]),
		savedWithin: random.pick([150, 150, 3000]),
	};
}

function fortuneOf(random: Random): Fortune {
	const unlucky = random.chance(0.7);
	return {
		outcomes: {
			success: 80,
			failed: unlucky ? 12 : 0,
			stopped: unlucky ? 4 : 0,
			throws: unlucky ? 2 : 0,
			rejects: unlucky ? 2 : 0,
		},
		longest: random.pick([100, 3000, 20_000]),
		overdue: unlucky ? 0.01 : 0,
	};
}

function characterOf(random: Random): Character {
	const troubles = random.weighted<Troubles>({ none: 1, some: 4, many: 3 });
	const many = { none: 0, some: 1, many: 4 }[troubles];
	const lasts = random.pick([60_000, 300_000, 900_000]);
	return {
		generation: random.pick(['G1', 'G2', 'G3'] as const),
		messages: random.int(10, 220),
		lasts,
		faults: 4 * many,
		crashes: random.chance(0.4) ? many : 0,
		changes: random.chance(0.5) ? 2 * many : 0,
		sends: random.chance(0.5) ? 10 : 0,
		manual: random.chance(0.2),
		questions: random.chance(0.6) ? 8 : 0,
	};
}
