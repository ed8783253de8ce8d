import type {
	ChatAddress,
	Club,
	ClubAgent,
	ClubUser,
	Generation,
	StoredMessage,
	Utterance,
} from './club';
import { ClubServer, type ServerOptions } from './club-server';
import type { ReceivedEvent } from './connections';
import type { Faults } from './faults';
import type { LoggedRequest } from './http-front';
import { chatKey, type MessageRecord, type UserRecord } from './records';

/**
 * An Agent Club in memory, of any generation, with faults on demand; `Club` for tests, and
 * something to look into.
 */
export class PlaygroundClub implements Club {
	private port = 0;

	private constructor(
		private readonly server: ClubServer,
		private readonly host: string,
	) {}

	static async start(options: ServerOptions = {}): Promise<PlaygroundClub> {
		const club = new PlaygroundClub(new ClubServer(options), options.host ?? '127.0.0.1');
		club.port = await club.server.front.listen(options.port ?? 0, club.host);
		return club;
	}

	get url(): string {
		return `http://${this.host}:${this.port}${this.server.subPath}`;
	}

	get generation(): Generation {
		return this.server.core.generation;
	}

	/** What can be made to go wrong. */
	get faults(): Faults {
		return this.server.faults;
	}

	/** Every HTTP request so far, those of Socket.IO included. */
	get requests(): readonly LoggedRequest[] {
		return this.server.front.requests;
	}

	/** @param id one to use in place of a new one, for demonstrations */
	addHuman(username: string, displayName = username, id?: string): Promise<ClubUser> {
		const { store } = this.server.core;
		return Promise.resolve(clubUser(store.addUser(username, displayName, null, id)));
	}

	/** @param token a token to use in place of a new one, for demonstrations; likewise `id` */
	addAgent(
		username: string,
		displayName = username,
		token = this.server.core.store.newToken(),
		id?: string,
	): Promise<ClubAgent> {
		const user = this.server.core.store.addUser(username, displayName, token, id);
		return Promise.resolve({ ...clubUser(user), token });
	}

	addGroup(name: string, memberIds: readonly string[]): Promise<ChatAddress> {
		return Promise.resolve({
			type: 'group',
			id: this.server.core.changes.createGroup(name, memberIds).id,
		});
	}

	addMember(groupId: string, userId: string): Promise<void> {
		this.server.core.changes.addMember(groupId, userId);
		return Promise.resolve();
	}

	removeMember(groupId: string, userId: string): Promise<void> {
		this.server.core.changes.removeMember(groupId, userId);
		return Promise.resolve();
	}

	rename(userId: string, displayName: string): Promise<void> {
		this.server.core.store.user(userId).displayName = displayName;
		return Promise.resolve();
	}

	openDirect(humanId: string, peerId: string): Promise<ChatAddress> {
		return Promise.resolve({
			type: 'direct',
			id: this.server.core.changes.openDirect(humanId, peerId).id,
		});
	}

	deleteChat(_personId: string, { type, id }: ChatAddress): Promise<void> {
		const { changes } = this.server.core;
		if (type === 'group') changes.deleteGroup(id);
		else changes.deleteDirect(id);
		return Promise.resolve();
	}

	clearChat(_personId: string, { type, id }: ChatAddress): Promise<void> {
		const { changes, traits, generation } = this.server.core;
		if (!traits.tellsDeletions)
			return Promise.reject(new Error(`${generation} cannot clear a chat`));
		changes.clear(type, id);
		return Promise.resolve();
	}

	renameGroup(_creatorId: string, groupId: string, name: string): Promise<void> {
		const group = this.server.core.store.groups.get(groupId);
		if (!group) return Promise.reject(new Error(`the club has no group ${groupId}`));
		group.name = name;
		return Promise.resolve();
	}

	resetToken(agentId: string): Promise<string> {
		const token = this.server.core.store.newToken();
		this.server.core.store.user(agentId).token = token;
		return Promise.resolve(token);
	}

	/** For agents too. Rejects with the server's text where the server refuses. */
	async say(userId: string, chat: ChatAddress, utterance: Utterance): Promise<StoredMessage> {
		const { content, contentType, fileUrl, fileName, mentions } = utterance;
		const fields = {
			content,
			content_type: contentType,
			file_url: fileUrl,
			file_name: fileName,
			mentions,
		};
		const frame = { chat_type: chat.type, chat_id: chat.id, ...fields };
		const verdict = await Promise.resolve(
			this.server.core.messaging.post(this.server.core.store.user(userId), frame),
		);
		if (!verdict.ok) throw new Error(verdict.error);
		return storedMessage(verdict.message);
	}

	uploadAs(
		humanId: string,
		fileName: string,
		body: Buffer,
	): Promise<{ url: string; fileName: string; kind: string }> {
		this.server.core.store.user(humanId);
		const verdict = this.server.core.uploads.save(fileName, body);
		if ('error' in verdict) return Promise.reject(new Error(verdict.error));
		return Promise.resolve({
			url: verdict.url,
			fileName: verdict.filename,
			kind: verdict.content_type,
		});
	}

	/** Whoever looks; the viewer is part of the interface because the real server asks for one. */
	history(_viewerId: string, chat: ChatAddress): Promise<StoredMessage[]> {
		return Promise.resolve(this.server.core.store.messagesOf(keyOf(chat)).map(storedMessage));
	}

	/** Everything open is closed at once; `restart` works afterwards too. */
	stop(): Promise<void> {
		return this.server.front.close();
	}

	async restart(): Promise<void> {
		await this.stop();
		await this.server.front.listen(this.port, this.host);
	}

	/** How far the user has read the chat, in float seconds; null before the first mark. */
	cursor(userId: string, chat: ChatAddress): number | null {
		return this.server.core.cursors.get(userId, keyOf(chat));
	}

	/** What the next connect would bring as `offline_messages`. */
	unread(userId: string): (StoredMessage & { readonly chat: ChatAddress })[] {
		return this.server.core.cursors
			.unread(userId)
			.map((message) => ({ ...storedMessage(message), chat: addressOf(message) }));
	}

	/** Open, authenticated sockets. */
	socketCount(userId: string): number {
		return this.server.core.connections.of(userId).length;
	}

	/** Sockets that were ever authenticated, the open ones included. */
	connectionsEver(userId: string): number {
		return this.server.core.connections.countEver(userId);
	}

	/** Every event that the user's sockets sent, lost ones (`dropBefore`) included. */
	received(userId: string): readonly ReceivedEvent[] {
		return this.server.core.connections.received(userId);
	}

	/**
	 * Resolves when the predicate holds; it is evaluated at once and whenever something happens in
	 * the club.
	 */
	waitFor(predicate: () => boolean, what: string, timeoutMs?: number): Promise<void> {
		return this.server.core.observed.waitFor(predicate, what, timeoutMs);
	}

	/** As the retention job of the real server does. */
	deleteMessage(id: string): void {
		this.server.core.store.deleteMessage(id);
	}

	/** Sends any frame to the user's sockets, past all faults. */
	injectRaw(userId: string, event: string, ...args: unknown[]): void {
		for (const { socket } of this.server.core.connections.of(userId)) socket.emit(event, ...args);
	}
}

function clubUser({ id, username, displayName }: UserRecord): ClubUser {
	return { id, username, displayName };
}

function keyOf(chat: ChatAddress): string {
	return chatKey(chat.type, chat.id);
}

function addressOf({ chatType, chatId }: MessageRecord): ChatAddress {
	return { type: chatType === 'group' ? 'group' : 'direct', id: chatId };
}

function storedMessage(message: MessageRecord): StoredMessage {
	const { id, senderId, content, contentType, fileUrl, fileName, mentions, createdAt } = message;
	return {
		id,
		senderId,
		content: content ?? '',
		contentType: contentType ?? '',
		fileUrl: fileUrl ?? '',
		fileName: fileName ?? '',
		mentions,
		createdAt,
	};
}
