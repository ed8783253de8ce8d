// How long does it take from a message's arrival in n8n to its execution, and how many executions a
// second come of a burst? Our trigger and n8n's own RabbitMQ Trigger take turns in one n8n. Both
// acknowledge immediately. A tap in front of n8n tells when bytes arrive, so that what RabbitMQ
// itself takes does not count. n8n's own hooks tell when executions begin and end.
import { chain, node, triggerNode } from '../playground/host/workflow-json';
import { unlessUnavailable } from '../test/support/unavailable';
import { isSmall, judge, median, noise, pauseFor, quantile, spread } from './support/figures';
import { type Flood, type FloodRequest, serveFlood, type Tally } from './support/flood-server';
import { N8nUnderClock, type Stopwatch } from './support/n8n-under-clock';
import { Partner, playedPart } from './support/parts';
import { rabbitFeeder, type RabbitFeederRequest } from './support/rabbitmq-feeder';
import { GUEST, RabbitServer } from './support/rabbitmq-server';
import { OURS } from './support/receivers';
import { tap, type TapRequest } from './support/tap';

const ROUNDS = isSmall ? 1 : 8;
/** Messages to each in a round, one by one. */
const SINGLES = isSmall ? 5 : 30;
const BURST = isSmall ? 20 : 300;
const CHATS = 20;
/** Rounds before those that count. */
const WARM_UP = isSmall ? 0 : 1;
/** ms from the end of an execution to the next message, and to the next burst. */
const PAUSE = { single: 60, burst: 1000 };
/** ms until our trigger has judged its first batch and takes what comes at once. */
const FIRST_BATCH = 2500;
const QUEUE = 'bench';
const RABBITMQ = 'RabbitMQ';

/** One of the two that are compared. */
interface Side {
	readonly workflowId: string;
	/** The port behind the tap. */
	readonly port: number;
	readonly feed: (flood: Flood) => Promise<unknown>;
	/** Resolves when nothing of what was fed is still to be done. */
	readonly rest: () => Promise<void>;
}

/**
 * Of one round: ms from the arrival to the begin of the execution, and to its end; executions a
 * second; ms of n8n's processor for each.
 */
interface Round {
	readonly begins: number[];
	readonly ends: number[];
	perSecond: number;
	cpu: number;
}

class Race {
	private floods = 0;

	constructor(
		private readonly clock: Stopwatch,
		private readonly tap: Partner<TapRequest>,
		private readonly sides: readonly [ours: Side, theirs: Side],
	) {}

	async run(): Promise<readonly [ours: Round[], theirs: Round[]]> {
		const rounds: [Round[], Round[]] = [[], []];
		for (let turn = -WARM_UP; turn < ROUNDS; turn += 1) {
			const now: [Round, Round] = [newRound(), newRound()];
			const order = turn % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const);
			for (let number = 0; number < SINGLES; number += 1)
				for (const at of order) await this.single(this.sides[at], now[at]);
			for (const at of order) await this.burst(this.sides[at], now[at]);
			if (turn >= 0) for (const at of order) rounds[at].push(now[at]);
		}
		return rounds;
	}

	private async single(side: Side, round: Round): Promise<void> {
		const { arrived, begins, ends } = await this.feed(side, 1);
		round.begins.push((begins[0]?.at ?? Number.NaN) - arrived);
		round.ends.push((ends[0]?.at ?? Number.NaN) - arrived);
		await pauseFor(PAUSE.single);
	}

	private async burst(side: Side, round: Round): Promise<void> {
		const {
			arrived,
			begins: [first],
			ends,
		} = await this.feed(side, BURST);
		const last = ends.at(-1);
		if (!first || !last) throw new Error('there was no execution');
		round.perSecond = (1000 * BURST) / (last.at - arrived);
		round.cpu = (last.cpu - first.cpu) / BURST;
		await side.rest();
		await pauseFor(PAUSE.burst);
	}

	private async feed({ workflowId, port, feed }: Side, count: number) {
		const [begun, ended] = [
			this.clock.next('begin', count, workflowId),
			this.clock.next('end', count, workflowId),
		];
		await this.tap.ask({ do: 'reset', to: port });
		await feed({ count, chats: CHATS, textBytes: 150, name: `f${(this.floods += 1)}x` });
		const [begins, ends] = await Promise.all([begun, ended]);
		return { arrived: await this.tap.ask<number>({ do: 'first', to: port }), begins, ends };
	}
}

function newRound(): Round {
	return { begins: [], ends: [], perSecond: 0, cpu: 0 };
}

function tell([ours, theirs]: readonly [Round[], Round[]]): void {
	const compare = (
		what: string,
		unit: string,
		digits: number,
		figure: (round: Round) => number,
	) => {
		const [mine, other] = [ours.map(figure), theirs.map(figure)];
		const ratios = mine.map((value, at) => value / (other[at] ?? Number.NaN));
		console.log(
			`${what}: ${spread(mine, digits)} ${unit}; RabbitMQ ${spread(other, digits)} ${unit}`,
		);
		return {
			ratio: median(ratios),
			told: spread(ratios),
			uncertain: Math.max(noise(mine), noise(other)),
		};
	};
	const p50 = compare('arrival to begin, p50 of each round', 'ms', 2, ({ begins }) =>
		median(begins),
	);
	judge(
		"arrival to begin, p50, of RabbitMQ's",
		p50.ratio,
		{ atMost: 1 + p50.uncertain },
		`${p50.told}, noise ${p50.uncertain.toFixed(2)}`,
	);
	const p99 = (rounds: Round[]) =>
		quantile(
			rounds.flatMap(({ begins }) => begins),
			0.99,
		).toFixed(1);
	console.log(`the same, p99 of all: ${p99(ours)} ms; RabbitMQ ${p99(theirs)} ms`);
	compare('arrival to end, p50 of each round', 'ms', 2, ({ ends }) => median(ends));
	const rate = compare(
		`a burst of ${BURST}`,
		'executions a second',
		0,
		({ perSecond }) => perSecond,
	);
	compare('its processor time', 'ms each', 2, ({ cpu }) => cpu);
	judge(
		"executions a second, of RabbitMQ's",
		rate.ratio,
		{ atLeast: 1 - rate.uncertain },
		`${rate.told}, noise ${rate.uncertain.toFixed(2)}`,
	);
}

async function main(): Promise<void> {
	if (await playedPart({ server: serveFlood, feeder: rabbitFeeder, tap })) return;
	const rabbit = await unlessUnavailable("n8n's RabbitMQ Trigger beside ours", () =>
		RabbitServer.start(),
	);
	if (!rabbit) return;
	const host = await N8nUnderClock.start();
	const [server, feeder, taps] = [
		Partner.start<FloodRequest>('server'),
		Partner.start<RabbitFeederRequest>('feeder'),
		Partner.start<TapRequest>('tap'),
	];
	try {
		const club = Number(new URL(await server.ask<string>({ do: 'address' })).port);
		await feeder.ask({ do: 'connect', port: rabbit.port, queue: QUEUE });
		const { rest, publish } = await host.publisher();
		const [clubTap, rabbitTap] = [
			await taps.ask<number>({ do: 'open', to: club }),
			await taps.ask<number>({ do: 'open', to: rabbit.port }),
		];
		const clubAccess = await rest.createCredential('Club', 'agentClubApi', {
			serverUrl: `http://127.0.0.1:${clubTap}`,
			agentToken: OURS,
		});
		const rabbitAccess = await rest.createCredential(RABBITMQ, 'rabbitmq', {
			...GUEST,
			hostname: '127.0.0.1',
			port: rabbitTap,
			ssl: false,
		});
		const ourTrigger = triggerNode(clubAccess, {
			allowFrom: ['*'],
			allowFromKind: ['*'],
			acknowledge: 'immediately',
			options: {},
		});
		const theirTrigger = node(
			'RabbitMQ Trigger',
			'n8n-nodes-base.rabbitmqTrigger',
			{ queue: QUEUE, options: { acknowledge: 'immediately' } },
			{ credentials: { rabbitmq: { id: rabbitAccess.id, name: RABBITMQ } } },
		);
		const behind = () => node('Nothing', 'n8n-nodes-base.noOp');
		let fed = 0;
		const ours: Side = {
			workflowId: await publish(chain('ours', [ourTrigger, behind()])),
			port: club,
			feed: async (flood) => {
				fed += flood.count;
				await server.ask({ do: 'prepare', live: flood });
				await server.ask({ do: 'go', to: OURS });
			},
			rest: async () => {
				while ((await server.ask<Tally>({ do: 'tally', of: OURS })).marked < fed)
					await pauseFor(100);
			},
		};
		const theirs: Side = {
			workflowId: await publish(chain(RABBITMQ, [theirTrigger, behind()])),
			port: rabbit.port,
			feed: (flood) => feeder.ask({ do: 'publish', queue: QUEUE, flood }),
			rest: () => Promise.resolve(),
		};
		await pauseFor(FIRST_BATCH);
		console.log(
			`one n8n, ${ROUNDS} rounds of ${SINGLES} single messages and a burst ` +
				`of ${BURST} to each; medians of the rounds (least to greatest)`,
		);
		tell(await new Race(host.clock, taps, [ours, theirs]).run());
	} finally {
		await host.stop();
		await Promise.all([server, feeder, taps].map((partner) => partner.stop()));
		await rabbit.stop();
	}
}

void main();
