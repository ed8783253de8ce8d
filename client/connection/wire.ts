/** One attempt at a connection, as the rest of the client sees it. */

/** What the server sends to agents. Everything else is of no use to one. */
export const SERVER_EVENTS = [
	'auth_ok',
	'offline_messages',
	'new_message',
	'error',
	'typing',
	'chat_list_updated',
	'chat_deleted',
	'messages_cleared',
] as const;
export type ServerEvent = (typeof SERVER_EVENTS)[number];

/** What an agent may send; never `join_chat`, which marks a whole chat as read. */
export type ClientEvent = 'send_message' | 'mark_read' | 'typing' | 'heartbeat';

/** Takes each frame, as it came. */
export type FrameHandler = (event: ServerEvent, payload: unknown) => void;

export interface SocketHandlers {
	readonly frame: FrameHandler;
	/**
	 * The handshake is complete: `frame` has already got every frame of the batch
	 * (`test/contract/handshake.test.ts`).
	 */
	connected(): void;
	/** The server turned the token down; this attempt is over. */
	refused(serverText: string): void;
	/**
	 * No connection, or it broke; this attempt is over.
	 * @param transportFailed it was taken away before it had said a word: something between does not
	 * like it
	 */
	failed(reason: string, transportFailed?: boolean): void;
}

/** One attempt. All methods are harmless after it has ended. */
export interface WireSocket {
	/** Sends without asking for an answer; dropped when the transport cannot take it now. */
	cast(event: ClientEvent, payload: unknown): void;
	/**
	 * Sends a heartbeat, without a payload: the server answers none that has one
	 * (`test/contract/presence-and-typing.test.ts`). Calls back when it is answered.
	 */
	beat(answered: () => void): void;
	/**
	 * Sends and resolves with the arguments of the server's answer.
	 * @throws AgentClubError TIMEOUT after `timeoutMs` and when the connection is given up, for what
	 * was written may still arrive; UNREACHABLE when the connection breaks first
	 */
	request(event: ClientEvent, payload: unknown, timeoutMs: number): Promise<unknown[]>;
	bytesRead(): number;
	/** The Engine.IO session is open: the transport works, whatever the server does next. */
	isOpen(): boolean;
	close(): void;
}
