import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SCRIPT = join(__dirname, '../../../.ci/sum-results.mjs');
const RUNS = ['unit-client-contract-faults', 'package', 'contract', 'e2e', 'e2e-1.123', 'browser'];

/** What jest writes with --json, as far as CI reads it. */
const run = (change: Record<string, unknown> = {}) => ({
	numPassedTests: 3,
	numFailedTests: 0,
	numRuntimeErrorTestSuites: 0,
	numPendingTests: 0,
	numTodoTests: 0,
	numTotalTests: 3,
	success: true,
	testResults: [],
	...change,
});

describe("CI's last lines", () => {
	let folder = '';
	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'sum-results-'));
	});
	afterEach(async () => {
		await rm(folder, { recursive: true });
	});

	async function sum(last: object, ...failedSteps: string[]) {
		const results = [...RUNS.slice(1).map(() => run()), last];
		for (const [index, name] of RUNS.entries())
			await writeFile(join(folder, `${name}.json`), JSON.stringify(results[index]));
		const { stdout, status } = spawnSync(process.execPath, [SCRIPT, folder, ...failedSteps], {
			encoding: 'utf8',
		});
		return { lines: stdout.trimEnd().split('\n'), status };
	}

	it('add up what passed', async () => {
		expect(await sum(run())).toEqual({ lines: ['18 passed, 0 failed'], status: 0 });
	});

	it('tell the cause of a failed test before the sum', async () => {
		const failed = {
			fullName: 'the editor opens',
			status: 'failed',
			failureMessages: ['\u001b[31mError: no page\u001b[39m\n    at editor.ts:1'],
		};
		const last = run({
			numFailedTests: 1,
			success: false,
			testResults: [{ name: '/x/editor.test.ts', message: '', assertionResults: [failed] }],
		});

		expect(await sum(last)).toEqual({
			lines: [
				'-- FAILED editor.test.ts: the editor opens',
				'   Error: no page',
				'       at editor.ts:1',
				'The run "browser" did not succeed.',
				'18 passed, 1 failed',
			],
			status: 1,
		});
	});

	it('tell why a file could not be loaded, and count it as failed', async () => {
		const last = run({
			numRuntimeErrorTestSuites: 1,
			success: false,
			testResults: [
				{ name: '/x/page.test.ts', message: 'Cannot find module x', assertionResults: [] },
			],
		});

		const { lines, status } = await sum(last);

		expect(lines).toContain('-- FAILED page.test.ts');
		expect(lines).toContain('   Cannot find module x');
		expect(lines.at(-1)).toBe('18 passed, 1 failed');
		expect(status).toBe(1);
	});

	it.each([
		['a step that failed', run(), ['lint'], 'The step "lint" failed.'],
		['a skipped test', run({ numPendingTests: 1 }), [], 'were skipped'],
		['a run without tests', run({ numTotalTests: 0 }), [], 'ran no test'],
	])('make CI fail after %s', async (_what, last, steps, words) => {
		const { lines, status } = await sum(last, ...steps);

		expect(lines.join('\n')).toContain(words);
		expect(status).toBe(1);
	});

	it('make CI fail where a run left no result, or one that nobody expects', async () => {
		await writeFile(join(folder, 'another.json'), JSON.stringify(run()));
		const { lines, status } = await sum(run());
		expect(lines).toContain('Nobody adds up these results: another.json');
		expect(status).toBe(1);

		await rm(join(folder, 'another.json'));
		await rm(join(folder, 'e2e.json'));
		const { stdout } = spawnSync(process.execPath, [SCRIPT, folder], { encoding: 'utf8' });
		expect(stdout).toContain('The run "e2e" left no readable result');
	});
});
