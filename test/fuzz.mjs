// npm run test:fuzz                    a million hostile frames, another million each time
// npm run test:fuzz -- 50000 42        so many, from this seed
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(fileURLToPath(import.meta.url), '../..');
const [frames = '1000000', seed = String(Math.floor(Math.random() * 2 ** 31))] =
	process.argv.slice(2);
const { status } = spawnSync(
	process.execPath,
	[
		createRequire(import.meta.url).resolve('jest/bin/jest'),
		'faults/fuzz',
		'--selectProjects',
		'faults',
	],
	{
		cwd: root,
		stdio: 'inherit',
		env: { ...process.env, AGENTCLUB_FUZZ: frames, AGENTCLUB_FUZZ_SEED: seed },
	},
);
process.exit(status ?? 1);
