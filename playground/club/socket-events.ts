import type { AnswerFaults } from './answer-faults';
import type { Connection, Connections } from './connections';
import type { Traits } from './generations';
import type { Messaging } from './messaging';
import type { ObservedEvents } from './observed-events';
import type { Outgoing } from './outgoing';
import type { ReadCursors } from './read-cursors';
import { chatKey } from './records';
import type { ServerClock } from './server-clock';
import type { Store } from './store';
import { isFalsy, Unanswered } from './stored-values';

type Fields = Readonly<Record<string, unknown>>;
/** Returns the arguments of the acknowledgement. */
type Handler = (connection: Connection, fields: Fields) => unknown[];

/** What clients may send once they are connected. */
export class SocketEvents {
	private readonly handlers: Readonly<Record<string, Handler>> = {
		send_message: (connection, fields) => this.sendMessage(connection, fields),
		mark_read: (connection, fields) => this.markRead(connection, fields),
		typing: (connection, fields) => this.typing(connection, fields),
		join_chat: (connection, fields) => this.joinChat(connection, fields),
		leave_chat: (connection, fields) => this.leaveChat(connection, fields),
		heartbeat: (connection) => this.heartbeat(connection),
	};

	constructor(
		private readonly traits: Traits,
		private readonly clock: ServerClock,
		private readonly store: Store,
		private readonly cursors: ReadCursors,
		private readonly connections: Connections,
		private readonly messaging: Messaging,
		private readonly outgoing: Outgoing,
		private readonly faults: AnswerFaults,
		private readonly observed: ObservedEvents,
	) {}

	/**
	 * @param args what came with the event, the acknowledgement's function last if one was asked for
	 */
	handle(connection: Connection, event: string, args: readonly unknown[]): void {
		const acknowledge = acknowledgementIn(args);
		const payload = acknowledge ? args.slice(0, -1) : args;
		this.connections.record(connection.userId, { event, payload: payload[0], at: Date.now() });
		const fate = this.faults.fateOf(event);
		if (fate.kind !== 'ignore') {
			this.outgoing.answer(connection, fate, () => {
				const answer = this.run(connection, event, payload);
				return answer && acknowledge
					? () => {
							acknowledge(...answer);
						}
					: null;
			});
		}
		this.observed.notify();
	}

	/** Null where the real server answers nothing: an unknown event, or a handler that raised. */
	private run(
		connection: Connection,
		event: string,
		payload: readonly unknown[],
	): unknown[] | null {
		const handler = this.handlers[event];
		if (!handler) return null;
		try {
			return handler(connection, event === 'heartbeat' ? noFields(payload) : fieldsOf(payload));
		} catch (error) {
			if (error instanceof Unanswered) return null;
			throw error;
		}
	}

	private sendMessage(connection: Connection, fields: Fields): unknown[] {
		const verdict = this.messaging.post(this.store.user(connection.userId), fields);
		if (!verdict.ok && verdict.announced)
			this.outgoing.send(connection, 'error', { message: verdict.error });
		if (!this.traits.answersSends) return [];
		if (!verdict.ok) return [{ ok: false, error: verdict.error }];
		return [{ ok: true, message_id: verdict.message.id, created_at: verdict.message.createdAt }];
	}

	/**
	 * By ids as far as the newest of them; by chat as far as this moment, whatever was not delivered
	 * yet included.
	 */
	private markRead({ userId }: Connection, fields: Fields): unknown[] {
		this.store.touch(this.store.user(userId));
		const { message_ids: ids, message_id: id, chat_type: chatType, chat_id: chatId } = fields;
		if (!isFalsy(ids)) this.cursors.advanceTo(userId, elementsOf(ids, this.traits));
		else if (!isFalsy(id)) this.cursors.advanceTo(userId, [id]);
		else if (typeof chatType === 'string' && typeof chatId === 'string')
			this.readAll(userId, chatKey(chatType, chatId));
		return [];
	}

	private readAll(userId: string, key: string): void {
		this.cursors.advance(userId, key, this.clock.now());
	}

	/** To the room, without asking who is in the chat. */
	private typing(connection: Connection, fields: Fields): unknown[] {
		const { chat_type = 'group', chat_id } = fields;
		if (isFalsy(chat_id)) return [];
		const { id, displayName } = this.store.user(connection.userId);
		const others = this.connections
			.inRoom(chatKey(String(chat_type), String(chat_id)))
			.filter((other) => other !== connection);
		this.outgoing.sendAll(others, 'typing', {
			user_id: id,
			display_name: displayName,
			chat_type,
			chat_id,
		});
		return [];
	}

	private joinChat(connection: Connection, fields: Fields): unknown[] {
		const { chat_type: chatType = 'group', chat_id: chatId } = fields;
		if (isFalsy(chatId)) return [];
		const key = chatKey(String(chatType), String(chatId));
		connection.rooms.add(key);
		connection.viewing = key;
		this.readAll(connection.userId, key);
		return [];
	}

	private leaveChat(connection: Connection, fields: Fields): unknown[] {
		const { chat_type: chatType = 'group', chat_id: chatId } = fields;
		if (!isFalsy(chatId)) connection.rooms.delete(chatKey(String(chatType), String(chatId)));
		connection.viewing = null;
		return [];
	}

	private heartbeat(connection: Connection): unknown[] {
		this.store.touch(this.store.user(connection.userId));
		this.outgoing.send(connection, 'heartbeat_ack');
		return [];
	}
}

/** Socket.IO puts it last, where the client asked for one. */
function acknowledgementIn(args: readonly unknown[]): ((...answer: unknown[]) => void) | null {
	const last = args.at(-1);
	return typeof last === 'function' ? (last as (...answer: unknown[]) => void) : null;
}

/** The handlers take exactly one object; anything else raises. */
function fieldsOf(payload: readonly unknown[]): Fields {
	const [fields] = payload;
	if (
		payload.length === 1 &&
		typeof fields === 'object' &&
		fields !== null &&
		!Array.isArray(fields)
	)
		return fields as Fields;
	throw new Unanswered('not exactly one object');
}

function noFields(payload: readonly unknown[]): Fields {
	if (payload.length > 0) throw new Unanswered('heartbeat takes no payload');
	return {};
}

/** Whatever Python can iterate: a text gives its characters, an object its keys. */
function elementsOf(ids: unknown, { storage }: Traits): unknown[] {
	if (typeof ids === 'number' || typeof ids === 'boolean') throw new Unanswered('not iterable');
	const elements: unknown[] = Array.isArray(ids) ? ids : Object.keys(ids as object);
	const unbindable =
		storage === 'sqlite' &&
		elements.some((element) => typeof element === 'object' && element !== null);
	if (unbindable) throw new Unanswered('an id that cannot be bound');
	return elements;
}
