// What the package weighs, and how long its two nodes take at their first use. Beside it stand
// n8n's own RabbitMQ nodes, each in a process of its own. The time until a trigger listens is told
// too, so that nothing counts as won that is only done later.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildWhenStale } from '../playground/host/build-when-stale';
import { isSmall, judge, median, spread } from './support/figures';
import { type FloodRequest, serveFlood } from './support/flood-server';
import { N8N_MODULES } from './support/n8n-modules';
import { Partner, playedPart } from './support/parts';
import { DELIVERS_ALL, OURS } from './support/receivers';

const ROOT = process.env.AGENTCLUB_REPOSITORY ?? process.cwd();
const ROUNDS = isSmall ? 1 : 15;
const KB = 1000;

const NODES = ['AgentClub/AgentClub.node.js', 'AgentClubTrigger/AgentClubTrigger.node.js'];
const RABBITMQ = ['RabbitMQ.node.js', 'RabbitMQTrigger.node.js'].map((file) =>
	join(N8N_MODULES, 'n8n-nodes-base/dist/nodes/RabbitMQ', file),
);

/** ms that loading the nodes and making them takes, in a process that has n8n-workflow already. */
function firstUse(files: readonly string[]): number {
	const program = `
		require(${JSON.stringify(join(N8N_MODULES, 'n8n-workflow'))});
		const begin = performance.now();
		for (const file of ${JSON.stringify(files)})
			for (const Node of Object.values(require(file))) new Node();
		console.log(performance.now() - begin);`;
	return Number(run(program));
}

/**
 * ms from the same beginning until a trigger is connected, and until all is loaded that its first
 * requests need.
 */
function firstListening(dist: string, url: string): readonly [connected: number, loaded: number] {
	const program = `
		require(${JSON.stringify(join(N8N_MODULES, 'n8n-workflow'))});
		const begin = performance.now();
		for (const file of ${JSON.stringify(NODES.map((file) => join(dist, 'nodes', file)))})
			for (const Node of Object.values(require(file))) new Node();
		const client = require(${JSON.stringify(join(dist, 'client.js'))});
		const { makeCredentials } = client['connection/credentials'];
		const credentials = makeCredentials(${JSON.stringify(url)}, ${JSON.stringify(OURS)}, false);
		const { filter, ...settings } = ${JSON.stringify(DELIVERS_ALL)};
		for (const name of ['chats', 'allowFrom', 'allowFromKind']) filter[name] = new Set();
		const life = {
			settings: { ...settings, filter },
			credentials: async () => credentials,
			outage() {},
			prepare() { throw new Error('nothing is said'); },
		};
		const info = (line) => {
			if (!line.startsWith('Connected')) return;
			const connected = performance.now() - begin;
			setImmediate(() => {
				console.log(JSON.stringify([connected, performance.now() - begin]));
				process.exit();
			});
		};
		const logger = { debug() {}, info, warn: console.error, error: console.error };
		client['agent/registry'].agentRegistry().run('bench', life, credentials, logger);`;
	return JSON.parse(run(program)) as [number, number];
}

function run(program: string): string {
	const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', program], {
		encoding: 'utf8',
		cwd: N8N_MODULES,
		env: { ...process.env, NODE_PATH: N8N_MODULES },
	});
	if (status !== 0) throw new Error(stderr);
	return stdout;
}

async function main(): Promise<void> {
	if (await playedPart({ server: serveFlood })) return;
	await buildWhenStale(ROOT, console.log);
	const packed = spawnSync('npm', ['pack', '--dry-run', '--json'], { cwd: ROOT, encoding: 'utf8' });
	const [{ size, unpackedSize }] = JSON.parse(packed.stdout) as [
		{ size: number; unpackedSize: number },
	];
	judge(
		'packed size, KB',
		size / KB,
		{ atMost: 400 },
		`${(size / KB).toFixed(0)} KB (unpacked ${(unpackedSize / KB).toFixed(0)} KB)`,
	);
	const { dependencies = {} } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
		dependencies?: object;
	};
	judge('runtime dependencies', Object.keys(dependencies).length, { atMost: 0 }, undefined);
	if (!RABBITMQ.every((file) => existsSync(file))) {
		console.log(`first use: not measured, because there is no n8n in ${N8N_MODULES}`);
		return;
	}
	const [ours, theirs]: [number[], number[]] = [[], []];
	// Away from this repository, whose n8n-workflow would be loaded a second time.
	const installed = await mkdtemp(join(tmpdir(), 'agentclub-bench-'));
	await cp(join(ROOT, 'dist'), installed, { recursive: true });
	const server = Partner.start<FloodRequest>('server');
	const url = await server.ask<string>({ do: 'address' });
	const listening: Array<readonly [number, number]> = [];
	for (let round = 0; round < ROUNDS; round += 1) {
		ours.push(firstUse(NODES.map((file) => join(installed, 'nodes', file))));
		theirs.push(firstUse(RABBITMQ));
		listening.push(firstListening(installed, url));
	}
	await server.stop();
	await rm(installed, { recursive: true });
	console.log(`first use of both nodes: ${spread(ours, 0)} ms; RabbitMQ ${spread(theirs, 0)} ms`);
	console.log(
		`until a trigger is connected: ${spread(
			listening.map(([connected]) => connected),
			0,
		)} ms; until what HTTP needs is loaded too: ${spread(
			listening.map(([, loaded]) => loaded),
			0,
		)} ms`,
	);
	judge("first use, of RabbitMQ's", median(ours) / median(theirs), { atMost: 1 });
}

void main();
