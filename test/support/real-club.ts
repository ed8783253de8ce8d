import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type {
	ChatAddress,
	Club,
	ClubAgent,
	ClubUser,
	Generation,
	StoredMessage,
	Utterance,
} from '../../playground/club/club';
import { BrowserSession } from './browser-session';
import { ADMIN } from './data-folder';
import { type HistoryRow, storedMessage } from './history-row';
import { Person } from './person';
import { Probe } from './probe';
import { RealServer, type ServerOptions } from './real-server';
import { Watcher } from './watcher';

export type ServerVersion = '0.1.17' | '0.1.35' | 'latest';

/**
 * What each version is installed as, and how it speaks; `latest` is the newest release that these
 * tests have seen.
 */
export const RELEASES: Record<ServerVersion, { release: string; generation: Generation }> = {
	'0.1.17': { release: '0.1.17', generation: 'G1' },
	'0.1.35': { release: '0.1.35', generation: 'G2' },
	latest: { release: '0.1.62', generation: 'G3' },
};

const PASSWORD = 'everybody-has-this-one';

/** The real Agent Club server of PyPI, in a process of its own on 127.0.0.1. */
export class RealClub implements Club {
	private readonly people = new Map<string, Person>();
	private readonly agents = new Map<string, ClubAgent>();

	private constructor(
		readonly generation: Generation,
		private readonly server: RealServer,
		private readonly admin: BrowserSession,
	) {}

	/** @throws Unavailable without Python, or where the server cannot be installed */
	static async start({
		version,
		...options
	}: ServerOptions & { readonly version: ServerVersion }): Promise<RealClub> {
		const { release, generation } = RELEASES[version];
		const server = await RealServer.start(release, options);
		try {
			return new RealClub(
				generation,
				server,
				await BrowserSession.open(server.url, 'login', { ...ADMIN }),
			);
		} catch (error) {
			await server.stop();
			throw error;
		}
	}

	get url(): string {
		return this.server.url;
	}

	/** The end of what the server printed. */
	get logTail(): string {
		return this.server.logTail;
	}

	async addHuman(username: string, displayName: string = username): Promise<ClubUser> {
		const form = { username, display_name: displayName, password: PASSWORD };
		const session = await BrowserSession.open(this.url, 'register', form);
		this.people.set(session.userId, new Person(session));
		return { id: session.userId, username, displayName };
	}

	async addAgent(username: string, displayName: string = username): Promise<ClubAgent> {
		const body = { username, display_name: displayName };
		const made = (await this.admin.request('POST', '/api/agents', body)) as {
			id: string;
			agent_token: string;
		};
		const agent = { id: made.id, username, displayName, token: made.agent_token };
		this.agents.set(agent.id, agent);
		return agent;
	}

	/**
	 * The server makes whoever opens a group its first member for good. So the first person among the
	 * members opens it. Where there are only agents, the admin does, as one member more.
	 */
	async addGroup(name: string, memberIds: readonly string[]): Promise<ChatAddress> {
		const creatorId = memberIds.find((id) => this.people.has(id));
		const creator = creatorId === undefined ? this.admin : this.person(creatorId).session;
		const group = (await creator.request('POST', '/api/groups', { name })) as { id: string };
		for (const id of memberIds) if (id !== creatorId) await this.addMember(group.id, id);
		return { type: 'group', id: group.id };
	}

	/** Adding twice does no harm. */
	async addMember(groupId: string, userId: string): Promise<void> {
		await unlessBusy(() =>
			this.admin.request('POST', `/api/groups/${groupId}/members`, { user_id: userId }),
		);
	}

	async removeMember(groupId: string, userId: string): Promise<void> {
		await this.admin.request('DELETE', `/api/groups/${groupId}/members/${userId}`);
	}

	async rename(userId: string, displayName: string): Promise<void> {
		const body = { display_name: displayName };
		if (this.agents.has(userId)) await this.admin.request('PUT', `/api/agents/${userId}`, body);
		else await this.person(userId).session.request('PUT', '/api/me', body);
	}

	/** Opening a chat that is open already gives the same one. */
	async openDirect(humanId: string, peerId: string): Promise<ChatAddress> {
		const { session } = this.person(humanId);
		const chat = (await unlessBusy(() =>
			session.request('POST', '/api/direct-chats', { user_id: peerId }),
		)) as { id: string };
		return { type: 'direct', id: chat.id };
	}

	async deleteChat(personId: string, chat: ChatAddress): Promise<void> {
		await this.person(personId).session.request('DELETE', addressOf(chat));
	}

	async clearChat(personId: string, chat: ChatAddress): Promise<void> {
		await this.person(personId).session.request('DELETE', `${addressOf(chat)}/messages`);
	}

	async renameGroup(creatorId: string, groupId: string, name: string): Promise<void> {
		await this.person(creatorId).session.request('PUT', `/api/groups/${groupId}`, { name });
	}

	/** By the command line: only the newest generation has it on its page. */
	async resetToken(agentId: string): Promise<string> {
		const agent = this.agent(agentId);
		const printed = await this.server.command('agent', 'reset-token', agent.username);
		const token = /token\s*:\s*(\S+)/.exec(printed)?.[1];
		if (token === undefined) throw new Error(`no token in what reset-token printed:\n${printed}`);
		this.agents.set(agentId, { ...agent, token });
		return token;
	}

	async say(humanId: string, chat: ChatAddress, utterance: Utterance): Promise<StoredMessage> {
		return await this.person(humanId).say(chat, utterance);
	}

	/** Sends as another agent's client would, over a socket of its own. */
	async sayAsAgent(
		agentId: string,
		chat: ChatAddress,
		{ content, mentions }: Utterance,
	): Promise<void> {
		const probe = await new Probe(this.url, { token: this.agent(agentId).token }).open();
		await probe.ask('send_message', { chat_type: chat.type, chat_id: chat.id, content, mentions });
		probe.close();
	}

	async uploadAs(humanId: string, fileName: string, body: Buffer) {
		const form = new FormData();
		form.append('file', new Blob([new Uint8Array(body)]), fileName);
		const answer = await this.person(humanId).session.request('POST', '/api/upload', form);
		const {
			url,
			filename,
			content_type: kind,
		} = answer as { url: string; filename: string; content_type: string };
		return { url, fileName: filename, kind };
	}

	/**
	 * As the viewer would read it: a person by the page (which moves that person's read cursor), an
	 * agent with its token.
	 */
	async history(viewerId: string, chat: ChatAddress): Promise<StoredMessage[]> {
		if (this.people.has(viewerId)) return await this.person(viewerId).history(chat);
		const headers = { authorization: `Bearer ${this.agent(viewerId).token}` };
		const response = await fetch(
			`${this.url}/api/agent/messages/${chat.type}/${chat.id}?limit=100`,
			{ headers },
		);
		if (!response.ok)
			throw new Error(`the history answered ${response.status}: ${await response.text()}`);
		return ((await response.json()) as HistoryRow[]).map(storedMessage);
	}

	/**
	 * Gives the chat a past: a message of the sender's at each of these times (float seconds), in
	 * this order, written into the database.
	 * @param words of the message with this number
	 * @returns their ids
	 */
	async givePast(
		chat: ChatAddress,
		senderId: string,
		times: readonly number[],
		words = (index: number) => `said ${index}`,
	): Promise<string[]> {
		const prefix = this.generation === 'G1' ? '' : 'msg_';
		const rows = times.map((createdAt, index) => ({
			id: prefix + randomBytes(16).toString('hex'),
			chatType: chat.type,
			chatId: chat.id,
			senderId,
			content: words(index),
			createdAt,
		}));
		await this.server.insertMessages(rows);
		return rows.map(({ id }) => id);
	}

	/**
	 * Makes a direct chat older (float seconds): what the server has from before a chat began is
	 * unread for nobody.
	 */
	async backdate(direct: ChatAddress, createdAt: number): Promise<void> {
		await this.server.backdateDirectChat(direct.id, createdAt);
	}

	/** A chat from its first message to its last, however long, as a person sees it. */
	async wholeHistory(humanId: string, chat: ChatAddress): Promise<StoredMessage[]> {
		const all: StoredMessage[] = [];
		for (;;) {
			const page = await this.person(humanId).history(chat, all[0]?.createdAt);
			if (page.length === 0) return all;
			all.unshift(...page);
		}
	}

	async restart(): Promise<void> {
		await this.server.end();
		await this.startAgain();
	}

	/** Opens one more page of a person's and watches what arrives there. */
	async watch(humanId: string): Promise<Watcher> {
		return await Watcher.open(this.person(humanId).session.socket());
	}

	/** Ends the server as a crash does; `startAgain` brings it back. */
	async kill(): Promise<void> {
		await this.server.kill();
	}

	/** The same data at another address after `kill`, where no client looks for it. */
	async elsewhere<T>(use: (url: string) => Promise<T>): Promise<T> {
		return await this.server.elsewhere(use);
	}

	/** The same data at the same address, after `kill`. */
	async startAgain(): Promise<void> {
		for (const person of this.people.values()) person.disconnect();
		await this.server.startAgain();
	}

	async stop(): Promise<void> {
		for (const person of this.people.values()) person.disconnect();
		await this.server.stop();
	}

	private person(id: string): Person {
		const person = this.people.get(id);
		if (!person) throw new Error(`no such person: ${id}`);
		return person;
	}

	private agent(id: string): ClubAgent {
		const agent = this.agents.get(id);
		if (!agent) throw new Error(`no such agent: ${id}`);
		return agent;
	}
}

/** Where the page finds a chat. */
function addressOf({ type, id }: ChatAddress): string {
	return `/api/${type === 'group' ? 'groups' : 'direct-chats'}/${id}`;
}

/** ms. */
const BUSY_PAUSE = 200;

/**
 * Asks again, a moment later each time, where the server's database was busy. The server reads
 * before it writes in one transaction. SQLite refuses that at once where another thread has written
 * in between. It answered 500 to this on a busy machine, three times in a row.
 */
async function unlessBusy<T>(ask: () => Promise<T>, attempts = 6): Promise<T> {
	try {
		return await ask();
	} catch (error) {
		if (attempts <= 1 || !String(error).includes('answered 500')) throw error;
		await setTimeout(BUSY_PAUSE);
		return await unlessBusy(ask, attempts - 1);
	}
}
