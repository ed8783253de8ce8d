// node .ci/sum-results.mjs <folder with jest's JSON files> [steps that failed]
// Fails when a step or a test failed, when a run left no counts or counted nothing, and when
// anything was skipped.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, ...failedSteps] = process.argv.slice(2);
const problems = failedSteps.map((step) => `The step "${step}" failed.`);
const sum = { passed: 0, failed: 0 };

for (const run of ['unit-client-contract-faults', 'e2e', 'browser']) {
	try {
		add(run, JSON.parse(readFileSync(join(folder, `${run}.json`), 'utf8')));
	} catch (error) {
		problems.push(`The run "${run}" left no readable result: ${error.message}`);
	}
}
for (const problem of problems) console.log(problem);
console.log(`${sum.passed} passed, ${sum.failed} failed`);
process.exitCode = problems.length > 0 || sum.failed > 0 ? 1 : 0;

function add(run, counts) {
	sum.passed += counts.numPassedTests;
	// A file that does not even load has no tests to count; it counts as one that failed.
	sum.failed += counts.numFailedTests + counts.numRuntimeErrorTestSuites;
	const skipped = counts.numPendingTests + counts.numTodoTests;
	if (skipped > 0)
		problems.push(`${skipped} tests of the run "${run}" were skipped; CI has to run all of them.`);
	if (counts.numTotalTests === 0) problems.push(`The run "${run}" ran no test.`);
	if (!counts.success) problems.push(`The run "${run}" did not succeed.`);
}
