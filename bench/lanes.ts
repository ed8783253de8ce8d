// Whether time and memory are linear in what there is to do: ten times the messages in ten times
// the chats, without a network. Afterwards nothing of it may be left: memory grows with what is
// unread, and never with what has been handled.
import { isSmall, judge, median, pauseFor, spread } from './support/figures';
import { type Flood, messagesOf } from './support/flood-server';
import { collectGarbage, heldNow } from './support/peak-memory';
import { Partner, playedPart } from './support/parts';
import { startTrigger } from './support/receivers';
import { StubSocket } from './support/stub-socket';

const FEW: Flood = isSmall
	? { count: 2000, chats: 100, textBytes: 100, name: 'few' }
	: { count: 100_000, chats: 5000, textBytes: 100, name: 'few' };
const MANY: Flood = { count: 10 * FEW.count, chats: 10 * FEW.chats, textBytes: 100, name: 'many' };
const ROUNDS = isSmall ? 1 : 3;
/**
 * Messages that arrive without a turn of the event loop between them, as from one read of a socket.
 */
const AT_ONCE = 100;
/** What may be left of a million messages: what is remembered is bounded (bytes). */
const MOST_LEFT = 8 * 1024 * 1024;

interface Run {
	/** ms of processor time until everything was delivered and marked. */
	readonly cpu: number;
	/** Bytes held at the end beyond those at the beginning. */
	readonly left: number;
}

/**
 * In a process of its own: all messages of a flood through a trigger that takes them as fast as
 * they come.
 */
async function runOnce(flood: Flood): Promise<Run> {
	const stub = new StubSocket();
	let delivered = 0;
	const emit = () => {
		delivered += 1;
		return Promise.resolve('success' as const);
	};
	await startTrigger('http://club.test', {
		prepare: () => Promise.resolve({ emit }),
		platform: { openSocket: stub.open },
		settings: { recentFiles: 0 },
	});
	await feed(stub, { ...FEW, name: 'warm' });
	await marked(stub, FEW.count);
	collectGarbage();
	const before = heldNow();
	const cpuBefore = process.cpuUsage();
	await feed(stub, flood);
	await marked(stub, FEW.count + flood.count);
	const { user, system } = process.cpuUsage(cpuBefore);
	if (delivered !== FEW.count + flood.count)
		throw new Error(`${delivered} messages have been delivered`);
	collectGarbage();
	return { cpu: (user + system) / 1000, left: heldNow() - before };
}

async function feed(stub: StubSocket, flood: Flood): Promise<void> {
	let number = 0;
	for (const message of messagesOf(flood)) {
		stub.say(message);
		number += 1;
		if (number % AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
	}
}

async function marked(stub: StubSocket, count: number): Promise<void> {
	while (stub.marked < count) await pauseFor(100);
}

async function inProcess(flood: Flood): Promise<Run> {
	const partner = Partner.start<Flood>(
		'runner',
		process.argv.includes('--profile') ? ['--cpu-prof', '--cpu-prof-dir=.playground/profiles'] : [],
	);
	try {
		return await partner.ask<Run>(flood);
	} finally {
		await partner.stop();
	}
}

async function main(): Promise<void> {
	if (await playedPart({ runner: () => runOnce })) return;
	const few: Run[] = [];
	const many: Run[] = [];
	for (let round = 0; round < ROUNDS; round += 1) {
		few.push(await inProcess(FEW));
		many.push(await inProcess(MANY));
	}
	for (const [flood, runs] of [
		[FEW, few],
		[MANY, many],
	] as const) {
		const each = runs.map(({ cpu }) => (1000 * cpu) / flood.count);
		const left = runs.map((run) => run.left / 1024 / 1024);
		console.log(
			`${flood.count} messages in ${flood.chats} chats: ${spread(each)} µs ` +
				`of processor each, making them included; ${spread(left, 1)} MB left`,
		);
	}
	const ratios = many.map(({ cpu }, at) => cpu / (few[at]?.cpu ?? Number.NaN));
	judge('time, ten times as many', median(ratios), { atMost: 11 }, spread(ratios));
	judge('bytes left of the many', median(many.map((run) => run.left)), { atMost: MOST_LEFT });
}

void main();
