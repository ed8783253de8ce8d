import type { ChatAddress, ClubAgent, ClubUser } from './club';
import type { PlaygroundClub } from './playground-club';

/**
 * Always the same, so that a credential made once keeps working; it opens nothing but a local
 * playground.
 */
export const demoToken = 'sk_agt_playground-demo-token-which-is-no-secret';
const freeToken = 'sk_agt_playground-free-token-which-is-no-secret';

/** Always the same too: *Allow From* of a workflow that somebody made goes by IDs. */
function demoId(digit: string): string {
	return `u_${digit.repeat(32)}`;
}

export interface Demo {
	/** The one for which the demo's workflow answers. */
	readonly agent: ClubAgent;
	/** One without a workflow, for the workflows of whoever tries the playground. */
	readonly freeAgent: ClubAgent;
	readonly humans: readonly ClubUser[];
	readonly group: ChatAddress;
	readonly direct: ChatAddress;
}

/**
 * Fills a new club: Mia, Tom and the agents Echo and Nova in one group, and a direct chat of Mia
 * with Echo.
 */
export async function seedDemo(club: PlaygroundClub): Promise<Demo> {
	const mia = await club.addHuman('mia', 'Mia', demoId('a'));
	const tom = await club.addHuman('tom', 'Tom', demoId('b'));
	const agent = await club.addAgent('echo', 'Echo', demoToken, demoId('c'));
	const freeAgent = await club.addAgent('nova', 'Nova', freeToken, demoId('d'));
	const group = await club.addGroup('Playground', [mia.id, tom.id, agent.id, freeAgent.id]);
	const direct = await club.openDirect(mia.id, agent.id);
	return { agent, freeAgent, humans: [mia, tom], group, direct };
}
