/** A line of n8n that the package is tried with. */
export interface N8nLine {
	/** The newest release that the npm registry can install whole. */
	readonly version: string;
	/** The major version of Node.js that runs it. */
	readonly node: string;
	/** What npm gets instead of packages that only other sites have. */
	readonly overrides?: Readonly<Record<string, string>>;
}

export const N8N_LINES = {
	'2.41': { version: '2.41.1', node: '24' },
	// Its isolated-vm comes compiled for Node.js 22 and newer; its xlsx lies on a site of its own.
	'1.123': { version: '1.123.81', node: '22', overrides: { xlsx: '0.18.5' } },
} satisfies Record<string, N8nLine>;

/** The line that the playground and the tests run: `AGENTCLUB_N8N`, or the newest. */
export const N8N_LINE = process.env.AGENTCLUB_N8N || '2.41';

/** @throws Error for a line that is not known here */
export function n8nLine(): N8nLine {
	const lines: Readonly<Record<string, N8nLine>> = N8N_LINES;
	const line = lines[N8N_LINE];
	if (line) return line;
	const known = Object.keys(lines).join(', ');
	throw new Error(`AGENTCLUB_N8N is "${N8N_LINE}"; the lines known here are ${known}.`);
}
