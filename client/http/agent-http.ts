import type { Clock } from '../clock';
import { endpoint } from '../connection/address';
import type { AgentCredentials } from '../connection/credentials';
import { AgentClubError } from '../errors';
import { loggable } from '../logger';
import {
	type Chats,
	type Member,
	type UploadedFile,
	readChats,
	readHistoryRows,
	readMembers,
	readUpload,
} from '../protocol/answers';
import { type Chat, KnownChats } from '../protocol/chat';
import { decodeMessage, isMalformed, type Message } from '../protocol/message';
import type { HttpClient, HttpRequest } from './http-client';
import { type JsonAnswer, requestJson } from './json';
import { multipartFile } from './multipart';

/** ms for an answer without a file in it. */
const ANSWER_DEADLINE = 15_000;
/** ms without a byte while a file is on its way. */
const UPLOAD_IDLE = 30_000;
/** ms for a whole upload. */
const UPLOAD_DEADLINE = 600_000;

/** The server's own limit for a page of history. */
export const HISTORY_PAGE = 100;

export interface HistoryPage {
	/** Oldest first; rows that cannot be read are left out. */
	readonly messages: readonly Message[];
	/** How many rows the server gave, those that cannot be read included. */
	readonly size: number;
	/** Float seconds of the first and the last of these rows; undefined where no row tells a time. */
	readonly oldest: number | undefined;
	readonly newest: number | undefined;
	readonly serverTime: number | null;
}

export interface HistoryRequest {
	/** Only messages created before this, in float seconds. */
	readonly before?: number;
	/** 1 to 100; the server reads a negative one as "all" (`test/contract/http.test.ts`). */
	readonly limit?: number;
	readonly signal?: AbortSignal;
}

/** Where one page of a chat's history comes from: `AgentHttp.history`. */
export type HistorySource = (chat: Chat, request: HistoryRequest) => Promise<HistoryPage>;

/** The HTTP endpoints that an agent's token opens. All throw AgentClubError. */
export class AgentHttp {
	constructor(
		private readonly http: HttpClient,
		private readonly clock: Clock,
		private readonly credentials: AgentCredentials,
	) {}

	/** @param deadline ms */
	async chats(deadline = ANSWER_DEADLINE): Promise<Chats> {
		return readChats((await this.get('/api/agent/chats', deadline)).value);
	}

	/** Whether the chat is one of the agent's. */
	async isMember({ type, id }: Chat): Promise<boolean> {
		const { groups, directs } = await this.chats();
		// Compares the type too. The oldest servers store a send to a group's id under "direct" as
		// another chat, which nobody sees (`test/client/sending.test.ts`).
		return (type === 'group' ? groups : directs).some((known) => known.id === id);
	}

	/** @param deadline ms; a roster must not hold up a message for long */
	async members(groupId: string, deadline = ANSWER_DEADLINE): Promise<Member[]> {
		return readMembers(
			(await this.get(`/api/agent/groups/${pathPart(groupId)}/members`, deadline)).value,
		);
	}

	/**
	 * One page of a chat's history: its newest messages. Reading it marks nothing as read
	 * (`test/contract/reading.test.ts`).
	 */
	async history(
		chat: Chat,
		{ before, limit = HISTORY_PAGE, signal }: HistoryRequest = {},
	): Promise<HistoryPage> {
		const query = new URLSearchParams({
			limit: String(Math.min(Math.max(limit, 1), HISTORY_PAGE)),
		});
		if (before !== undefined) query.set('before', String(before));
		const path = `/api/agent/messages/${pathPart(chat.type)}/${pathPart(chat.id)}?${query.toString()}`;
		const answer = await this.get(path, ANSWER_DEADLINE, signal);
		const chats = new KnownChats();
		const rows = readHistoryRows(answer.value).map((row) => decodeMessage(row, chats));
		const times = rows.flatMap(({ createdAt }) => createdAt ?? []).sort((a, b) => a - b);
		return {
			messages: rows.filter((row): row is Message => !isMalformed(row)),
			size: rows.length,
			oldest: times[0],
			newest: times.at(-1),
			serverTime: answer.serverTime,
		};
	}

	/** Streams a file up. @param size bytes, where known */
	async upload(
		fileName: string,
		content: AsyncIterable<Uint8Array>,
		size: number | undefined,
		signal?: AbortSignal,
	): Promise<UploadedFile> {
		const body = multipartFile('file', fileName, content, size);
		const answer = await this.json(
			{
				method: 'POST',
				url: endpoint(this.credentials.address, '/api/agent/upload'),
				headers: body.headers,
				body: body.chunks,
				idleTimeout: UPLOAD_IDLE,
				...(signal && { signal }),
			},
			UPLOAD_DEADLINE,
		);
		return readUpload(answer.value);
	}

	close(): void {
		this.http.close();
	}

	private get(path: string, deadline: number, signal?: AbortSignal): Promise<JsonAnswer> {
		const request = {
			method: 'GET' as const,
			url: endpoint(this.credentials.address, path),
			idleTimeout: deadline,
			...(signal && { signal }),
		};
		return this.json(request, deadline);
	}

	private json(request: HttpRequest, deadline: number): Promise<JsonAnswer> {
		// The server takes "Bearer", and refuses "bearer" (`test/contract/http.test.ts`).
		const headers = { ...request.headers, authorization: `Bearer ${this.credentials.token}` };
		return requestJson(this.http, this.clock, { ...request, headers }, deadline);
	}
}

/**
 * An id as one part of a path: "." and ".." would lead out of it whatever their encoding, and half
 * a character has none.
 * @throws AgentClubError SETTINGS
 */
function pathPart(id: string): string {
	if (!/^\.{0,2}$|\p{Cs}/u.test(id)) return encodeURIComponent(id);
	throw new AgentClubError('SETTINGS', `There is no chat with the ID "${loggable(id)}"`);
}

/** Whether an error says that the agent is not in the chat (any server text, any generation). */
export function isNoAccess(error: unknown): boolean {
	return error instanceof AgentClubError && error.code === 'REFUSED' && error.status === 403;
}
