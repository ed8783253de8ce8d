import { EventEmitter, once } from 'node:events';
import type { Socket } from 'socket.io-client';
import type { ChatAddress } from '../../playground/club/club';

/** A message as it came over a person's socket. */
export interface SeenMessage {
	readonly id: string;
	readonly chat_id: string;
	readonly sender_id: string;
	readonly content: string;
	readonly content_type: string;
	readonly file_url: string;
	readonly file_name: string;
	readonly mentions: readonly string[];
}

const PATIENCE_MS = 30_000;

/**
 * A person's open browser page: the messages and typing signs that arrive on its socket, in order.
 */
export class Watcher {
	readonly messages: SeenMessage[] = [];
	private readonly typingSigns: { readonly userId: string; readonly chatId: string }[] = [];
	private readonly news = new EventEmitter();

	private constructor(private readonly socket: Socket) {
		socket.on('new_message', (message: SeenMessage) => {
			this.messages.push(message);
			this.news.emit('seen');
		});
		socket.on('typing', ({ user_id: userId, chat_id: chatId }: Record<string, string>) => {
			this.typingSigns.push({ userId: String(userId), chatId: String(chatId) });
			this.news.emit('seen');
		});
	}

	/** Connects the socket, and resolves when it is connected. */
	static async open(socket: Socket): Promise<Watcher> {
		const watcher = new Watcher(socket);
		await new Promise<void>((resolve, reject) => {
			socket.once('connect', resolve).once('connect_error', reject).connect();
		});
		return watcher;
	}

	/** User ids, one for each typing event. */
	get typing(): string[] {
		return this.typingSigns.map(({ userId }) => userId);
	}

	/** How many typing events of a user have come for a chat. */
	typingIn(chat: ChatAddress, userId: string): number {
		return this.typingSigns.filter((sign) => sign.userId === userId && sign.chatId === chat.id)
			.length;
	}

	/** The person is typing in a chat; a page says so again and again. */
	type(chat: ChatAddress): void {
		this.socket.emit('typing', { chat_type: chat.type, chat_id: chat.id });
	}

	/** The person writes, over the socket that brings the messages. Nothing is waited for. */
	say(chat: ChatAddress, content: string): void {
		this.socket.emit('send_message', { chat_type: chat.type, chat_id: chat.id, content });
	}

	/** The first `count` messages of a sender in a chat, come or still to come. */
	async from(senderId: string, chatId: string, count = 1): Promise<SeenMessage[]> {
		const look = () =>
			this.messages.filter(
				(message) => message.sender_id === senderId && message.chat_id === chatId,
			);
		await this.until(() => look().length >= count, `${count} messages from ${senderId}`);
		return look();
	}

	async until(condition: () => boolean, what: string): Promise<void> {
		const patience = AbortSignal.timeout(PATIENCE_MS);
		while (!condition()) {
			await once(this.news, 'seen', { signal: patience }).catch((cause: unknown) => {
				const seen = this.messages
					.map(({ content, content_type: type }) => `${type} ${content}`)
					.join(' | ');
				throw new Error(`waited in vain for ${what}; there was: ${seen || 'nothing'}`, { cause });
			});
		}
	}

	close(): void {
		this.socket.disconnect();
	}
}
