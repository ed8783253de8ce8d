import type { Club } from '../../playground/club/club';
import { PlaygroundClub } from '../../playground/club/playground-club';
import { RealClub } from '../support/real-club';
import { unlessUnavailable } from '../support/unavailable';
import { Scene } from './scene';

/** Where the server keeps its messages: what they may be depends on it. */
export type Database = 'SQLite' | 'PostgreSQL' | 'MariaDB';

interface Target {
	readonly name: string;
	/** SQLite without it, which the playground is like. */
	readonly database?: Database;
	readonly start: () => Promise<Club>;
}

/**
 * The playground must do what the real server of the same generation does; so both are put the same
 * questions.
 */
const EVERYWHERE: readonly Target[] = [
	{ name: 'the playground as G1', start: () => PlaygroundClub.start({ generation: 'G1' }) },
	{ name: 'the playground as G2', start: () => PlaygroundClub.start({ generation: 'G2' }) },
	{ name: 'the playground as G3', start: () => PlaygroundClub.start({ generation: 'G3' }) },
	{ name: 'agentclub 0.1.17 (G1)', start: () => RealClub.start({ version: '0.1.17' }) },
	{ name: 'agentclub 0.1.35 (G2)', start: () => RealClub.start({ version: '0.1.35' }) },
	{ name: 'the newest agentclub (G3)', start: () => RealClub.start({ version: 'latest' }) },
];

/**
 * The newest server on databases of their own, with `AGENTCLUB_SERVERS=databases`. Most machines
 * lack one of them, and hardly anything that the server says depends on it.
 */
const ON_DATABASES: readonly Target[] = (['PostgreSQL', 'MariaDB'] as const).map((database) => ({
	name: `the newest agentclub (G3) on ${database}`,
	database,
	start: () => RealClub.start({ version: 'latest', database }),
}));

const targets = process.env.AGENTCLUB_SERVERS === 'databases' ? ON_DATABASES : EVERYWHERE;

/** The first start on a machine installs the server. */
const START_WITHIN_MS = 15 * 60_000;
/**
 * A busy machine took 30 s for a case on MariaDB, to which the server speaks through a driver in
 * plain Python.
 */
const CASE_WITHIN_MS = 180_000;

type DefineCase = (sentence: string, run: (scene: Scene) => Promise<void>) => void;

/**
 * Defines the cases once for each target; the cases of a file share one server, and each has people
 * and chats of its own.
 */
export function onEveryTarget(define: (it: DefineCase) => void): void {
	describe.each(targets)('$name', ({ start, database = 'SQLite' }) => {
		let club: Club | undefined;
		beforeAll(async () => {
			club = await unlessUnavailable('the real Agent Club server', start);
		}, START_WITHIN_MS);
		afterAll(async () => {
			await club?.stop();
		});
		define((sentence, run) => {
			const oneCase = async () => {
				if (!club) throw new Error('The target has not been started');
				await inScene(new Scene(club, database), run);
			};
			it(sentence, oneCase, CASE_WITHIN_MS);
		});
	});
}

async function inScene(scene: Scene, run: (scene: Scene) => Promise<void>): Promise<void> {
	try {
		await run(scene);
	} finally {
		scene.close();
	}
}
