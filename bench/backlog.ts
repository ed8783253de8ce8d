// What a big backlog takes, all of it in one frame: time and memory, beside those of a frame a
// tenth as large. Then a frame beyond the websocket library's own limit.
import { io } from 'socket.io-client';
import { isSmall, judge, median, pauseFor, spread, wallTime } from './support/figures';
import { type Flood, type FloodRequest, serveFlood, type Tally } from './support/flood-server';
import { Partner, playedPart } from './support/parts';
import { collectGarbage, heldNow } from './support/peak-memory';
import { BARE, OURS, startTrigger } from './support/receivers';
import { bringBacklog } from './support/reconnect';

const FEW: Flood = { count: isSmall ? 500 : 10_000, chats: 1000, textBytes: 150, name: 'few' };
const MANY: Flood = { ...FEW, count: 10 * FEW.count, name: 'many' };
/** Over 100 MiB, or a few MB for a small one. */
const HUGE: Flood = { count: isSmall ? 1000 : 50_000, chats: 1000, textBytes: 2900, name: 'huge' };
const ROUNDS = isSmall ? 1 : 3;
/** Looks at the memory while a backlog is delivered; each collects garbage first. */
const LOOKS = 10;
const MB = 1024 * 1024;

type Question =
	| { readonly do: 'connect'; readonly url: string }
	/** Answers how the next so many deliveries went, see `Passage`. */
	| { readonly do: 'expect'; readonly count: number; readonly looks: boolean };

interface Passage {
	/** When the last one was delivered, see `wallTime`. */
	readonly at: number;
	/** With `looks`: the most bytes held meanwhile beyond those before. */
	readonly peak: number;
}

function receiver(): (question: Question) => Promise<Passage | undefined> {
	let left = 0;
	let lookEvery = Number.POSITIVE_INFINITY;
	let before = 0;
	let peak = 0;
	let done: (passage: Passage) => void = () => undefined;
	const look = () => {
		collectGarbage();
		peak = Math.max(peak, heldNow() - before);
	};
	const emit = () => {
		left -= 1;
		if (left % lookEvery === 0) look();
		if (left === 0) done({ at: wallTime(), peak });
		return Promise.resolve('success' as const);
	};
	return async (question) => {
		if (question.do === 'connect') {
			// Without the look at each chat's history for files that were posted before: it is one
			// request for each chat and person.
			await startTrigger(question.url, {
				prepare: () => Promise.resolve({ emit }),
				settings: { recentFiles: 0 },
			});
			return undefined;
		}
		left = question.count;
		lookEvery = question.looks ? Math.ceil(question.count / LOOKS) : Number.POSITIVE_INFINITY;
		collectGarbage();
		[before, peak] = [heldNow(), 0];
		return new Promise((resolve) => {
			done = resolve;
		});
	};
}

/** What the parsed frame takes by itself: a bare client that only keeps it. */
function holder(): (question: { readonly url: string }) => Promise<number> {
	return async ({ url }) => {
		const socket = io(url, {
			transports: ['websocket'],
			auth: { agent_token: BARE },
			reconnection: false,
			autoConnect: false,
		});
		collectGarbage();
		const before = heldNow();
		let kept: unknown;
		socket.on('offline_messages', (list: unknown) => {
			kept = list;
		});
		socket.connect();
		await new Promise<void>((resolve) => socket.once('connect', resolve));
		await pauseFor(200);
		collectGarbage();
		const held = heldNow() - before;
		if (!Array.isArray(kept)) throw new Error('there was no backlog');
		socket.close();
		return held;
	};
}

class Backlogs {
	constructor(
		private readonly server: Partner<FloodRequest>,
		private readonly url: string,
	) {}

	/** A backlog for a process of its own, which has had a small one before. */
	async pass(
		batch: Flood,
		looks: boolean,
	): Promise<{ readonly ms: number; readonly peak: number; readonly bytes: number }> {
		const ours = Partner.start<Question>('receiver');
		try {
			await this.server.ask({ do: 'batch', to: OURS, batch: null });
			await ours.ask({ do: 'connect', url: this.url });
			await this.bring(ours, { ...FEW, name: 'warm' }, false);
			return await this.bring(ours, batch, looks);
		} finally {
			await ours.stop();
		}
	}

	async heldByBare(batch: Flood): Promise<number> {
		const bare = Partner.start<{ readonly url: string }>('holder');
		await this.server.ask({ do: 'batch', to: BARE, batch });
		const held = await bare.ask<number>({ url: this.url });
		await bare.stop();
		return held;
	}

	private async bring(ours: Partner<Question>, batch: Flood, looks: boolean) {
		const before = await this.server.ask<Tally>({ do: 'tally', of: OURS });
		const passed = ours.ask<Passage>({ do: 'expect', count: batch.count, looks });
		const { batchAt, batchBytes } = await bringBacklog(this.server, OURS, batch);
		const { at, peak } = await passed;
		await this.server.ask({ do: 'batch', to: OURS, batch: null });
		// Everything is marked in the end, each message once.
		for (
			let marked = 0;
			marked < batch.count;
			marked = (await this.server.ask<Tally>({ do: 'tally', of: OURS })).marked - before.marked
		)
			await pauseFor(50);
		return { ms: at - batchAt, peak, bytes: batchBytes };
	}
}

async function main(): Promise<void> {
	if (await playedPart({ server: serveFlood, receiver, holder })) return;
	const server = Partner.start<FloodRequest>('server');
	const backlogs = new Backlogs(server, await server.ask<string>({ do: 'address' }));
	const few: number[] = [];
	const many: number[] = [];
	for (let round = 0; round < ROUNDS; round += 1) {
		few.push((await backlogs.pass(FEW, false)).ms);
		many.push((await backlogs.pass(MANY, false)).ms);
	}
	const ratios = many.map((ms, round) => ms / (few[round] ?? Number.NaN));
	console.log(
		`${FEW.count} messages in one frame: ${spread(few, 0)} ms to the last delivery; ` +
			`${MANY.count}: ${spread(many, 0)} ms`,
	);
	judge('time, ten times as many', median(ratios), { atMost: 11 }, spread(ratios));
	const { peak, bytes } = await backlogs.pass(MANY, true);
	const parsed = await backlogs.heldByBare(MANY);
	const beyond = (peak - parsed) / bytes;
	judge(
		'peak memory beyond the parsed frame, in frames',
		beyond,
		{ atMost: 1.5 },
		`${beyond.toFixed(2)} (frame ${told(bytes)}, parsed ${told(parsed)}, peak ${told(peak)})`,
	);
	const huge = await backlogs.pass(HUGE, false);
	console.log(
		`a frame of ${told(huge.bytes)}: all ${HUGE.count} messages delivered after ` +
			`${(huge.ms / 1000).toFixed(1)} s, and marked read`,
	);
	await server.stop();
}

function told(bytes: number): string {
	return `${(bytes / MB).toFixed(1)} MB`;
}

void main();
