// What a confirmed send costs beside the library's own question and answer, and what sending over
// several chats at once gains on a slow link.
import { makeRegistry } from '../client/agent/registry';
import { systemPlatform } from '../client/agent/platform';
import { systemClock } from '../client/clock';
import { makeCredentials } from '../client/connection/credentials';
import { composeText, payloadOf } from '../client/outbound/compose';
import { Link } from '../test/support/link';
import { isSmall, judge, median } from './support/figures';
import { type FloodRequest, serveFlood } from './support/flood-server';
import { Partner, playedPart } from './support/parts';
import { bareSocket } from './support/receivers';

const ROUND_TRIPS = isSmall ? 50 : 3000;
const WARM_UP = isSmall ? 5 : 1000;
const CHATS = isSmall ? 20 : 100;
const SENDS = isSmall ? 60 : 1000;
const ONE_BY_ONE = isSmall ? 3 : 100;
/** ms on the link's way to the server. */
const DELAY = 50;

const silent = {
	debug: () => undefined,
	info: () => undefined,
	warn: console.log,
	error: console.log,
};

/** The agent's session, ready to send. */
async function openSession(url: string, token: string) {
	const session = makeRegistry(systemPlatform).session(makeCredentials(url, token, false), silent);
	session.lease();
	await session.whenReady(10_000);
	return session;
}

function message(chat: number, text: string) {
	return composeText({ type: 'group', id: `gc_${chat}` }, text, 'text');
}

/** ms that the work takes. */
async function timed(work: () => Promise<unknown>): Promise<number> {
	const begin = performance.now();
	await work();
	return performance.now() - begin;
}

async function roundTrips(url: string): Promise<void> {
	const session = await openSession(url, 'round-trips');
	const socket = await bareSocket(url);
	const bare: number[] = [];
	const ours: number[] = [];
	for (let number = 0; number < WARM_UP + ROUND_TRIPS; number += 1) {
		const outgoing = message(number % CHATS, `message ${number}`);
		const askBare = async () => {
			bare.push(await timed(() => socket.emitWithAck('send_message', payloadOf(outgoing))));
		};
		const askOurs = async () => {
			ours.push(await timed(() => session.send(outgoing)));
		};
		for (const ask of number % 2 === 0 ? [askBare, askOurs] : [askOurs, askBare]) await ask();
	}
	const [least, most] = [median(bare.slice(WARM_UP)), median(ours.slice(WARM_UP))];
	judge(
		'confirmed send, p50, of a bare emitWithAck',
		most / least,
		{ atMost: 1.1 },
		`${(most / least).toFixed(2)} (${most.toFixed(3)} and ${least.toFixed(3)} ms)`,
	);
}

async function overlapping(url: string, server: Partner<FloodRequest>): Promise<void> {
	const link = await Link.start(url, () => systemClock);
	link.slow('toServer', { latency: DELAY });
	const session = await openSession(link.url, 'overlapping');
	// The first answer shows that this server answers with an object.
	await session.send(message(0, 'first'));
	const single = await timed(async () => {
		for (let number = 0; number < ONE_BY_ONE; number += 1)
			await session.send(message(number % CHATS, 'one by one'));
	});
	const together = await timed(() =>
		Promise.all(
			Array.from({ length: SENDS }, (_, number) =>
				session.send(message(number % CHATS, String(number))),
			),
		),
	);
	const times = single / ONE_BY_ONE / (together / SENDS);
	judge(
		`${SENDS} sends over ${CHATS} chats, ${DELAY} ms away, times as ` + 'fast as one by one',
		times,
		{ atLeast: 20 },
		`${times.toFixed(1)} (${together.toFixed(0)} ms)`,
	);
	const sent = (await server.ask<Array<[string, string]>>({ do: 'sent', by: 'overlapping' })).slice(
		1 + ONE_BY_ONE,
	);
	judge(
		'sends out of their order in a chat, or missing',
		outOfOrder(sent) + Math.abs(SENDS - sent.length),
		{ atMost: 0 },
		undefined,
	);
	await link.stop();
}

function outOfOrder(sent: ReadonlyArray<readonly [chat: string, content: string]>): number {
	const last = new Map<string, number>();
	let wrong = 0;
	for (const [chat, content] of sent) {
		if (Number(content) <= (last.get(chat) ?? -1)) wrong += 1;
		last.set(chat, Number(content));
	}
	return wrong;
}

async function main(): Promise<void> {
	if (await playedPart({ server: serveFlood })) return;
	const server = Partner.start<FloodRequest>('server');
	const url = await server.ask<string>({ do: 'address' });
	await roundTrips(url);
	await overlapping(url, server);
	await server.stop();
	process.exit();
}

void main();
