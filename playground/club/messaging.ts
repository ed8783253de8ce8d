import type { Connections } from './connections';
import type { Traits } from './generations';
import type { ObservedEvents } from './observed-events';
import type { Outgoing } from './outgoing';
import type { ReadCursors } from './read-cursors';
import { chatKey, type MessageRecord, type UserRecord } from './records';
import { messageRow } from './rows';
import { peerOf, type Store } from './store';
import { isFalsy, storedText, Unanswered } from './stored-values';

/** A send as a client made it: any field may be missing, or of any type. */
export type SendFrame = Readonly<Record<string, unknown>>;

export type SendVerdict =
	| { readonly ok: true; readonly message: MessageRecord }
	| { readonly ok: false; readonly error: string; readonly announced: boolean };

const mentionsAtMost = 100;

/** Stores messages and tells everybody concerned, in the order of the real server. */
export class Messaging {
	constructor(
		private readonly traits: Traits,
		private readonly store: Store,
		private readonly cursors: ReadCursors,
		private readonly connections: Connections,
		private readonly outgoing: Outgoing,
		private readonly observed: ObservedEvents,
	) {}

	/**
	 * @returns a refusal; `announced` where the sender is to get an `error` event as well
	 * @throws Unanswered where the real handler raises
	 */
	post(sender: UserRecord, frame: SendFrame): SendVerdict {
		this.store.touch(sender);
		const { chat_type: chatType = 'group', chat_id: chatId } = frame;
		if (isFalsy(chatId)) return { ok: false, error: 'chat_id is required', announced: false };
		const error = this.refusal(chatType, chatId, sender.id);
		if (error) return { ok: false, error, announced: true };
		const message = this.save(sender, String(chatType), String(chatId), frame);
		this.fanOut(message, this.liveRow(message, frame));
		this.observed.notify();
		return { ok: true, message };
	}

	private refusal(chatType: unknown, chatId: unknown, senderId: string): string | null {
		if (typeof chatId === 'object' && this.traits.storage === 'sqlite')
			throw new Unanswered('an id that cannot be bound');
		const asked = this.traits.checksEveryChat || chatType === 'group';
		if (!asked || this.store.canAccess(chatType, chatId, senderId)) return null;
		return chatType === 'group' ? this.traits.texts.notInGroup : this.traits.texts.notInChat;
	}

	private save(
		sender: UserRecord,
		chatType: string,
		chatId: string,
		frame: SendFrame,
	): MessageRecord {
		const {
			content = '',
			content_type: contentType = 'text',
			file_url: fileUrl = '',
			file_name: fileName = '',
		} = frame;
		const { storage } = this.traits;
		return this.store.addMessage({
			chatType,
			chatId,
			senderId: sender.id,
			content: storedText(content, '', storage),
			contentType: storedText(contentType, 'text', storage),
			fileUrl: storedText(fileUrl, '', storage),
			fileName: storedText(fileName, '', storage),
			mentions: normaliseMentions(frame['mentions']),
		});
	}

	/** The live frame carries what the sender sent, not what was stored. */
	private liveRow(message: MessageRecord, frame: SendFrame): Record<string, unknown> {
		const { content = '', content_type = 'text', file_url = '', file_name = '' } = frame;
		return { ...messageRow(this.store, message), content, content_type, file_url, file_name };
	}

	private fanOut(message: MessageRecord, row: Record<string, unknown>): void {
		if (message.chatType === 'group') this.fanOutToGroup(message, row);
		else if (message.chatType === 'direct') this.fanOutToDirect(message, row);
	}

	/** By membership, not by room. */
	private fanOutToGroup(message: MessageRecord, row: Record<string, unknown>): void {
		for (const memberId of this.store.groups.get(message.chatId)?.members.keys() ?? []) {
			this.outgoing.sendAll(this.connections.of(memberId), 'new_message', row);
			if (memberId !== message.senderId) this.countUnread(memberId, message);
		}
	}

	/** By room: the peer's sockets are put into it at each send, the sender's are not. */
	private fanOutToDirect(message: MessageRecord, row: Record<string, unknown>): void {
		const room = chatKey('direct', message.chatId);
		const direct = this.store.directs.get(message.chatId);
		if (direct) {
			const peerId = peerOf(direct, message.senderId);
			for (const connection of this.connections.of(peerId)) {
				connection.rooms.add(room);
				this.outgoing.send(connection, 'chat_list_updated');
			}
			this.countUnread(peerId, message);
		}
		this.outgoing.sendAll(this.connections.inRoom(room), 'new_message', row);
	}

	private countUnread(userId: string, message: MessageRecord): void {
		const key = chatKey(message.chatType, message.chatId);
		if (this.connections.isViewing(userId, key))
			this.cursors.advance(userId, key, message.createdAt);
		else this.outgoing.sendAll(this.connections.of(userId), 'unread_updated');
	}
}

/** Strings only, trimmed, each once, the first hundred; whether they are members is not asked. */
export function normaliseMentions(mentions: unknown): string[] {
	if (!Array.isArray(mentions)) return [];
	const texts = mentions
		.filter((mention): mention is string => typeof mention === 'string')
		.map((mention) => mention.trim());
	return [...new Set(texts.filter((mention) => mention !== ''))].slice(0, mentionsAtMost);
}
