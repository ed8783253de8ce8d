import { AgentsSchedule } from '../simulation/agents-schedule';
import { Random } from '../simulation/random';
import { Schedule } from '../simulation/schedule';
import { noTallies, sumOf, type Tallies } from '../simulation/tallies';

/** A schedule that fails runs again, with its whole story: npm run test:soak -- 1 SEED */
const SEEDS = Array.from({ length: 300 }, (_, index) => index + 1);
const AT_A_TIME = 20;
/** ms for those, which take 5 s of processor time; a busy machine gives them a part of it. */
const PATIENCE = 180_000;

/** Half of what 20 schedules have had at the least; with less they would try too little. */
const AT_LEAST: Partial<Tallies> = {
	schedules: AT_A_TIME,
	messages: 1000,
	executions: 1000,
	faults: 60,
	crashes: 2,
	stops: 8,
	sends: 20,
	questions: 13,
	answers: 7,
	markFrames: 600,
};
const AT_LEAST_OF_AGENTS: Partial<Tallies> = {
	schedules: AT_A_TIME,
	messages: 400,
	executions: 1000,
	faults: 100,
	marked: 500,
};

function tooFew(sum: Tallies, least: Partial<Tallies>): string[] {
	return Object.entries(least).flatMap(([name, count]) => {
		const counted = sum[name as keyof Tallies];
		return counted < count ? [`${counted} ${name}, and at least ${count} are expected`] : [];
	});
}

describe('random schedules of arrivals, faults, crashes, stops and outcomes lose nothing, repeat nothing, keep the order and mark nothing early:', () => {
	it.each(SEEDS.filter((seed) => seed % AT_A_TIME === 1))(
		'the seeds from %i on',
		async (first) => {
			let sum = noTallies();
			let sumOfAgents = noTallies();
			for (let seed = first; seed < first + AT_A_TIME; seed += 1) {
				const schedules = [new Schedule(seed), new AgentsSchedule(seed)];
				for (const schedule of schedules) {
					const { violations, story, tallies } = await schedule.run();
					if (schedule instanceof Schedule) sum = sumOf(sum, tallies);
					else sumOfAgents = sumOf(sumOfAgents, tallies);
					if (violations.length > 0)
						throw new Error(
							`seed ${seed}: ` +
								`${violations.slice(0, 5).join('; ')}\n${story.slice(-200).join('\n')}`,
						);
				}
			}
			expect(tooFew(sum, AT_LEAST)).toEqual([]);
			expect(tooFew(sumOfAgents, AT_LEAST_OF_AGENTS)).toEqual([]);
		},
		PATIENCE,
	);
});

it.each([1, 20_000_001, 60_000_001])(
	'schedules of the seeds from %i on have no choice in common',
	(first) => {
		const chances = Array.from({ length: 500 }, (_, index) => new Random(first + index));
		for (let draw = 1; draw <= 20; draw += 1) {
			const drawn = chances.map((random) => random.fraction());
			expect([draw, Math.min(...drawn) < 0.1, Math.max(...drawn) > 0.9]).toEqual([
				draw,
				true,
				true,
			]);
		}
	},
);
