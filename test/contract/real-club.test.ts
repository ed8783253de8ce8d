import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../playground/host/free-port';
import { pythonWithServer } from '../support/python';
import { RealClub, RELEASES, type ServerVersion } from '../support/real-club';
import { Unavailable, unlessUnavailable } from '../support/unavailable';
import { Scene } from './scene';

const versions: ServerVersion[] = ['0.1.17', '0.1.35', 'latest'];
const execute = promisify(execFile);
const RUN = join(__dirname, '../run.mjs');
/** Any file of cases for every target. */
const CASES = join(__dirname, 'presence-and-typing.test.ts');
const INSTALLS_WITHIN_MS = 15 * 60_000;

let folder: string;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'agentclub-test-'));
});

afterEach(async () => {
	await rm(folder, { recursive: true, force: true });
});

describe.each(versions)('the real server %s under test', (version) => {
	beforeAll(async () => {
		await unlessUnavailable('the real Agent Club server', () =>
			pythonWithServer(RELEASES[version].release),
		);
	}, INSTALLS_WITHIN_MS);

	it('tells clients the heartbeat interval that the test asked for, and listens where it asked it to', async () => {
		const port = await freePort();
		const club = await RealClub.start({ version, port, heartbeatInterval: 3 });
		const scene = new Scene(club, 'SQLite');
		const probe = await scene.connect(await scene.agent());
		expect(probe.all('auth_ok')).toMatchObject([{ heartbeat_interval: 3 }]);
		expect(club.url).toBe(`http://127.0.0.1:${port}`);
		scene.close();
		await club.stop();
		await expect(fetch(club.url)).rejects.toThrow();
	});

	it('keeps people, chats, messages and its address through a crash', async () => {
		const club = await RealClub.start({ version });
		const scene = new Scene(club, 'SQLite');
		const { person, agent, group } = await scene.personAndAgentInGroup();
		const [before] = await scene.say(person, group, 'before');
		const { url } = club;
		await club.kill();
		await expect(fetch(url)).rejects.toThrow();
		await club.startAgain();
		const [after] = await scene.say(person, group, 'after');
		expect(club.url).toBe(url);
		expect(await club.history(agent.id, group)).toEqual([before, after]);
		await club.stop();
	});

	it('leaves a data folder of the test where it is, for the next start', async () => {
		const first = await RealClub.start({ version, dataDir: folder });
		await first.addHuman('anna');
		await first.stop();
		expect(existsSync(join(folder, 'config.json'))).toBe(true);
		const second = await RealClub.start({ version, dataDir: folder });
		await expect(second.addHuman('anna')).rejects.toThrow('409');
		await second.stop();
	});
});

describe('a machine that lacks something', () => {
	const environment = process.env;

	beforeEach(() => {
		process.env = { ...environment, AGENTCLUB_CACHE: folder };
	});

	afterEach(() => {
		process.env = environment;
	});

	it('is told to install Python where there is none', async () => {
		process.env.PATH = folder;
		const failure = await pythonWithServer('0.0.0').catch((error: unknown) => error);
		expect(failure).toBeInstanceOf(Unavailable);
		expect(failure).toHaveProperty(
			'message',
			expect.stringMatching(/Python 3\.10 or newer.*Install it/s),
		);
	});

	it('skips the cases on real servers in sight and says why, once; in CI they fail', async () => {
		const without = async (more: Record<string, string>) => {
			const file = join(folder, 'results.json');
			const args = [RUN, 'contract', CASES, '--json', `--outputFile=${file}`];
			const changed = { CI: '', AGENTCLUB_SERVERS: '', AGENTCLUB_TEST_RESULTS: '', PATH: folder };
			const env = { ...process.env, ...changed, ...more };
			const told = await execute(process.execPath, args, { env }).catch(
				(failure: unknown) => failure as { stderr: string },
			);
			const { numPassedTests, numPendingTests, numFailedTests } = JSON.parse(
				await readFile(file, 'utf8'),
			) as Record<string, number>;
			return {
				passed: numPassedTests,
				skipped: numPendingTests,
				failed: numFailedTests,
				said: told.stderr.match(/^skipped: the real Agent Club server: Python/gm)?.length ?? 0,
			};
		};

		const outside = await without({});
		expect(outside.passed).toBeGreaterThan(0);
		// On three generations of the playground, and on the three servers.
		expect(outside).toEqual({
			passed: outside.passed,
			skipped: outside.passed,
			failed: 0,
			said: 1,
		});
		expect(await without({ CI: '1' })).toEqual({
			passed: outside.passed,
			skipped: 0,
			failed: outside.passed,
			said: 0,
		});
	}, 120_000);

	it('cannot be skipped where the tests have begun', async () => {
		delete process.env.CI;
		await expect(
			unlessUnavailable('some target', () => Promise.reject(new Unavailable('No', 'thing.'))),
		).rejects.toThrow('Only a beforeAll can skip tests');
	});

	it('does not skip what fails for another reason', async () => {
		delete process.env.CI;
		await expect(
			unlessUnavailable('some target', () => Promise.reject(new Error('a bug'))),
		).rejects.toThrow('a bug');
	});
});
