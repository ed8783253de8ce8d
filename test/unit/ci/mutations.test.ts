import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');

it('Each mutation finds what it replaces, so that `npm run test:mutations` can run', () => {
	const program = join(ROOT, 'test/simulation/mutations.mjs');
	const told = execFileSync(process.execPath, [program, '--check'], { encoding: 'utf8' });
	expect(told).toMatch(/^[1-9]\d* mutations match the source$/m);
});
