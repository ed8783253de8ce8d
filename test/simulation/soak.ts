// npm run test:soak -- [schedules] [first seed]
//   random schedules in simulated time, and what came of them
// npm run test:soak -- 1 SEED
//   one schedule again, with its whole story
// npm run test:soak -- 1000 1 first-failure
//   stops at the first schedule that fails
import { AgentsSchedule } from './agents-schedule';
import { Schedule } from './schedule';
import { noTallies, sumOf, type Tallies } from './tallies';

const [, , count = 1000, first = 1] = process.argv.map(Number);
if (![count, first].every((number) => Number.isSafeInteger(number) && number > 0))
	throw new Error('How many schedules, and the first seed, have to be whole numbers above 0');
const stopsEarly = process.argv.includes('first-failure');
/** Failures that are told in full. */
const MOST_TOLD = 5;
/** ms between two lines of progress. */
const TELL_EVERY = 30_000;

async function main(): Promise<void> {
	let sum = noTallies();
	let sumOfAgents = noTallies();
	const failed: number[] = [];
	let lastTold = Date.now();
	for (let seed = first; seed < first + count; seed += 1) {
		const one = await new Schedule(seed).run();
		const several = await new AgentsSchedule(seed).run();
		const { tallies } = one;
		const violations = [...one.violations, ...several.violations];
		const story = [...one.story, 'several agents:', ...several.story];
		sum = sumOf(sum, tallies);
		sumOfAgents = sumOf(sumOfAgents, several.tallies);
		if (violations.length > 0) {
			failed.push(seed);
			if (failed.length <= MOST_TOLD)
				console.log(`\nseed ${seed}:\n  ${violations.slice(0, 5).join('\n  ')}`);
		}
		if (stopsEarly && failed.length > 0) break;
		if (count === 1) console.log(story.join('\n'));
		if (Date.now() - lastTold > TELL_EVERY) {
			lastTold = Date.now();
			console.log(
				`... ${sum.schedules} schedules, ${sum.messages} messages, ` + `${failed.length} failed`,
			);
		}
	}
	report(sum, sumOfAgents, failed);
}

function report(sum: Tallies, agents: Tallies, failed: readonly number[]): void {
	console.log(
		`\nschedules ${sum.schedules} (seeds from ${first} on), messages ` +
			`${sum.messages}, executions ${sum.executions}`,
	);
	console.log(
		`faults ${sum.faults}, crashes ${sum.crashes}, stops ` +
			`${sum.stops}, sends ${sum.sends}, mark_read frames ` +
			`${sum.markFrames}, simulated ${Math.round(sum.seconds / 3600)} h`,
	);
	console.log(`questions ${sum.questions}, answered by a reply ${sum.answers}`);
	console.log(
		`lost ${sum.lost}, order breaks ${sum.orderBreaks}, early ` +
			`acknowledgements ${sum.early}, duplicates ${sum.duplicates}`,
	);
	console.log(`run again after a crash or a stop, for want of a confirmed mark: ${sum.repeated}`);
	console.log(
		`several agents: schedules ${agents.schedules}, messages ${agents.messages}, executions ` +
			`${agents.executions}, faults ${agents.faults}, marked ${agents.marked}, simulated ` +
			`${Math.round(agents.seconds / 3600)} h`,
	);
	if (failed.length > 0)
		console.log(`FAILED: ${failed.length} schedules, seeds ${failed.slice(0, 20).join(', ')}`);
	process.exitCode = failed.length > 0 ? 1 : 0;
}

void main();
