import { PlaygroundClub } from './club/playground-club';
import { seedDemo } from './club/demo';
import { choosePort } from './host/choose-port';
import type { AgentAccess } from './host/demo-instance';

/** The port of a real server's default configuration. */
const PORT = 5555;

/** An Agent Club to try the agent in. */
export interface ClubInUse {
	readonly access: AgentAccess;
	/** What to tell the person who wants to try it, a line each. */
	readonly hints: string[];
	stop(): Promise<void>;
}

/**
 * The server that AGENTCLUB_SERVER_URL and AGENTCLUB_AGENT_TOKEN name, or else a local one with
 * demo people.
 *
 * @throws Error when only one of the two is set
 */
export async function clubToUse(env: NodeJS.ProcessEnv): Promise<ClubInUse> {
	const { AGENTCLUB_SERVER_URL: serverUrl, AGENTCLUB_AGENT_TOKEN: agentToken } = env;
	if (serverUrl && agentToken) {
		return {
			access: { serverUrl, agentToken },
			hints: [`Agent Club  ${serverUrl}`],
			stop: () => Promise.resolve(),
		};
	}
	if (serverUrl || agentToken) {
		throw new Error(
			'Set both AGENTCLUB_SERVER_URL and AGENTCLUB_AGENT_TOKEN for a server of your own, or ' +
				'neither for a local one.',
		);
	}
	return startLocalClub();
}

async function startLocalClub(): Promise<ClubInUse> {
	const club = await PlaygroundClub.start({ port: await choosePort(PORT) });
	const { agent, freeAgent, humans } = await seedDemo(club);
	return {
		access: { serverUrl: club.url, agentToken: agent.token },
		hints: [
			`Chat page   ${club.url}   log in as ${humans.map(({ username }) => username).join(' or ')}`,
			`            In a group type @, choose ${agent.displayName} from the list and write ` +
				'on; in a direct chat just write.',
			`            For a workflow of your own there is ${freeAgent.displayName}, for whom no ` +
				'workflow answers yet. Make a credential with',
			`            the server URL ${club.url} and the token ${freeAgent.token}`,
		],
		stop: () => club.stop(),
	};
}
