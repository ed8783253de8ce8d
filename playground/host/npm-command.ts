import { spawn } from 'node:child_process';
import { delimiter, dirname } from 'node:path';

export interface NpmOptions {
	/** Where npm runs; a folder with a package.json of its own. */
	folder: string;
	/** The Node.js that shall run npm and the install scripts; the one at hand when left out. */
	node?: string;
	env?: Record<string, string>;
	/** Stops npm; the promise then rejects. */
	signal?: AbortSignal;
}

/** What to tell the reader of a failed `npm install`: the first that the output matches. */
const ADVICE: [pattern: RegExp, advice: string][] = [
	[
		/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network/,
		'The npm registry could not be reached. Check the network (and HTTPS_PROXY, where you ' +
			'are behind a proxy), then run the same command again: what has been downloaded is kept.',
	],
	[
		/E404|ETARGET|notarget/,
		'The configured npm registry does not have this version. Check `npm config get registry`.',
	],
	[
		/ENOSPC/,
		'The disk is full: n8n takes about 3 GB. AGENTCLUB_CACHE may name a folder on another disk.',
	],
	[
		/EACCES|EPERM/,
		'A folder is not writable. AGENTCLUB_CACHE may name another one for what is installed here.',
	],
];

/**
 * Runs npm to its end.
 *
 * @throws Error with the last lines of what npm said, and what can be done where that is known
 */
export async function runNpm(args: string[], options: NpmOptions): Promise<void> {
	const child = spawn('npm', args, {
		cwd: options.folder,
		env: { ...npmEnvironment(options.node), ...options.env },
		stdio: ['ignore', 'pipe', 'pipe'],
		shell: process.platform === 'win32',
		...(options.signal && { signal: options.signal }),
	});
	let said = '';
	const keep = (chunk: Buffer) => {
		said = (said + chunk.toString()).slice(-20_000);
	};
	child.stdout.on('data', keep);
	child.stderr.on('data', keep);
	const code = await new Promise<number | null>((resolve, reject) => {
		child.once('error', reject);
		child.once('close', resolve);
	});
	if (code !== 0) throw new Error(failure(args, code, said));
}

function failure(args: string[], code: number | null, said: string): string {
	// Install scripts fail for reasons of their own, whose words look like these.
	const advice =
		args[0] === 'install' ? ADVICE.find(([pattern]) => pattern.test(said))?.[1] : undefined;
	const tail = said.trimEnd().split('\n').slice(-15).join('\n');
	return [
		`npm ${args.join(' ')} failed (exit code ${code}).`,
		tail,
		...(advice ? ['', advice] : []),
	].join('\n');
}

/**
 * The environment for an npm of our own. npm hands its settings to the programs it runs. This
 * repository's `ignore-scripts` would keep sqlite3 from being built. So only the settings that say
 * how to reach the registry go along.
 */
function npmEnvironment(node: string | undefined): NodeJS.ProcessEnv {
	const kept =
		/^npm_config_(registry|cafile|ca|proxy|https_proxy|noproxy|userconfig|globalconfig|cache|strict_ssl)$/i;
	const env = Object.fromEntries(
		Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name) || kept.test(name)),
	);
	return node === undefined
		? env
		: { ...env, PATH: [dirname(node), env.PATH].filter(Boolean).join(delimiter) };
}
