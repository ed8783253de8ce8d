import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const SOURCES = [
	'client',
	'nodes',
	'credentials',
	'icons',
	'tools/build',
	'gulpfile.js',
	'package.json',
	'package-lock.json',
];

/**
 * Builds the package when a source is newer than what was built last, or nothing was.
 *
 * @param root the repository
 * @throws Error with what the compiler or the bundler said
 */
export async function buildWhenStale(
	root: string,
	progress: (line: string) => void,
	signal?: AbortSignal,
): Promise<void> {
	// The build writes this file last.
	const built = await changedAt(join(root, 'dist', 'types', 'nodes.json'));
	const changes = await Promise.all(SOURCES.map((source) => newestIn(join(root, source))));
	if (built > Math.max(...changes)) return;
	progress('Building the package.');
	const gulp = join(root, 'node_modules', 'gulp', 'bin', 'gulp.js');
	await promisify(execFile)(process.execPath, [gulp, 'build'], { cwd: root, signal }).catch(
		(error: unknown) => {
			const { stdout, stderr, message } = error as Error & { stdout?: string; stderr?: string };
			throw new Error(
				'The package could not be ' +
					`built.\n${[stdout, stderr].filter(Boolean).join('\n') || message}`,
			);
		},
	);
}

/** ms; 0 where there is nothing. */
async function changedAt(path: string): Promise<number> {
	return existsSync(path) ? (await stat(path)).mtimeMs : 0;
}

async function newestIn(path: string): Promise<number> {
	const own = await changedAt(path);
	if (own === 0 || !(await stat(path)).isDirectory()) return own;
	const entries = await readdir(path, { recursive: true });
	return Math.max(
		own,
		...(await Promise.all(entries.map((entry) => changedAt(join(path, entry))))),
	);
}
