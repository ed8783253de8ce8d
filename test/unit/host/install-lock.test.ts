import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { withInstallLock } from '../../../playground/host/install-lock';

describe('the lock on an installation', () => {
	let folder = '';
	let file = '';
	const nobodyWaits = () => {
		throw new Error('waited');
	};

	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'agentclub-lock-'));
		file = join(folder, 'n8n.lock');
	});
	afterEach(() => rm(folder, { recursive: true }));

	it('lets the second one begin when the first has ended, and says once that it waits', async () => {
		const seen: string[] = [];
		let finishFirst = (): void => undefined;
		const firstMayEnd = new Promise<void>((resolve) => (finishFirst = resolve));
		const first = withInstallLock(file, nobodyWaits, async () => {
			await firstMayEnd;
			seen.push('first');
		});
		const second = withInstallLock(
			file,
			() => {
				seen.push('waits');
				finishFirst();
			},
			() => Promise.resolve(seen.push('second')),
		);

		await Promise.all([first, second]);

		expect(seen).toEqual(['waits', 'first', 'second']);
	});

	it('takes over at once from a process that died', async () => {
		const { pid } = spawnSync(process.execPath, ['--version']);
		await writeFile(file, String(pid));

		await expect(withInstallLock(file, nobodyWaits, () => Promise.resolve('done'))).resolves.toBe(
			'done',
		);
	});

	it('is given back when the work fails', async () => {
		await expect(
			withInstallLock(file, nobodyWaits, () => Promise.reject(new Error('no network'))),
		).rejects.toThrow('no network');

		expect(existsSync(file)).toBe(false);
	});
});
