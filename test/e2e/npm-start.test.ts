import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../../playground/host/is-alive';
import { ProcessOutput } from '../../playground/host/process-output';
import { BrowserSession } from '../support/browser-session';
import { eventually } from '../support/eventually';
import { processTree } from '../support/process-tree';
import { RealClub } from '../support/real-club';

const ROOT = join(__dirname, '../..');

/** `npm start` in a state folder of its own, as from a terminal without AGENTCLUB variables. */
class Started {
	readonly output: ProcessOutput;
	private readonly child: ChildProcess;

	constructor(folder: string, env: Record<string, string>) {
		const machine = Object.entries(process.env).filter(
			([name]) => !name.startsWith('AGENTCLUB_') || name === 'AGENTCLUB_CACHE',
		);
		this.output = new ProcessOutput(join(folder, 'start.log'));
		const child = spawn(process.execPath, [join(ROOT, 'tools/run-ts.mjs'), 'playground/start.ts'], {
			env: { ...Object.fromEntries(machine), AGENTCLUB_PLAYGROUND: folder, ...env },
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		this.child = child;
		this.output.follow(child.stdout);
		this.output.follow(child.stderr);
	}

	/** The address that it prints after a word. */
	async address(word: string): Promise<string> {
		const line = await this.output.waitFor(new RegExp(`^${word}\\s`), 120_000, 0);
		return /http:\/\/\S+/.exec(line)?.[0] ?? '';
	}

	async ready(): Promise<void> {
		await this.output.waitFor(/Ctrl-C stops both/, 120_000, 0);
	}

	/** What Ctrl-C does. Resolves with the processes that were running and still are. */
	async interrupt(): Promise<number[]> {
		const { pid, exitCode } = this.child;
		if (pid === undefined || exitCode !== null) return [];
		const all = processTree(pid);
		const gone = once(this.child, 'close');
		this.child.kill('SIGINT');
		await gone;
		await this.output.close();
		const end = performance.now() + LAST_BREATH;
		while (all.some(isAlive) && performance.now() < end) await sleep(100);
		return all.filter(isAlive);
	}
}

/** ms: n8n's task runner ends by itself, a moment after n8n. */
const LAST_BREATH = 5000;

describe('npm start', () => {
	let folder = '';
	let started: Started | undefined;

	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'agentclub-start-'));
	});
	afterEach(async () => {
		await started?.interrupt();
		await rm(folder, { recursive: true, force: true });
	});

	it('brings a club and an n8n that answers in it, twice, and leaves nothing running after Ctrl-C', async () => {
		for (const time of ['first', 'second']) {
			started = new Started(folder, {});
			await started.ready();
			await expect(
				answerTo(await started.address('Chat page'), `the ${time} time`),
			).resolves.toContain(`the ${time} time`);
			expect((await fetch(`${await started.address('n8n')}/healthz`)).status).toBe(200);
			await expect(started.interrupt()).resolves.toEqual([]);
		}
	});

	it('uses the server and the token of the environment instead of a club of its own', async () => {
		const club = await RealClub.start({ version: 'latest' });
		try {
			const agent = await club.addAgent('robo', 'Robo');
			const mia = await club.addHuman('mia', 'Mia');
			const direct = await club.openDirect(mia.id, agent.id);
			started = new Started(folder, {
				AGENTCLUB_SERVER_URL: club.url,
				AGENTCLUB_AGENT_TOKEN: agent.token,
			});
			await started.ready();
			await club.say(mia.id, direct, { content: 'hello' });

			const answer = await eventually('an answer', async () =>
				(await club.history(mia.id, direct)).find(({ senderId }) => senderId === agent.id),
			);

			expect(answer.content).toBe(`<at user_id="${mia.id}">Mia</at> hello`);
			expect(answer.mentions).toEqual([mia.id]);
		} finally {
			await started?.interrupt();
			await club.stop();
		}
	});

	it('says what is missing when only one of the two variables is set', async () => {
		started = new Started(folder, { AGENTCLUB_SERVER_URL: 'http://127.0.0.1:1' });

		await expect(
			started.output.waitFor(/Set both AGENTCLUB_SERVER_URL and AGENTCLUB_AGENT_TOKEN/, 60_000, 0),
		).resolves.toBeDefined();
	});
});

/**
 * Logs in on the chat page as its first person, mentions the agent in the group, and waits for what
 * it answers.
 */
async function answerTo(url: string, words: string): Promise<string> {
	const people = (await (await fetch(`${url}/api/playground/users`)).json()) as {
		id: string;
		is_agent: number;
	}[];
	const [person, agent] = [
		people.find((each) => each.is_agent === 0),
		people.find((each) => each.is_agent === 1),
	];
	if (!person || !agent) throw new Error('The club has no people');
	const page = await BrowserSession.open(url, 'playground/login', { user_id: person.id });
	const { groups } = (await page.request('GET', '/api/playground/chats')) as {
		groups: { id: string }[];
	};
	const chat = groups[0]?.id ?? '';
	await say(page, url, { chat_id: chat, content: words, mentions: [agent.id] });
	const answer = await eventually('an answer in the group', async () => {
		const rows = (await page.request('GET', `/api/playground/messages/group/${chat}`)) as {
			sender_id: string;
			content: string;
		}[];
		return rows.find(({ sender_id }) => sender_id === agent.id);
	});
	return answer.content;
}

/**
 * Writes over the page's socket. The club lies under a path, which socket.io-client would take for
 * a namespace.
 */
async function say(page: BrowserSession, url: string, message: object): Promise<void> {
	const { origin, pathname } = new URL(url);
	const socket = page.socket(origin, `${pathname}/socket.io/`);
	try {
		socket.connect();
		await socket.timeout(20_000).emitWithAck('send_message', message);
	} finally {
		socket.disconnect();
	}
}
