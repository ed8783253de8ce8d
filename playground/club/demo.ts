import type { ChatAddress, ClubAgent, ClubUser } from './club';
import type { PlaygroundClub } from './playground-club';

/** Always the same, so that a credential made once keeps working; it opens nothing but a local playground. */
export const demoToken = 'sk_agt_playground-demo-token-which-is-no-secret';

export interface Demo {
	readonly agent: ClubAgent;
	readonly humans: readonly ClubUser[];
	readonly group: ChatAddress;
	readonly direct: ChatAddress;
}

/** Fills a new club: Mia, Tom and the agent Echo in one group, and a direct chat of Mia with Echo. */
export async function seedDemo(club: PlaygroundClub): Promise<Demo> {
	const mia = await club.addHuman('mia', 'Mia');
	const tom = await club.addHuman('tom', 'Tom');
	const agent = await club.addAgent('echo', 'Echo', demoToken);
	const group = await club.addGroup('Playground', [mia.id, tom.id, agent.id]);
	const direct = await club.openDirect(mia.id, agent.id);
	return { agent, humans: [mia, tom], group, direct };
}
