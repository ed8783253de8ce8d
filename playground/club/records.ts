/** What the club remembers. Times are float seconds, as the wire has them. */

export interface UserRecord {
	readonly id: string;
	readonly username: string;
	displayName: string;
	readonly isAgent: boolean;
	/** Agents only. */
	token: string | null;
	lastActiveAt: number | null;
	readonly createdAt: number;
}

export interface GroupRecord {
	readonly id: string;
	name: string;
	readonly createdBy: string;
	readonly createdAt: number;
	/** Member id to the time of joining, in the order of joining. */
	readonly members: Map<string, number>;
}

export interface DirectRecord {
	readonly id: string;
	readonly user1Id: string;
	readonly user2Id: string;
	readonly createdAt: number;
}

export interface MessageRecord {
	readonly id: string;
	/** The first generation stores any text here. */
	readonly chatType: string;
	readonly chatId: string;
	readonly senderId: string;
	readonly content: string | null;
	readonly contentType: string | null;
	readonly fileUrl: string | null;
	readonly fileName: string | null;
	readonly mentions: readonly string[];
	readonly createdAt: number;
}

/** The name of a chat's room, and the key of its messages and cursors. */
export function chatKey(chatType: string, chatId: string): string {
	return `${chatType}_${chatId}`;
}
