import { AgentsSchedule } from '../simulation/agents-schedule';
import { Random } from '../simulation/random';
import { Schedule } from '../simulation/schedule';

/** A schedule that fails runs again, with its whole story: npm run test:soak -- 1 SEED */
const SEEDS = Array.from({ length: 300 }, (_, index) => index + 1);
const AT_A_TIME = 20;
/** ms for those, which take 5 s of processor time; a busy machine gives them a part of it. */
const PATIENCE = 180_000;

describe('random schedules of arrivals, faults, crashes, stops and outcomes lose nothing, repeat nothing, keep the order and mark nothing early:', () => {
	it.each(SEEDS.filter((seed) => seed % AT_A_TIME === 1))(
		'the seeds from %i on',
		async (first) => {
			for (let seed = first; seed < first + AT_A_TIME; seed += 1) {
				for (const schedule of [new Schedule(seed), new AgentsSchedule(seed)]) {
					const { violations, story } = await schedule.run();
					if (violations.length > 0)
						throw new Error(
							`seed ${seed}: ` +
								`${violations.slice(0, 5).join('; ')}\n${story.slice(-200).join('\n')}`,
						);
				}
			}
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
