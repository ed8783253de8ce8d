import type { ServerEvent } from '../connection/wire';
import type { Directory } from '../inbound/item/directory';
import type { Inbox } from '../inbound/inbox';
import type { Outbox } from '../outbound/outbox';
import { decodeChat, decodeErrorText, decodeTyping, type Identity } from '../protocol/frames';
import { decodeMessage, isMalformed } from '../protocol/message';

/** The parts of an agent's session that frames concern. */
interface FrameTargets {
	readonly inbox: Inbox;
	readonly outbox: Outbox;
	readonly directory: Directory;
	/** Who the agent is, once it is known. */
	readonly identity: Identity | undefined;
}

/** Brings a frame to whom it concerns. */
export function takeFrame(event: ServerEvent, payload: unknown, to: FrameTargets): void {
	switch (event) {
		case 'new_message': {
			const decoded = decodeMessage(payload, to.inbox.knownChats);
			if (!isMalformed(decoded) && decoded.sender.id === to.identity?.userId) {
				to.outbox.sawOwn(decoded);
				to.inbox.typing.messageSent(decoded.chat);
			}
			to.inbox.live(decoded);
			return;
		}
		case 'offline_messages':
			to.inbox.offline(payload);
			return;
		case 'error':
			to.outbox.sawError(decodeErrorText(payload));
			return;
		case 'typing': {
			const typing = decodeTyping(payload);
			if (typing) to.inbox.sawTyping(typing.chat, typing.userId);
			return;
		}
		case 'chat_list_updated':
			to.directory.outdated();
			return;
		case 'chat_deleted':
			to.directory.outdated();
			dropWaiting(payload, 'has been deleted', to.inbox);
			return;
		case 'messages_cleared':
			dropWaiting(payload, 'has been cleared', to.inbox);
			return;
		default:
			return;
	}
}

function dropWaiting(payload: unknown, what: string, inbox: Inbox): void {
	const chat = decodeChat(payload);
	if (chat) inbox.dropWaiting(chat, what);
}
