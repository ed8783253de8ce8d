// npm run test:soak -- [schedules] [first seed]      random schedules in simulated time, and what came of them
// npm run test:soak -- 1 SEED                        one schedule again, with its whole story
// npm run test:soak -- 1000 1 first-failure          stops at the first schedule that fails
import { Schedule } from './schedule';
import { noTallies, sumOf, type Tallies } from './tallies';

const [, , count = 1000, first = 1] = process.argv.map(Number);
const stopsEarly = process.argv.includes('first-failure');
/** Failures that are told in full. */
const MOST_TOLD = 5;
/** ms between two lines of progress. */
const TELL_EVERY = 30_000;

async function main(): Promise<void> {
	let sum = noTallies();
	const failed: number[] = [];
	let lastTold = Date.now();
	for (let seed = first; seed < first + count; seed += 1) {
		const { violations, story, tallies } = await new Schedule(seed).run();
		sum = sumOf(sum, tallies);
		if (violations.length > 0) {
			failed.push(seed);
			if (failed.length <= MOST_TOLD) console.log(`\nseed ${String(seed)}:\n  ${violations.slice(0, 5).join('\n  ')}`);
		}
		if (stopsEarly && failed.length > 0) break;
		if (count === 1) console.log(story.join('\n'));
		if (Date.now() - lastTold > TELL_EVERY) {
			lastTold = Date.now();
			console.log(`... ${String(sum.schedules)} schedules, ${String(sum.messages)} messages, ${String(failed.length)} failed`);
		}
	}
	report(sum, failed);
}

function report(sum: Tallies, failed: readonly number[]): void {
	console.log(`\nschedules ${String(sum.schedules)} (seeds from ${String(first)} on), messages ${String(sum.messages)}, executions ${String(sum.executions)}`);
	console.log(`faults ${String(sum.faults)}, crashes ${String(sum.crashes)}, stops ${String(sum.stops)}, sends ${String(sum.sends)}, mark_read frames ${String(sum.markFrames)}, simulated ${String(Math.round(sum.seconds / 3600))} h`);
	console.log(`lost ${String(sum.lost)}, order breaks ${String(sum.orderBreaks)}, early acknowledgements ${String(sum.early)}, duplicates ${String(sum.duplicates)}`);
	console.log(`run again after a crash or a stop, for want of a confirmed mark: ${String(sum.repeated)}`);
	if (failed.length > 0) console.log(`FAILED: ${String(failed.length)} schedules, seeds ${failed.slice(0, 20).join(', ')}`);
	process.exitCode = failed.length > 0 ? 1 : 0;
}

void main();
