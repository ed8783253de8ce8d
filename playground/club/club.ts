/**
 * What tests need of a chat server, whichever it is: the playground in this folder, or the real
 * server. The contract suite runs the same cases against both, through this interface alone.
 */

/** The three server generations in use; see docs/limits.md. */
export type Generation = 'G1' | 'G2' | 'G3';

export interface ChatAddress {
	readonly type: 'group' | 'direct';
	readonly id: string;
}

export interface ClubUser {
	readonly id: string;
	readonly username: string;
	readonly displayName: string;
}

export interface ClubAgent extends ClubUser {
	/** What the agent's client authenticates with. */
	readonly token: string;
}

/** What a person writes; everything but `content` has the server's own default. */
export interface Utterance {
	readonly content?: unknown;
	readonly contentType?: unknown;
	readonly fileUrl?: unknown;
	readonly fileName?: unknown;
	readonly mentions?: unknown;
}

/** A message as the server stored it; `createdAt` in float seconds. */
export interface StoredMessage {
	readonly id: string;
	readonly senderId: string;
	readonly content: string;
	readonly contentType: string;
	readonly fileUrl: string;
	readonly fileName: string;
	readonly mentions: readonly string[];
	readonly createdAt: number;
}

/**
 * Sets up people and chats, and speaks for people. Every call resolves when the server has done it.
 */
export interface Club {
	/** Base address, without a trailing slash; with the sub-path where one was asked for. */
	readonly url: string;
	readonly generation: Generation;
	addHuman(username: string, displayName?: string): Promise<ClubUser>;
	addAgent(username: string, displayName?: string): Promise<ClubAgent>;
	addGroup(name: string, memberIds: readonly string[]): Promise<ChatAddress>;
	addMember(groupId: string, userId: string): Promise<void>;
	removeMember(groupId: string, userId: string): Promise<void>;
	rename(userId: string, displayName: string): Promise<void>;
	/** Opens (or finds) the direct chat of two users. */
	openDirect(humanId: string, peerId: string): Promise<ChatAddress>;
	/** Deletes a direct chat of the person's, or dissolves a group that the person has opened. */
	deleteChat(personId: string, chat: ChatAddress): Promise<void>;
	/** Deletes all messages of such a chat. Only the newest generation can; else it rejects. */
	clearChat(personId: string, chat: ChatAddress): Promise<void>;
	/** Whoever opened the group gives it another name. */
	renameGroup(creatorId: string, groupId: string, name: string): Promise<void>;
	/** Gives the agent a new token; sockets that are open stay open. */
	resetToken(agentId: string): Promise<string>;
	/**
	 * Sends as a person does from the page, over that person's own socket; resolves with what was
	 * stored.
	 */
	say(humanId: string, chat: ChatAddress, utterance: Utterance): Promise<StoredMessage>;
	/** Uploads as a person does from the page. */
	uploadAs(
		humanId: string,
		fileName: string,
		body: Buffer,
	): Promise<{ url: string; fileName: string; kind: string }>;
	/** The chat's history, oldest first. */
	history(viewerId: string, chat: ChatAddress): Promise<StoredMessage[]>;
	stop(): Promise<void>;
	/** Stops and comes back at the same address with everything it knew. */
	restart(): Promise<void>;
}
