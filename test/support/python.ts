import { execFile } from 'node:child_process';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '../../playground/host/cache-folder';
import { Unavailable } from './unavailable';

const execute = promisify(execFile);

/** The server needs 3.10; `venv` and `ensurepip` are packages of their own on Debian. */
const USABLE = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))';

/** What has to be installed beside Python. */
export interface PythonPackages {
	/** For people. */
	readonly title: string;
	/** Where it lives in the cache: a folder, and a folder in that. */
	readonly place: readonly [string, string];
	/** What `pip install` is given, one run after the other. */
	readonly installs: ReadonlyArray<readonly string[]>;
	/** A program that fails where it is not there. */
	readonly works: string;
}

/**
 * Isolated from PYTHON* variables and from the packages of the user, so that one machine is like
 * another.
 */
const ISOLATED = '-I';

/**
 * With this process's environment named: jest gives tests a copy, and children would get the
 * original.
 */
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
	for (const candidate of [
		'python3',
		'python',
		'python3.13',
		'python3.12',
		'python3.11',
		'python3.10',
	]) {
		if (await succeeds(candidate, USABLE)) return candidate;
	}
	throw new Unavailable(
		'Python 3.10 or newer with venv is needed, and there is none on the PATH.',
		'Install it (on Debian and Ubuntu: apt-get install python3 python3-venv).',
	);
}

async function install({ title, installs }: PythonPackages, folder: string): Promise<void> {
	const base = await findPython();
	process.stderr.write(`installing ${title} (once, from PyPI) ...\n`);
	const began = performance.now();
	await run(base, ['-m', 'venv', folder], 120_000);
	const pip = [
		'-m',
		'pip',
		'install',
		'--quiet',
		'--no-input',
		'--disable-pip-version-check',
		'--retries',
		'2',
	];
	try {
		for (const what of installs) await run(pythonIn(folder), [...pip, ...what], 600_000);
	} catch (error) {
		throw new Unavailable(
			`pip could not install ${title}: ${lastLines(error)}`,
			'The first run needs a Python package index within reach; PIP_INDEX_URL chooses another one.',
			error,
		);
	}
	process.stderr.write(`installed ${title} in ${seconds(performance.now() - began)} s\n`);
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
 * The Python that has this release of the server installed.
 * @param database whether it shall reach other databases than SQLite
 * @throws Unavailable without Python, or where the package cannot be got
 */
export function pythonWithServer(release: string, database = false): Promise<string> {
	if (!database) {
		return pythonWith({
			title: `the Agent Club server ${release}`,
			place: ['agentclub', release],
			installs: [[`agentclub==${release}`]],
			works: 'import agentclub.app',
		});
	}
	return pythonWith({
		title: `the Agent Club server ${release} with database drivers`,
		place: ['agentclub', `${release}-databases`],
		installs: [[`agentclub[mysql,postgres]==${release}`]],
		works: 'import agentclub.app, pymysql, psycopg',
	});
}

/**
 * The Python that has these packages, from the cache or installed now. No lock: every process
 * builds in a folder of its own and renames it into place. So a process that dies half-way leaves
 * nothing that others would wait for. (A moved environment works as long as its `python` is called,
 * not its scripts, which hold the old path.)
 *
 * @throws Unavailable without Python, or where a package cannot be got
 */
export function pythonWith(packages: PythonPackages): Promise<string> {
	const key = packages.place.join('/');
	const known = checked.get(key) ?? findOrInstall(packages);
	checked.set(key, known);
	return known;
}

const checked = new Map<string, Promise<string>>();

async function findOrInstall(packages: PythonPackages): Promise<string> {
	const [folder, name] = packages.place;
	const home = cacheFolder(folder);
	const place = join(home, name);
	const isThere = () => succeeds(pythonIn(place), packages.works);
	if (await isThere()) return pythonIn(place);
	const building = await mkdtemp(join(home, `${name}.building-`));
	try {
		await install(packages, building);
		await putInPlace(building, place, isThere);
	} finally {
		await rm(building, { recursive: true, force: true });
	}
	return pythonIn(place);
}

/**
 * Gives way to a working one that another process has put there meanwhile; a broken one is swept
 * aside.
 */
async function putInPlace(
	built: string,
	place: string,
	isThere: () => Promise<boolean>,
): Promise<void> {
	if (await isThere()) return;
	const aside = `${built}.broken`;
	await rename(place, aside).catch(ignoreMissing);
	await rm(aside, { recursive: true, force: true });
	await rename(built, place).catch(async (error: unknown) => {
		if (!(await isThere())) throw error;
	});
}

/** Not by `instanceof`: within jest, errors of Node.js itself are of another realm's Error. */
function ignoreMissing(error: unknown): void {
	if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
