import fc from 'fast-check';

/** Hostile frames of a whole run; `npm run test:fuzz` asks for a million. */
const FRAMES = Number(process.env.AGENTCLUB_FUZZ ?? 8000);
/**
 * One that does not change, unless asked otherwise: a failure of `npm test` is no matter of luck.
 */
const SEED = Number(process.env.AGENTCLUB_FUZZ_SEED ?? 1);
const PATH = process.env.AGENTCLUB_FUZZ_PATH;

/** ms for one property: a minute for a short run, what it takes for a long one. */
export const FUZZ_PATIENCE = 60_000 + FRAMES * 2;

const LONGEST_REPORT = 6000;

/** What a fuzz run has seen. It counts no unhandled rejections: Jest fails the test of each. */
export class FuzzTally {
	private frames = 0;
	private crashes = 0;
	private refusals = 0;
	private unreported = 0;

	/** A long run says what it has seen. */
	report(): void {
		if (process.env.AGENTCLUB_FUZZ === undefined) return;
		const { frames, crashes, refusals, unreported } = this;
		process.stdout.write(
			`\nfuzz, seed ${SEED}: ${frames} frames, ${crashes} crashes, ` +
				`${refusals} refusals, ${unreported} refusals not reported\n`,
		);
	}

	/** So many frames have been through, and so many of them were turned away. */
	count(frames: number, refused: number, reported = refused): void {
		this.frames += frames;
		this.refusals += refused;
		this.unreported += Math.max(refused - reported, 0);
	}

	/**
	 * Tries a property with its share of the run's frames.
	 * @param framesEach in each try
	 * @throws Error with the smallest failure found, and the command that shows it again
	 */
	async hold<Input>(
		share: number,
		framesEach: number,
		input: fc.Arbitrary<Input>,
		holds: (input: Input) => Promise<void> | void,
	): Promise<void> {
		const numRuns = Math.max(Math.round((FRAMES * share) / framesEach), 1);
		const property = fc.asyncProperty(input, async (value) => {
			await holds(value);
		});
		const result = await fc.check(property, {
			numRuns,
			seed: SEED,
			...(PATH !== undefined && { path: PATH }),
		});
		if (!result.failed) return;
		this.crashes += 1;
		const again =
			`AGENTCLUB_FUZZ_SEED=${result.seed} ` +
			`AGENTCLUB_FUZZ_PATH='${result.counterexamplePath ?? ''}' npx jest fuzz --selectProjects ` +
			`faults -t '${expect.getState().currentTestName ?? ''}'`;
		const report = (await fc.asyncDefaultReportMessage(result)) ?? '';
		throw new Error(`Again: ${again}\n${report.slice(0, LONGEST_REPORT)}`, {
			cause: result.errorInstance,
		});
	}
}
