import { eventually } from './eventually';
import { Probe } from './probe';

/**
 * What the server would send an agent that connects now: the contents of its unread messages,
 * oldest first.
 */
export async function unreadOf(url: string, token: string): Promise<string[]> {
	const probe = await new Probe(url, { token }).open();
	const [batch] = probe.all('offline_messages') as unknown as { content: string }[][];
	probe.close();
	return (batch ?? []).map(({ content }) => content);
}

/** Waits until the agent's unread messages are exactly these. */
export async function unreadBecomes(
	url: string,
	token: string,
	expected: readonly string[],
): Promise<void> {
	let last: string[] = [];
	await eventually(`unread: ${JSON.stringify(expected)}`, async () => {
		last = await unreadOf(url, token);
		return JSON.stringify(last) === JSON.stringify(expected) ? true : undefined;
	}).catch((error: unknown) => {
		throw new Error(`${(error as Error).message}; unread are: ${JSON.stringify(last)}`);
	});
}
