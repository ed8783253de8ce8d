import type { ServerEvent } from '../connection/socket';
import type { Directory } from '../inbound/directory';
import type { Inbox } from '../inbound/receive';
import type { Outbox } from '../outbound/outbox';
import { decodeErrorText, decodeTyping } from '../protocol/frames';
import { isMalformed } from '../protocol/message';

interface Receivers {
	readonly inbox: Inbox;
	readonly outbox: Outbox;
	readonly directory: Directory;
	/** The agent's own id, once it is known. */
	readonly selfId: string | undefined;
}

/** Brings a frame to whom it concerns. */
export function takeFrame(event: ServerEvent, payload: unknown, { inbox, outbox, directory, selfId }: Receivers): void {
	switch (event) {
		case 'new_message': {
			const decoded = inbox.decode(payload);
			if (!isMalformed(decoded) && decoded.sender.id === selfId) outbox.sawOwn(decoded);
			inbox.live(decoded);
			return;
		}
		case 'offline_messages':
			inbox.offline(payload);
			return;
		case 'error':
			outbox.sawError(decodeErrorText(payload));
			return;
		case 'typing': {
			const typing = decodeTyping(payload);
			if (typing) inbox.sawTyping(typing.chat, typing.userId);
			return;
		}
		case 'chat_list_updated':
			directory.outdated();
			return;
		default:
			return;
	}
}
