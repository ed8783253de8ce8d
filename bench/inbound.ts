// How many messages a second the client takes in, against the least that a client can do: a bare
// socket.io-client that parses and counts. Both are fed the same prepared bytes by a server that
// does nothing else, in turns, each in a process of its own.
import { isSmall, judge, median, pauseFor, spread } from './support/figures';
import { type Flood, type FloodRequest, serveFlood, type Tally } from './support/flood-server';
import { Partner, playedPart } from './support/parts';
import { bringBacklog } from './support/reconnect';
import {
	type Arrival,
	BARE,
	bareReceiver,
	OURS,
	ourReceiver,
	type ReceiverRequest,
} from './support/receivers';

const COUNT = isSmall ? 2000 : 100_000;
const CHATS = isSmall ? 100 : 1000;
const ROUNDS = isSmall ? 2 : 9;
/** Rounds before those that count: the code becomes as fast as it gets. */
const WARM_UP = isSmall ? 0 : 3;
/** ms between two looks whether everything has been marked. */
const LOOK_EVERY = 100;

type Receiver = Partner<ReceiverRequest>;

/**
 * Of one round: messages a second by the clock, and by the processor time that the receiver took.
 */
interface Speed {
	readonly byClock: number;
	readonly byProcessor: number;
}

class Race {
	private round = 0;
	private markable = 0;

	constructor(
		private readonly server: Partner<FloodRequest>,
		private readonly receivers: Readonly<Record<string, Receiver>>,
	) {}

	/** The bare one and ours, in turns. */
	async run(
		what: string,
		bar: number,
		feed: (to: string, flood: Flood) => Promise<number>,
	): Promise<void> {
		const speeds: Record<string, Speed[]> = { [BARE]: [], [OURS]: [] };
		for (let turn = -WARM_UP; turn < ROUNDS; turn += 1) {
			for (const name of turn % 2 === 0 ? [BARE, OURS] : [OURS, BARE]) {
				const speed = await this.once(name, feed);
				if (turn >= 0) speeds[name]?.push(speed);
			}
		}
		const { [BARE]: bare = [], [OURS]: ours = [] } = speeds;
		for (const [name, list] of [
			[BARE, bare],
			[OURS, ours],
		] as const) {
			console.log(
				`${what}, ${name}: ${spread(
					list.map(({ byClock }) => byClock / 1000),
					0,
				)} thousand a second; ${spread(
					list.map(({ byProcessor }) => 1e6 / byProcessor),
					1,
				)} µs of processor each`,
			);
		}
		const ratios = ours.map(({ byClock }, at) => byClock / (bare[at]?.byClock ?? Number.NaN));
		const byProcessor =
			median(ours.map((speed) => speed.byProcessor)) /
			median(bare.map((speed) => speed.byProcessor));
		judge(
			`${what}, ours of the bare one's`,
			median(ratios),
			{ atLeast: bar },
			`${spread(ratios)}, by processor time ${byProcessor.toFixed(2)}`,
		);
	}

	private async once(
		name: string,
		feed: (to: string, flood: Flood) => Promise<number>,
	): Promise<Speed> {
		this.round += 1;
		const receiver = this.receivers[name];
		if (!receiver) throw new Error(`there is no ${name}`);
		const flood: Flood = {
			count: COUNT,
			chats: CHATS,
			textBytes: 150,
			name: `f${this.round}x`,
		};
		const arrived = receiver.ask<Arrival>({ do: 'expect', count: COUNT });
		const begun = await feed(name, flood);
		const { at, cpu } = await arrived;
		if (name === OURS) await this.allMarked();
		return { byClock: (1000 * COUNT) / (at - begun), byProcessor: (1000 * COUNT) / cpu };
	}

	/** What is still to be marked would disturb the next round. */
	private async allMarked(): Promise<void> {
		this.markable += COUNT;
		while ((await this.server.ask<Tally>({ do: 'tally', of: OURS })).marked < this.markable)
			await pauseFor(LOOK_EVERY);
	}
}

async function main(): Promise<void> {
	if (await playedPart({ server: serveFlood, [BARE]: bareReceiver, [OURS]: ourReceiver })) return;
	const server = Partner.start<FloodRequest>('server');
	const profile = process.argv.includes('--profile')
		? ['--cpu-prof', '--cpu-prof-dir=.playground/profiles']
		: [];
	const receivers = {
		[BARE]: Partner.start<ReceiverRequest>(BARE, profile),
		[OURS]: Partner.start<ReceiverRequest>(OURS, profile),
	};
	const url = await server.ask<string>({ do: 'address' });
	for (const receiver of Object.values(receivers)) await receiver.ask({ do: 'connect', url });
	const race = new Race(server, receivers);
	console.log(
		`${COUNT} messages in ${CHATS} chats a round, ${ROUNDS} rounds; ` +
			'medians (least to greatest)',
	);
	await race.run('live frames', 0.33, async (to, live) => {
		await server.ask({ do: 'prepare', live });
		return server.ask<number>({ do: 'go', to });
	});
	const { markFrames, marked } = await server.ask<Tally>({ do: 'tally', of: OURS });
	judge(
		'mark_read frames a message',
		markFrames / marked,
		{ atMost: 0.05 },
		(markFrames / marked).toFixed(4),
	);
	await race.run(
		'one backlog frame',
		0.33,
		async (to, batch) => (await bringBacklog(server, to, batch)).batchAt,
	);
	await Promise.all([server, ...Object.values(receivers)].map((partner) => partner.stop()));
}

void main();
