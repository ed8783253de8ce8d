import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pythonWith } from '../../test/support/python';

/**
 * The releases that this bench has seen; without the parts of Nanobot that only its models and
 * tools need.
 */
const CHANNEL = ['nanobot-channel-agentclub==0.2.12', 'nanobot-ai==0.3.5'];
const NEEDED = [
	'python-socketio',
	'aiohttp',
	'loguru',
	'pydantic',
	'pydantic-settings',
	'json_repair',
	'tiktoken',
	'tzlocal',
];

/** ms for a whole run. */
const LONGEST_RUN = 120_000;

/** A Python that has the Nanobot channel. @throws Unavailable where it cannot be got */
export function pythonWithNanobot(): Promise<string> {
	return pythonWith({
		title: 'the Nanobot channel',
		place: ['nanobot', '0.2.12'],
		installs: [['--no-deps', ...CHANNEL], NEEDED],
		works: 'import nanobot_channel_agentclub.channel',
	});
}

/**
 * Seconds from the parsed batch to the last of so many unread messages that the channel gave to a
 * host that does nothing.
 */
export async function nanobotTakes(
	python: string,
	url: string,
	token: string,
	count: number,
): Promise<number> {
	const host = join(process.env.AGENTCLUB_REPOSITORY ?? '.', 'bench/support/nanobot_host.py');
	const { stdout } = await promisify(execFile)(python, ['-I', host, url, token, String(count)], {
		timeout: LONGEST_RUN,
	});
	return (JSON.parse(stdout) as { seconds: number }).seconds;
}
