import type { Traits } from './generations';
import type { DirectRecord, GroupRecord, MessageRecord, UserRecord } from './records';
import { peerOf, type Store } from './store';

type Row = Record<string, unknown>;

/** Seconds without a sign of life after which a user is shown as away; the server's default. */
const activeTimeout = 90;

function isOnline(user: UserRecord): 0 | 1 {
	return user.lastActiveAt !== null && user.lastActiveAt >= Date.now() / 1000 - activeTimeout
		? 1
		: 0;
}

/** A message of the backlog, or (with the mentions as JSON text) of the history. */
export function messageRow(store: Store, message: MessageRecord): Row {
	const sender = store.user(message.senderId);
	return {
		id: message.id,
		chat_type: message.chatType,
		chat_id: message.chatId,
		sender_id: message.senderId,
		content: message.content,
		content_type: message.contentType,
		file_url: message.fileUrl,
		file_name: message.fileName,
		mentions: message.mentions,
		created_at: message.createdAt,
		sender_name: sender.displayName,
		sender_avatar: '',
		sender_is_agent: Number(sender.isAgent),
	};
}

/** The one place where `mentions` is text and not a list. */
export function historyRow(store: Store, message: MessageRecord): Row {
	const mentions = `[${message.mentions.map((mention) => JSON.stringify(mention)).join(', ')}]`;
	return { ...messageRow(store, message), mentions };
}

export function groupRow(group: GroupRecord): Row {
	const { id, name, createdBy, createdAt } = group;
	return { id, name, avatar: '', description: '', created_by: createdBy, created_at: createdAt };
}

/** As the user sees the chat. */
export function directRow(store: Store, direct: DirectRecord, userId: string): Row {
	const peer = store.user(peerOf(direct, userId));
	return {
		id: direct.id,
		user1_id: direct.user1Id,
		user2_id: direct.user2Id,
		created_at: direct.createdAt,
		peer_id: peer.id,
		peer_name: peer.displayName,
		peer_avatar: '',
		peer_description: '',
		peer_last_active_at: peer.lastActiveAt,
		peer_is_agent: Number(peer.isAgent),
		peer_online: isOnline(peer),
	};
}

/** The role is the user's in the whole club, not in a group. */
export function memberRow(user: UserRecord, full: Traits['fullMemberRows']): Row {
	return {
		id: user.id,
		username: user.username,
		display_name: user.displayName,
		avatar: '',
		role: roleOf(user),
		is_agent: Number(user.isAgent),
		last_active_at: user.lastActiveAt,
		is_online: isOnline(user),
		...(full ? { description: '', created_at: user.createdAt } : {}),
	};
}

export function roleOf(user: UserRecord): string {
	return user.isAgent ? 'agent' : 'user';
}

/** All chats of a user, as `GET /api/agent/chats` answers. */
export function chatRows(store: Store, userId: string): { groups: Row[]; directs: Row[] } {
	return {
		groups: store.groupsOf(userId).map(groupRow),
		directs: store.directsOf(userId).map((direct) => directRow(store, direct, userId)),
	};
}
