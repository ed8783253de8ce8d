// What the package adds to n8n's start. The same n8n starts with and without it, in turns, until it
// takes requests. A whole start differs by more than that from one time to the next. So it also
// tells what n8n's own loader of packages takes for this one.
import { spawnSync } from 'node:child_process';
import { installN8n } from '../playground/host/install-n8n';
import { isSmall, judge, median, spread } from './support/figures';
import { N8N_MODULES } from './support/n8n-modules';
import { type Mark, N8nUnderClock } from './support/n8n-under-clock';

const ROOT = process.env.AGENTCLUB_REPOSITORY ?? process.cwd();
/**
 * Starts of each that have their database already; a small bench has only the first ones, which
 * make it.
 */
const ROUNDS = isSmall ? 0 : 6;
const LOADS = isSmall ? 1 : 15;

/** How an n8n that has its database started once more. */
async function startOnceMore({ n8n, clock }: N8nUnderClock): Promise<Mark> {
	const ready = clock.next('ready');
	await n8n.startAgain();
	const [mark] = await ready;
	if (!mark) throw new Error('n8n did not say that it is ready');
	await n8n.stop();
	return mark;
}

async function starts(): Promise<[withPackage: Mark[], without: Mark[]]> {
	const hosts: N8nUnderClock[] = [];
	const marks: [Mark[], Mark[]] = [[], []];
	try {
		for (const withPackage of [true, false]) {
			const host = await N8nUnderClock.start({ withPackage });
			hosts.push(host);
			await host.n8n.stop();
			if (isSmall) marks[withPackage ? 0 : 1].push(host.ready);
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
	return marks;
}

/**
 * ms that n8n's loader takes for the package, as at n8n's start, in a process of its own that has
 * loaded n8n's core already.
 */
function loading(node: string): number {
	const program = `
		const { LazyPackageDirectoryLoader } = require('n8n-core');
		const begin = performance.now();
		const loader = new LazyPackageDirectoryLoader(${JSON.stringify(ROOT)});
		loader.loadAll().then(() => {
			if (loader.types.nodes.length !== 2) throw new Error('the package was not found');
			console.log(performance.now() - begin);
			process.exit();
		});`;
	const { stdout, stderr, status } = spawnSync(node, ['-e', program], {
		encoding: 'utf8',
		cwd: N8N_MODULES,
		env: { ...process.env, NODE_PATH: N8N_MODULES },
	});
	if (status !== 0) throw new Error(stderr);
	return Number(stdout.trim().split('\n').at(-1));
}

function tell(what: string, withPackage: readonly number[], without: readonly number[]): void {
	const added = withPackage.map((ms, round) => ms - (without[round] ?? Number.NaN));
	console.log(
		`${what}: ${spread(withPackage, 0)} ms with the package; ${spread(without, 0)} ms ` +
			`without; ${spread(added, 0)} ms more`,
	);
}

async function main(): Promise<void> {
	const [withPackage, without] = await starts();
	const ages = without.map(({ age }) => age);
	console.log(`${ages.length} starts of each, medians (least to greatest)`);
	tell(
		'start',
		withPackage.map(({ age }) => age),
		ages,
	);
	tell(
		'its processor time',
		withPackage.map(({ cpu }) => cpu),
		without.map(({ cpu }) => cpu),
	);
	const { node } = await installN8n();
	const loads = Array.from({ length: LOADS }, () => loading(node));
	const share = median(loads) / median(ages);
	judge(
		'loading the package, of the whole start',
		share,
		{ atMost: 0.01 },
		`${share.toFixed(4)} (${spread(loads, 1)} ms)`,
	);
}

void main();
