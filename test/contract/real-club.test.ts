import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../playground/host/free-port';
import { pythonWithServer } from '../support/python';
import { RealClub, type ServerVersion } from '../support/real-club';
import { Unavailable, unlessUnavailable } from '../support/unavailable';
import { Scene } from './scene';

const versions: ServerVersion[] = ['0.1.17', '0.1.35', 'latest'];
const INSTALLS_WITHIN_MS = 15 * 60_000;

let folder: string;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'agentclub-test-'));
});

afterEach(async () => {
	await rm(folder, { recursive: true, force: true });
});

async function startUnlessUnavailable(
	options: Parameters<typeof RealClub.start>[0],
): Promise<RealClub | undefined> {
	return await unlessUnavailable('the real Agent Club server', () => RealClub.start(options));
}

describe.each(versions)('the real server %s under test', (version) => {
	it(
		'tells clients the heartbeat interval that the test asked for, and listens where it asked it to',
		async () => {
			const port = await freePort();
			const club = await startUnlessUnavailable({ version, port, heartbeatInterval: 3 });
			if (!club) return;
			const scene = new Scene(club, 'SQLite');
			const probe = await scene.connect(await scene.agent());
			expect(probe.all('auth_ok')).toMatchObject([{ heartbeat_interval: 3 }]);
			expect(club.url).toBe(`http://127.0.0.1:${port}`);
			scene.close();
			await club.stop();
			await expect(fetch(club.url)).rejects.toThrow();
		},
		INSTALLS_WITHIN_MS,
	);

	it('keeps people, chats, messages and its address through a crash', async () => {
		const club = await startUnlessUnavailable({ version });
		if (!club) return;
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
		const first = await startUnlessUnavailable({ version, dataDir: folder });
		if (!first) return;
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

	it('skips outside CI and says why, once; in CI it fails', async () => {
		const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
		const start = (): Promise<unknown> => Promise.reject(new Unavailable('No Python.', 'Get one.'));
		delete process.env.CI;
		for (const attempt of [start, start]) {
			const club: unknown = await unlessUnavailable('some target', attempt);
			expect(club).toBeUndefined();
		}
		expect(write.mock.calls).toEqual([['skipped: some target: No Python. Get one.\n']]);
		process.env.CI = '1';
		await expect(unlessUnavailable('some target', start)).rejects.toThrow(Unavailable);
		write.mockRestore();
	});

	it('does not skip what fails for another reason', async () => {
		delete process.env.CI;
		await expect(
			unlessUnavailable('some target', () => Promise.reject(new Error('a bug'))),
		).rejects.toThrow('a bug');
	});
});
