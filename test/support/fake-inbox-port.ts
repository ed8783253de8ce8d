import type { Decision, InboxPort, Replies } from '../../client/inbound/inbox-port';
import type { Chat } from '../../client/protocol/chat';
import type { Message } from '../../client/protocol/message';

/**
 * Keeps what the inbox asks for; marks are answered at once unless the test holds the answers back.
 */
export class FakeInboxPort implements InboxPort {
	/** The frames of ids, in order, those that were not answered included. */
	readonly marks: Array<readonly string[]> = [];
	readonly typing: Chat[] = [];
	readonly replies: Array<{ chat: Chat; text: string }> = [];
	readonly renewals: string[] = [];
	/** How many triggers have left. */
	gone = 0;
	/** What the test says of a message that may answer a question. */
	decide: (message: Message) => Decision | Promise<Decision> = () => 'ordinary';
	readonly replyDesk: Replies = {
		newConnection: () => undefined,
		sawOwn: () => undefined,
		decide: (message) => this.decide(message),
	};
	/** How the server answers marks. */
	answerMarks: () => Promise<void> = () => Promise.resolve();

	markRead(ids: readonly string[]): Promise<void> {
		this.marks.push([...ids]);
		return this.answerMarks();
	}

	showTyping(chat: Chat): void {
		this.typing.push(chat);
	}

	reply(chat: Chat, text: string): void {
		this.replies.push({ chat, text });
	}

	renew(reason: string): void {
		this.renewals.push(reason);
	}

	identified(): boolean {
		return false;
	}

	left(): void {
		this.gone += 1;
	}

	/** All ids that were marked, in order. */
	get marked(): string[] {
		return this.marks.flat();
	}
}
