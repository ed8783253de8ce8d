// node .ci/sum-results.mjs <folder with jest's JSON files> [steps that failed]
//
// Tells the cause of each failed test. It fails when a step or a test failed, when a run left no
// counts or counted nothing, and when anything was skipped.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const [folder, ...failedSteps] = process.argv.slice(2);
const problems = failedSteps.map((step) => `The step "${step}" failed.`);
const sum = { passed: 0, failed: 0 };
/** A log that shows its end only has room for so much. */
const LINES_OF_CAUSE = 15;
const MOST_CAUSES = 20;
const causes = [];

const RUNS = ['unit-client-contract-faults', 'package', 'contract', 'e2e', 'e2e-1.123', 'browser'];
const others = readdirSync(folder).filter((file) => !RUNS.includes(basename(file, '.json')));
if (others.length > 0) problems.push(`Nobody adds up these results: ${others.join(', ')}`);

for (const run of RUNS) {
	try {
		add(run, JSON.parse(readFileSync(join(folder, `${run}.json`), 'utf8')));
	} catch (error) {
		problems.push(`The run "${run}" left no readable result: ${error.message}`);
	}
}
for (const cause of causes.slice(0, MOST_CAUSES)) console.log(cause);
if (causes.length > MOST_CAUSES)
	console.log(`and ${causes.length - MOST_CAUSES} more failed tests`);
for (const problem of problems) console.log(problem);
console.log(`${sum.passed} passed, ${sum.failed} failed`);
process.exitCode = problems.length > 0 || sum.failed > 0 ? 1 : 0;

function add(run, counts) {
	tellCauses(counts);
	sum.passed += counts.numPassedTests;
	// A file that does not even load has no tests to count; it counts as one that failed.
	sum.failed += counts.numFailedTests + counts.numRuntimeErrorTestSuites;
	const skipped = counts.numPendingTests + counts.numTodoTests;
	if (skipped > 0)
		problems.push(`${skipped} tests of the run "${run}" were skipped; CI has to run all of them.`);
	if (counts.numTotalTests === 0) problems.push(`The run "${run}" ran no test.`);
	if (!counts.success) problems.push(`The run "${run}" did not succeed.`);
}

/** The failed tests of a run, and its files that could not be loaded, with their first lines. */
function tellCauses(counts) {
	for (const { name: file, message, assertionResults } of counts.testResults) {
		const failed = assertionResults.filter(({ status }) => status === 'failed');
		for (const { fullName, failureMessages } of failed)
			causes.push(cause(`${basename(file)}: ${fullName}`, failureMessages.join('\n')));
		if (failed.length === 0 && message !== '' && assertionResults.length === 0)
			causes.push(cause(basename(file), message));
	}
}

function cause(title, message) {
	const lines = stripVTControlCharacters(message).trim().split('\n').slice(0, LINES_OF_CAUSE);
	return [`-- FAILED ${title}`, ...lines.map((line) => `   ${line.slice(0, 300)}`)].join('\n');
}
