import type {
	ChatAddress,
	Club,
	ClubAgent,
	ClubUser,
	Generation,
	StoredMessage,
} from '../../playground/club/club';
import { HttpProbe } from '../support/http-probe';
import type { Database } from './targets';
import { type Payload, Probe, type ProbeOptions } from '../support/probe';

let people = 0;

/** One case's own people, chats and sockets on a club that it shares with other cases. */
export class Scene {
	private readonly probes: Probe[] = [];

	constructor(
		readonly club: Club,
		readonly database: Database,
	) {}

	get generation(): Generation {
		return this.club.generation;
	}

	async person(name = 'Anna'): Promise<ClubUser> {
		return await this.club.addHuman(`person${++people}`, name);
	}

	async agent(name = 'Helper'): Promise<ClubAgent> {
		return await this.club.addAgent(`agent${++people}`, name);
	}

	async group(...members: ClubUser[]): Promise<ChatAddress> {
		return await this.club.addGroup(
			'Kitchen',
			members.map(({ id }) => id),
		);
	}

	/** An agent and a person who share a group: what most cases begin with. */
	async personAndAgentInGroup() {
		const person = await this.person();
		const agent = await this.agent();
		return { person, agent, group: await this.group(person, agent) };
	}

	/** The same two in a direct chat, which exists before any socket of the agent connects. */
	async personAndAgentInDirect() {
		const person = await this.person();
		const agent = await this.agent();
		return { person, agent, direct: await this.club.openDirect(person.id, agent.id) };
	}

	/** A socket that is not connected yet; closed at the end of the case. */
	probe(options: ProbeOptions): Probe {
		const probe = new Probe(this.club.url, options);
		this.probes.push(probe);
		return probe;
	}

	/** A connected socket of the agent. */
	async connect(agent: ClubAgent, options: Omit<ProbeOptions, 'token'> = {}): Promise<Probe> {
		return await this.probe({ ...options, token: agent.token }).open();
	}

	/** What the server holds for unread: it sends it to every new socket. */
	async unread(agent: ClubAgent): Promise<Payload[]> {
		const probe = await this.connect(agent);
		probe.close();
		const batches = probe.all('offline_messages') as unknown as Payload[][];
		return batches.flat();
	}

	/** The texts of what is unread, in the order of the batch. */
	async unreadTexts(agent: ClubAgent): Promise<unknown[]> {
		return (await this.unread(agent)).map(({ content }) => content);
	}

	/** The person writes these, one after the other. */
	async say(person: ClubUser, chat: ChatAddress, ...contents: string[]): Promise<StoredMessage[]> {
		const said: StoredMessage[] = [];
		for (const content of contents) said.push(await this.club.say(person.id, chat, { content }));
		return said;
	}

	http(agent: ClubAgent): HttpProbe {
		return new HttpProbe(this.club.url, agent.token);
	}

	/** The history as the wire has it, as the agent sees it. */
	async rows(agent: ClubAgent, chat: ChatAddress, query = ''): Promise<Payload[]> {
		const answer = await this.http(agent).get(
			`/api/agent/messages/${chat.type}/${chat.id}${query}`,
		);
		return answer.json() as Payload[];
	}

	close(): void {
		for (const probe of this.probes) probe.close();
	}
}

/** The chat as frames name it. */
export function inChat(chat: ChatAddress): { chat_type: string; chat_id: string } {
	return { chat_type: chat.type, chat_id: chat.id };
}
