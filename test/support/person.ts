import type { Socket } from 'socket.io-client';
import type { ChatAddress, StoredMessage, Utterance } from '../../playground/club/club';
import type { BrowserSession } from './browser-session';
import { type HistoryRow, storedMessage } from './history-row';

const ANSWER_WITHIN_MS = 15_000;

/**
 * Somebody with a browser open on the real server; writes over the page's own socket, one message
 * at a time.
 */
export class Person {
	private socket: Socket | undefined;
	private hangUp: (() => void) | undefined;
	private turn: Promise<unknown> = Promise.resolve();
	private readonly known = new Set<string>();

	constructor(readonly session: BrowserSession) {}

	/** Sends, and answers with the server's row; throws with the server's words when it refuses. */
	say(chat: ChatAddress, utterance: Utterance): Promise<StoredMessage> {
		const said = this.turn.then(() => this.send(chat, utterance));
		// A refused message is its caller's to mind; the next one goes out all the same.
		this.turn = said.catch(() => undefined);
		return said;
	}

	private async send(chat: ChatAddress, utterance: Utterance): Promise<StoredMessage> {
		const socket = await this.connected();
		let refusal: string | undefined;
		const refused = ({ message }: { message: string }) => (refusal = message);
		socket.on('error', refused);
		try {
			await socket.timeout(ANSWER_WITHIN_MS).emitWithAck('send_message', frame(chat, utterance));
		} finally {
			socket.off('error', refused);
		}
		// An error comes before the answer on the same socket, in every generation.
		if (refusal !== undefined) throw new Error(`the server refused the message: ${refusal}`);
		return await this.newest(chat);
	}

	/**
	 * Two of three generations answer a send without an id, so the row is looked up: it is the own
	 * one not seen yet.
	 */
	private async newest(chat: ChatAddress): Promise<StoredMessage> {
		const rows = await this.history(chat);
		const row = rows.findLast(
			({ senderId, id }) => senderId === this.session.userId && !this.known.has(id),
		);
		if (!row) throw new Error('the server confirmed a message, but its history does not have it');
		this.known.add(row.id);
		return row;
	}

	/**
	 * The newest 100 messages, oldest first; with `before` (float seconds) the newest ones before
	 * that.
	 */
	async history(chat: ChatAddress, before?: number): Promise<StoredMessage[]> {
		const until = before === undefined ? '' : `&before=${before}`;
		const rows = await this.session.request(
			'GET',
			`/api/messages/${chat.type}/${chat.id}?limit=100${until}`,
		);
		return (rows as HistoryRow[]).map(storedMessage);
	}

	private async connected(): Promise<Socket> {
		const socket = (this.socket ??= this.session.socket());
		if (socket.connected) return socket;
		await new Promise<void>((resolve, reject) => {
			// A socket that is closed while it connects says nothing.
			this.hangUp = () => {
				reject(new Error('the page was closed'));
			};
			socket.once('connect', resolve);
			socket.once('connect_error', reject);
			socket.connect();
		});
		return socket;
	}

	/** Closes the socket; the next message opens one again. */
	disconnect(): void {
		this.socket?.disconnect();
		this.hangUp?.();
	}
}

function frame(chat: ChatAddress, utterance: Utterance): object {
	const { content, contentType, fileUrl, fileName, mentions } = utterance;
	return {
		chat_type: chat.type,
		chat_id: chat.id,
		...(content === undefined ? {} : { content }),
		...(contentType === undefined ? {} : { content_type: contentType }),
		...(fileUrl === undefined ? {} : { file_url: fileUrl }),
		...(fileName === undefined ? {} : { file_name: fileName }),
		...(mentions === undefined ? {} : { mentions }),
	};
}
