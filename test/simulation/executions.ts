import type { Outcome } from '../../client/inbound/lanes/settlement';
import type { Message } from '../../client/protocol/message';
import type { HostWorld, Life } from './host-process';

/** How likely it is that executions end in each way. */
export interface Fortune {
	readonly outcomes: Readonly<
		Record<'success' | 'failed' | 'stopped' | 'throws' | 'rejects', number>
	>;
	/** Longest usual execution, ms. */
	readonly longest: number;
	/** Of an execution that outlives its lane timeout. */
	readonly overdue: number;
}

/**
 * ms after `emit` within which a crash leaves no row of the execution. On a real n8n there was no
 * row after 5 ms, and one after 50 ms.
 */
const ROW_WRITTEN_AFTER = 50;

interface Row {
	readonly key: string;
	readonly startedAt: number;
}

/**
 * n8n's executions: how they end is up to chance; the rows of keyed ones are kept over processes,
 * as in its database.
 */
export class Executions {
	/** By `workflow:node:message`, for `immediately`. */
	private readonly rows = new Map<string, Row>();

	constructor(
		private readonly world: HostWorld,
		public fortune: Fortune,
	) {}

	/** What `emit` does. @throws Error where n8n takes nothing */
	start(life: Life, messages: readonly [Message, ...Message[]], attempt: number): Promise<Outcome> {
		if (!life.process.alive) return new Promise(() => undefined);
		const { record, settings } = life;
		const { oracle, random } = this.world;
		const fate = random.weighted(this.fortune.outcomes);
		const keyed = settings.acknowledge === 'immediately';
		const ids = messages.map(({ id }) => id);
		// As `deliver.ts` makes it: what was collected has its first and its last message in it.
		const key = [record.key, ...new Set([ids[0], ids.at(-1)])].join(':');
		if (keyed && this.rows.has(key)) {
			for (const id of ids) record.knownByKey(id);
			return Promise.resolve('success');
		}
		oracle.note(
			`${record.key} emits ${ids.join(' + ')} (${settings.acknowledge}, attempt ` + `${attempt})`,
		);
		oracle.starting(record, ids, attempt);
		if (fate === 'throws') {
			oracle.ended(record, ids, 'notCreated', life.closing, settings);
			throw new Error('n8n takes nothing now');
		}
		if (keyed) this.rows.set(key, { key, startedAt: this.world.clock.now() });
		return fate === 'rejects' ? this.reject(life, ids, key) : this.run(life, ids, fate);
	}

	/** The process died: what had just been handed over may not have reached the database. */
	crashed(): void {
		const now = this.world.clock.now();
		for (const row of this.rows.values()) {
			if (now - row.startedAt < ROW_WRITTEN_AFTER && this.world.random.chance(0.5))
				this.rows.delete(row.key);
		}
	}

	private reject(life: Life, ids: readonly string[], key: string): Promise<Outcome> {
		return new Promise((_resolve, reject) => {
			this.later(life, this.world.random.between(1, 1500), () => {
				this.rows.delete(key);
				this.world.oracle.ended(life.record, ids, 'notCreated', life.closing, life.settings);
				reject(new Error('no execution could be created'));
			});
		});
	}

	private run(
		life: Life,
		ids: readonly string[],
		fate: 'success' | 'failed' | 'stopped',
	): Promise<Outcome> {
		const { random, oracle } = this.world;
		const { laneTimeout } = life.settings;
		const outlives = random.chance(this.fortune.overdue);
		const duration = outlives
			? laneTimeout + random.between(10, 60_000)
			: random.between(0, Math.min(this.fortune.longest, 0.9 * laneTimeout));
		// The client's own timer for this moment may have been set long before, and must not be faster.
		if (outlives)
			this.later(life, laneTimeout - 0.001, () => {
				oracle.ended(life.record, ids, 'overdue', life.closing, life.settings);
			});
		return new Promise((resolve) => {
			this.later(life, duration, () => {
				// Task runners stop with n8n, so Code nodes fail (`test/e2e/polite-stop.test.ts`).
				const outcome =
					life.process.closing && fate === 'success' && random.chance(0.5)
						? random.pick(['failed', 'shutdown'] as const)
						: fate;
				oracle.ended(life.record, ids, outcome, life.closing, life.settings);
				resolve(outcome);
			});
		});
	}

	private later(life: Life, ms: number, happens: () => void): void {
		this.world.clock.after(ms, () => {
			if (life.process.alive) happens();
		});
	}
}
