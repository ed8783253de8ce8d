// What many triggers cost while nothing is said: processor time and memory beside as many bare
// sockets that send heartbeats.
import { createHash } from 'node:crypto';
import { isSmall, judge, median, pauseFor, spread } from './support/figures';
import { type FloodRequest, serveFlood } from './support/flood-server';
import { Partner, playedPart } from './support/parts';
import { collectGarbage, heldNow } from './support/peak-memory';
import { bareSocket, benchRegistry, startTrigger } from './support/receivers';

const TRIGGERS = isSmall ? 20 : 200;
/** Seconds; the server's own is 30, and what heartbeats cost shows sooner with more of them. */
const HEARTBEAT = 1;
/** ms of one look. Many short ones: whatever else the machine does falls into few of them. */
const LOOK_FOR = isSmall ? 2000 : 4000;
const ROUNDS = isSmall ? 1 : 20;

type Question =
	/** Opens them all; answers the bytes that each of them holds. */
	| { readonly do: 'open'; readonly url: string }
	/** Answers the ms of processor time in the next so many ms. */
	| { readonly do: 'look'; readonly ms: number };

function idler(
	open: (url: string, number: number) => Promise<void>,
): (question: Question) => Promise<number> {
	return async (question) => {
		if (question.do === 'look') {
			const before = process.cpuUsage();
			await pauseFor(question.ms);
			const { user, system } = process.cpuUsage(before);
			return (user + system) / 1000;
		}
		// The first one loads the code.
		await open(question.url, TRIGGERS);
		collectGarbage();
		const before = heldNow();
		await Promise.all(Array.from({ length: TRIGGERS }, (_, number) => open(question.url, number)));
		await pauseFor(2000);
		collectGarbage();
		return (heldNow() - before) / TRIGGERS;
	};
}

async function openBare(url: string, number: number): Promise<void> {
	const socket = await bareSocket(url, tokenOf('bare', number));
	socket.on('new_message', () => undefined);
	setInterval(() => {
		socket.emit('heartbeat', () => undefined);
	}, 1000 * HEARTBEAT);
}

const registry = benchRegistry();

async function openOurs(url: string, number: number): Promise<void> {
	const prepare = () => Promise.reject(new Error('nothing is said'));
	await startTrigger(url, {
		prepare,
		token: tokenOf('ours', number),
		place: `trigger ${number}`,
		registry,
	});
}

/** As long as the server's, and in their form. */
function tokenOf(side: string, number: number): string {
	return `sk_agt_${createHash('sha256').update(`${side} ${number}`).digest('base64url')}`;
}

async function main(): Promise<void> {
	if (
		await playedPart({
			server: serveFlood,
			bare: () => idler(openBare),
			ours: () => idler(openOurs),
		})
	)
		return;
	const server = Partner.start<FloodRequest>('server');
	await server.ask({ do: 'heartbeat', seconds: HEARTBEAT });
	const url = await server.ask<string>({ do: 'address' });
	const [bare, ours] = [Partner.start<Question>('bare'), Partner.start<Question>('ours')];
	const bareBytes = await bare.ask<number>({ do: 'open', url });
	const ourBytes = await ours.ask<number>({ do: 'open', url });
	const bareTimes: number[] = [];
	const ourTimes: number[] = [];
	for (let round = 0; round < ROUNDS; round += 1) {
		const [least, most] = await Promise.all(
			[bare, ours].map((idle) => idle.ask<number>({ do: 'look', ms: LOOK_FOR })),
		);
		bareTimes.push(least ?? Number.NaN);
		ourTimes.push(most ?? Number.NaN);
	}
	console.log(
		`${TRIGGERS} idle triggers, a heartbeat every ${HEARTBEAT} s: ` +
			`${spread(ourTimes, 0)} ms of processor in ${LOOK_FOR} ms; bare sockets ` +
			`${spread(bareTimes, 0)} ms`,
	);
	const ratios = ourTimes.map((time, round) => time / (bareTimes[round] ?? Number.NaN));
	judge('processor time, of the bare sockets', median(ratios), { atMost: 1.3 }, spread(ratios));
	judge(
		'memory, of the bare sockets',
		ourBytes / bareBytes,
		{ atMost: 2.5 },
		`${(ourBytes / bareBytes).toFixed(2)} (${(ourBytes / 1024).toFixed(0)} KB and ` +
			`${(bareBytes / 1024).toFixed(0)} KB each)`,
	);
	await Promise.all([server, bare, ours].map((partner) => partner.stop()));
}

void main();
