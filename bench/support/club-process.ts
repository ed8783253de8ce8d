import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { PlaygroundClub } from '../../playground/club/playground-club';

/**
 * The bench's own program, told by this word to be the server: so that what the server holds in
 * memory is not counted.
 */
const SERVE = '--serve-club';

export interface ClubAccess {
	readonly url: string;
	readonly token: string;
}

/** Whether this process is to be the server; it is one then, until its standard input ends. */
export async function servedClub(): Promise<boolean> {
	if (!process.argv.includes(SERVE)) return false;
	const club = await PlaygroundClub.start();
	const { token } = await club.addAgent('bench');
	console.log(JSON.stringify({ url: club.url, token } satisfies ClubAccess));
	process.stdin.resume();
	await once(process.stdin, 'end');
	await club.stop();
	return true;
}

/** A playground in a process of its own, as long as the work takes. */
export async function withClub(work: (access: ClubAccess) => Promise<void>): Promise<void> {
	const program = process.argv[1] ?? '';
	const server = spawn(process.execPath, [program, SERVE], { stdio: ['pipe', 'pipe', 'inherit'] });
	const ended = once(server, 'exit');
	try {
		const lines = createInterface({ input: server.stdout });
		const [line] = (await Promise.race([once(lines, 'line'), ended])) as [unknown];
		if (typeof line !== 'string')
			throw new Error('the server process ended before it said where it listens');
		await work(JSON.parse(line) as ClubAccess);
	} finally {
		server.stdin.end();
		await ended;
	}
}
