import { execFile } from 'node:child_process';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '../../playground/host/cache-folder';
import { Unavailable } from './unavailable';

const execute = promisify(execFile);

/** The server needs 3.10; `venv` and `ensurepip` are packages of their own on Debian. */
const USABLE = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))';
const WORKS = 'import agentclub.app';

/** Isolated from PYTHON* variables and from the packages of the user, so that one machine is like another. */
const ISOLATED = '-I';

/** With this process's environment named: jest gives tests a copy, and children would get the original. */
async function run(python: string, args: readonly string[], timeout: number): Promise<void> {
	await execute(python, [ISOLATED, ...args], { timeout, env: process.env });
}

async function succeeds(python: string, program: string): Promise<boolean> {
	return await run(python, ['-c', program], 60_000).then(
		() => true,
		() => false,
	);
}

async function findPython(): Promise<string> {
	for (const candidate of ['python3', 'python', 'python3.13', 'python3.12', 'python3.11', 'python3.10']) {
		if (await succeeds(candidate, USABLE)) return candidate;
	}
	throw new Unavailable(
		'The real Agent Club server needs Python 3.10 or newer with venv, and there is none on the PATH.',
		'Install it (on Debian and Ubuntu: apt-get install python3 python3-venv).',
	);
}

async function install(release: string, folder: string): Promise<void> {
	const base = await findPython();
	process.stderr.write(`installing the Agent Club server ${release} (once, from PyPI) ...\n`);
	const began = performance.now();
	await run(base, ['-m', 'venv', folder], 120_000);
	const pip = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check'];
	try {
		await run(pythonIn(folder), [...pip, '--retries', '2', `agentclub==${release}`], 600_000);
	} catch (error) {
		throw new Unavailable(
			`pip could not install agentclub ${release}: ${lastLines(error)}`,
			'The first run needs a Python package index within reach; PIP_INDEX_URL chooses another one.',
			error,
		);
	}
	process.stderr.write(`installed the Agent Club server ${release} in ${seconds(performance.now() - began)} s\n`);
}

/** The words of a failed command that tell the reason: its error output ends with it. */
function lastLines(error: unknown): string {
	const { stderr } = error as { stderr?: string };
	return (stderr ?? String(error)).trim().split('\n').slice(-2).join(' ');
}

function seconds(ms: number): string {
	return (ms / 1000).toFixed(1);
}

function pythonIn(folder: string): string {
	return join(folder, 'bin', 'python');
}

/**
 * The Python that has this release of the server installed, from the cache or installed now. No lock: every process builds
 * in a folder of its own and renames it into place, so a process that dies half-way leaves nothing that others would wait for.
 * (A moved environment works as long as its `python` is called, not its scripts, which hold the old path.)
 *
 * @throws Unavailable without Python, or where the package cannot be got
 */
export function pythonWithServer(release: string): Promise<string> {
	const known = checked.get(release) ?? findOrInstall(release);
	checked.set(release, known);
	return known;
}

const checked = new Map<string, Promise<string>>();

async function findOrInstall(release: string): Promise<string> {
	const home = cacheFolder('agentclub');
	const place = join(home, release);
	if (await succeeds(pythonIn(place), WORKS)) return pythonIn(place);
	const building = await mkdtemp(join(home, `${release}.building-`));
	try {
		await install(release, building);
		await putInPlace(building, place);
	} finally {
		await rm(building, { recursive: true, force: true });
	}
	return pythonIn(place);
}

/** Gives way to a working one that another process has put there meanwhile; a broken one is swept aside. */
async function putInPlace(built: string, place: string): Promise<void> {
	if (await succeeds(pythonIn(place), WORKS)) return;
	const aside = `${built}.broken`;
	await rename(place, aside).catch(ignoreMissing);
	await rm(aside, { recursive: true, force: true });
	await rename(built, place).catch(async (error: unknown) => {
		if (!(await succeeds(pythonIn(place), WORKS))) throw error;
	});
}

/** Not by `instanceof`: within jest, errors of Node.js itself are of another realm's Error. */
function ignoreMissing(error: unknown): void {
	if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
