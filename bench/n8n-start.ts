// What the package adds to n8n's start: the same n8n with and without it, in turns, from the start of n8n's process until it takes requests.
import { isSmall, judge, median, noise, spread } from './support/figures';
import { type Mark, N8nUnderClock } from './support/n8n-under-clock';

const ROUNDS = isSmall ? 1 : 6;

/** How an n8n that has its database already started once more. */
async function startOnceMore({ n8n, clock }: N8nUnderClock): Promise<Mark> {
	const ready = clock.next('ready');
	await n8n.startAgain();
	const [mark] = await ready;
	if (!mark) throw new Error('n8n did not say that it is ready');
	await n8n.stop();
	return mark;
}

function tell(what: string, withPackage: readonly number[], without: readonly number[]): void {
	const ratios = withPackage.map((ms, round) => ms / (without[round] ?? Number.NaN));
	const added = withPackage.map((ms, round) => ms - (without[round] ?? Number.NaN));
	const uncertain = Math.max(noise(withPackage), noise(without));
	console.log(`${what}: ${spread(withPackage, 0)} ms with the package; ${spread(without, 0)} ms without; ${spread(added, 0)} ms more`);
	judge(`${what}, of n8n's without the package`, median(ratios), { atMost: 1 + uncertain }, `${spread(ratios, 3)}, noise ${uncertain.toFixed(3)}`);
}

async function main(): Promise<void> {
	const hosts: N8nUnderClock[] = [];
	const marks: [withPackage: Mark[], without: Mark[]] = [[], []];
	try {
		for (const withPackage of [true, false]) {
			const host = await N8nUnderClock.start({ withPackage });
			hosts.push(host);
			await host.n8n.stop();
		}
		for (let round = 0; round < ROUNDS; round += 1) {
			for (const at of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
				const host = hosts[at];
				if (host) marks[at].push(await startOnceMore(host));
			}
		}
	} finally {
		for (const host of hosts) await host.stop();
	}
	const [withPackage, without] = marks;
	console.log(`${String(ROUNDS)} starts of each, medians (least to greatest)`);
	tell('start', withPackage.map(({ age }) => age), without.map(({ age }) => age));
	tell('its processor time', withPackage.map(({ cpu }) => cpu), without.map(({ cpu }) => cpu));
}

void main();
