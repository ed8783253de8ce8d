// `npm start`: n8n with the package as it is here, an Agent Club to talk to, and a workflow that
// answers. Ctrl-C stops all of it.
import { join } from 'node:path';
import { buildWhenStale } from './host/build-when-stale';
import { choosePort } from './host/choose-port';
import { checkAccess, prepareDemo } from './host/demo-instance';
import { N8n } from './host/n8n-process';
import { N8nRest, OWNER } from './host/n8n-rest';
import { claim } from './host/only-one';
import { type ClubInUse, clubToUse } from './club-to-use';

/** n8n's own default. */
const N8N_PORT = 5678;

const root = process.env.AGENTCLUB_REPOSITORY ?? process.cwd();
const state = process.env.AGENTCLUB_PLAYGROUND ?? join(root, '.playground');

/** Undone in the reverse order when the playground stops. */
const undo: (() => Promise<void>)[] = [];
const stopping = new AbortController();

const say = (line: string) => {
	console.log(line);
};

async function start(): Promise<void> {
	undo.push(await claim(join(state, 'start.pid')));
	await buildWhenStale(root, say, stopping.signal);
	const club = await clubToUse(process.env);
	undo.push(() => club.stop());
	const n8n = await startN8n();
	undo.push(() => n8n.stop());
	const rest = await N8nRest.signIn(n8n.address);
	const verdict = await checkAccess(rest, club.access);
	await prepareDemo(rest, club.access, join(state, 'demo.json'));
	if (!stopping.signal.aborted) announce(n8n, club, verdict);
	n8n.onExit(() => {
		if (!stopping.signal.aborted) fail(new Error(`n8n has stopped by itself:\n${n8n.logTail(15)}`));
	});
}

async function startN8n(): Promise<N8n> {
	say('Starting n8n.');
	return N8n.start({
		folder: join(state, 'n8n'),
		packageFolder: root,
		port: await choosePort(N8N_PORT),
		progress: say,
		signal: stopping.signal,
	});
}

function announce(n8n: N8n, club: ClubInUse, verdict: string): void {
	const lines = [
		...club.hints,
		`n8n         ${n8n.address}   ${OWNER.email}, password ${OWNER.password}`,
		`            Workflows: ${n8n.address}/home/workflows`,
		'            Unpublish "Agent Club demo" there before you publish a workflow of your own ' +
			'for its agent, or both answer.',
		`            ${verdict}. n8n's log: ${join(state, 'n8n', 'n8n.log')}`,
	];
	say(['', ...lines, '', 'Ctrl-C stops both.'].join('\n'));
}

/** Stops once, however often it is asked to: npm and the terminal both pass Ctrl-C on. */
async function stop(): Promise<void> {
	if (stopping.signal.aborted) return;
	stopping.abort();
	await running;
	for (const each of undo.reverse()) await each();
}

function interrupt(): void {
	if (!stopping.signal.aborted) say('\nStopping.');
	void stop();
}

function fail(error: unknown): void {
	// What was cut off on purpose has not failed.
	if (stopping.signal.aborted) return;
	process.exitCode = 1;
	console.error(`\n${error instanceof Error ? error.message : String(error)}`);
	void stop();
}

const running = start().catch(fail);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
