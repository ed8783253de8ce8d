// How much later than a bare client's callback a delivery begins, message by message, while nothing
// else happens.
import { isSmall, judge, pauseFor, quantile } from './support/figures';
import { type FloodRequest, serveFlood } from './support/flood-server';
import { Partner, playedPart } from './support/parts';
import {
	type Arrival,
	BARE,
	bareReceiver,
	OURS,
	ourReceiver,
	type ReceiverRequest,
} from './support/receivers';

const COUNT = isSmall ? 50 : 2000;
const WARM_UP = isSmall ? 10 : 500;
/** ms between two messages. */
const PAUSE = 3;

async function main(): Promise<void> {
	if (await playedPart({ server: serveFlood, [BARE]: bareReceiver, [OURS]: ourReceiver })) return;
	const server = Partner.start<FloodRequest>('server');
	const bare = Partner.start<ReceiverRequest>(BARE);
	const ours = Partner.start<ReceiverRequest>(OURS);
	const url = await server.ask<string>({ do: 'address' });
	for (const receiver of [bare, ours]) await receiver.ask({ do: 'connect', url });
	let arrivals: Arrival[] = [];
	for (const count of [WARM_UP, COUNT]) {
		const arrived = [bare, ours].map((receiver) => receiver.ask<Arrival>({ do: 'expect', count }));
		for (let number = 0; number < count; number += 1) {
			for (const to of number % 2 === 0 ? [BARE, OURS] : [OURS, BARE]) {
				await server.ask({ do: 'one', to });
				await pauseFor(PAUSE);
			}
		}
		arrivals = await Promise.all(arrived);
	}
	const [bareOnes = [], ourOnes = []] = arrivals.map(({ latencies }) => latencies);
	console.log(
		`${COUNT} messages to each, one every ${2 * PAUSE} ms, from the server's ` +
			'write to the callback or to the start of the execution',
	);
	for (const [name, share, bar] of [
		['p50', 0.5, 0.3],
		['p99', 0.99, 2],
	] as const) {
		const [least, most] = [quantile(bareOnes, share), quantile(ourOnes, share)];
		judge(
			`${name}, more than the bare client's`,
			most - least,
			{ atMost: bar },
			`${(most - least).toFixed(3)} ms (${least.toFixed(3)} and ${most.toFixed(3)} ms)`,
		);
	}
	await Promise.all([server, bare, ours].map((partner) => partner.stop()));
}

void main();
