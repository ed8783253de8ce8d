import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { askAgain } from '../../client/agent/ask-again';
import { parseServerAddress, mediaAddress } from '../../client/connection/address';
import { AgentClubError } from '../../client/errors';
import { type HistoryPage, type HistoryRequest } from '../../client/http/agent-http';
import type { Outgoing } from '../../client/outbound/compose';
import type { Chats, Member } from '../../client/protocol/answers';
import type { Chat } from '../../client/protocol/chat';
import type { Message } from '../../client/protocol/message';
import { FakeClock, settled } from './fake-clock';
import { AGENT, identityOf } from './sample-messages';

export interface OpenSend {
	readonly outgoing: Outgoing;
	readonly signal: AbortSignal | undefined;
	answer(id?: string): Promise<void>;
	refuse(text: string): Promise<void>;
}

const CHATS: Chats = {
	groups: [
		{ id: '1f', name: 'Bare', description: '', createdAt: null },
		{ id: 'gc_1', name: 'Team', description: 'Ours', createdAt: 1.5 },
	],
	directs: [
		{
			id: 'dc_7',
			createdAt: null,
			description: '',
			peer: { id: 'u_bob', name: 'Bob', kind: 'human', isOnline: true },
		},
	],
};

/**
 * An agent's session as the action node sees it: sends wait for the test's answer, everything else
 * is as the test has set it.
 */
export class FakeSession {
	/** ms that each roster was allowed to be old. */
	readonly rosterAges: number[] = [];
	readonly clock = new FakeClock();
	readonly credentials = {
		address: parseServerAddress('http://club.test:5555/club'),
		token: 'sk_agt_secret',
	};
	readonly identity = identityOf(AGENT);
	/** Sends, in the order in which they came; the test answers them. */
	readonly open: OpenSend[] = [];
	/** Names and bytes of what was uploaded. */
	readonly uploads: Array<{ readonly name: string; readonly content: string }> = [];
	readonly historyRequests: Array<HistoryRequest & { readonly chat: Chat }> = [];
	/** What the server answers; a test may change it. */
	chatList: Chats = CHATS;
	memberList: readonly Member[] | AgentClubError = [];
	/** Those of the group as they are now, where that is asked once more. */
	newMembers: readonly Member[] | undefined;
	/** Oldest first. */
	messages: readonly Message[] | AgentClubError = [];
	/** Users of the session at this moment. */
	leases = 0;
	chatsAsked = 0;
	/** The IDs of each mark. */
	readonly marked: Array<readonly string[]> = [];
	/** Chats that see the agent typing. */
	readonly typing = new Set<string>();

	readonly http = {
		chats: () => {
			this.chatsAsked += 1;
			return this.answer(this.chatList);
		},
		members: () => this.answer(this.memberList),
		history: (chat: Chat, request: HistoryRequest) => this.historyPage(chat, request),
		upload: async (name: string, content: AsyncIterable<Uint8Array>) => {
			const bytes = await buffer(Readable.from(content));
			await this.answer(undefined);
			this.uploads.push({ name, content: bytes.toString() });
			return {
				url: `/media/uploads/${this.uploads.length}_${name}`,
				fileName: name,
				kind: 'file' as const,
			};
		},
	};
	readonly directory = {
		roster: () => Promise.resolve(this.knownMembers),
		rosterUnlessAway: (_groupId: string, maxAge: number) => {
			this.rosterAges.push(maxAge);
			return this.answer(this.knownMembers);
		},
		rosterForStrangers: () => this.answer(this.newMembers),
	};
	readonly inbox = {
		/** Whether a trigger of the agent runs in this process. */
		hasSubscriptions: false,
		context: {
			identity: this.identity,
			clock: this.clock,
			directory: this.directory,
			files: { address: (url: string) => mediaAddress(this.credentials.address, url) },
		},
		typing: {
			showUntilMessage: (chat: Chat) => {
				this.typing.add(chat.id);
				return () => {
					this.typing.delete(chat.id);
				};
			},
		},
	};

	/** Whether nothing answers over HTTP, though the socket has not noticed it yet. */
	isServerAway = false;

	private get knownMembers(): readonly Member[] | null {
		return this.memberList instanceof AgentClubError ? null : this.memberList;
	}

	private answer<T>(answer: T | AgentClubError): Promise<T> {
		const away = new AgentClubError('UNREACHABLE', 'ECONNREFUSED', { retriable: true });
		return answerOf(this.isServerAway ? away : answer);
	}

	/** What was sent so far. */
	get texts(): string[] {
		return this.open.map(({ outgoing }) => outgoing.content);
	}

	lease(): () => void {
		this.leases += 1;
		return () => {
			this.leases -= 1;
		};
	}

	/** As long as the server is away, the question waits; see `ask-again.ts` for how. */
	ask<T>(question: () => Promise<T>, signal?: AbortSignal): Promise<T> {
		return askAgain(this, question, signal);
	}

	whenReady(): Promise<void> {
		return Promise.resolve();
	}

	send(outgoing: Outgoing, signal?: AbortSignal): Promise<unknown> {
		return new Promise((resolve, reject) => {
			this.open.push({
				outgoing,
				signal,
				answer: (id = `msg_${outgoing.content}`) => {
					resolve({ messageId: id, createdAt: 1.5, confirmedBy: 'answer' });
					return settled();
				},
				refuse: (text) => {
					reject(new AgentClubError('REFUSED', text));
					return settled();
				},
			});
		});
	}

	markRead(ids: readonly string[]): Promise<void> {
		if (ids[0] === 'msg_bad') return Promise.reject(new AgentClubError('OFFLINE', 'no connection'));
		this.marked.push(ids);
		return Promise.resolve();
	}

	absoluteUrl(url: string): string {
		return mediaAddress(this.credentials.address, url).url;
	}

	async download(url: string): Promise<unknown> {
		await this.answer(undefined);
		if (url.includes('missing')) throw new AgentClubError('FILE', 'The file is not there');
		return {
			content: Readable.from([Buffer.from('content')]),
			mimeType: 'application/pdf',
			seen: null,
			problem: null,
			size: 7,
		};
	}

	private async historyPage(chat: Chat, request: HistoryRequest): Promise<HistoryPage> {
		this.historyRequests.push({ chat, ...request });
		const { before = Number.POSITIVE_INFINITY, limit = 100 } = request;
		const messages = (await this.answer(this.messages))
			.filter(({ createdAt }) => createdAt < before)
			.slice(-limit);
		return {
			messages,
			size: messages.length,
			oldest: messages[0]?.createdAt,
			newest: messages.at(-1)?.createdAt,
			serverTime: null,
		};
	}
}

function answerOf<T>(answer: T | AgentClubError): Promise<T> {
	return answer instanceof AgentClubError ? Promise.reject(answer) : Promise.resolve(answer);
}
