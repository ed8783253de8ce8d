import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket as TcpSocket } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { FrameEditor } from '../../test/support/websocket-frames';
import { wallTime } from './figures';
import { BARE, OURS } from './receivers';

/**
 * So many messages, spread over so many chats in turn (in each the same person writes), each about
 * so long (bytes of text).
 */
export interface Flood {
	readonly count: number;
	readonly chats: number;
	readonly textBytes: number;
	/** Every id begins with it: two floods of the same name are the same messages. */
	readonly name: string;
}

export type FloodRequest =
	| { readonly do: 'address' }
	/** Makes ready what `go` writes. */
	| { readonly do: 'prepare'; readonly live: Flood }
	/** Writes it to one client at once; answers when it began, see `wallTime`. */
	| { readonly do: 'go'; readonly to: string }
	/** Says one message to it, with the moment as its time. */
	| { readonly do: 'one'; readonly to: string }
	/** Answers what it has sent: chat and content, in the order of arrival. */
	| { readonly do: 'sent'; readonly by: string }
	/** What the client's next connections bring; null is an empty batch. */
	| { readonly do: 'batch'; readonly to: string; readonly batch: Flood | null }
	/** What later connections are told: seconds between heartbeats. */
	| { readonly do: 'heartbeat'; readonly seconds: number }
	/** Breaks the client's connection. */
	| { readonly do: 'cut'; readonly to: string }
	/** Answers how it is with a client, see `Tally`. */
	| { readonly do: 'tally'; readonly of: string };

export interface Tally {
	readonly connections: number;
	/**
	 * When the last connect's batch was begun to be written, see `wallTime`; and its size on the
	 * wire.
	 */
	readonly batchAt: number;
	readonly batchBytes: number;
	readonly markFrames: number;
	readonly marked: number;
}

/** Whom everything is said to. */
export const AGENT_ID = 'user_a0000000000000000000000000000000';
/** Seconds; the time of the last message that was made. */
let saidAt = 1_790_000_000;
/** Seconds between heartbeats; long where they would only disturb. */
let heartbeat = 60;

interface Client extends Tally {
	socket: Socket | undefined;
	readonly sent: Array<readonly [chat: string, content: string]>;
	batch: Buffer;
	connections: number;
	batchAt: number;
	batchBytes: number;
	markFrames: number;
	marked: number;
}

/**
 * A server that speaks as Agent Club's newest does. It writes prepared bytes, so that a client
 * never waits for them to be made. Any token is let in, and tells the clients apart; to all but the
 * two usual ones each is an agent of its own.
 */
export async function serveFlood(): Promise<(request: FloodRequest) => unknown> {
	const clients = new Map<string, Client>();
	let prepared: Buffer = Buffer.alloc(0);
	let singles = 0;
	let groups = 1;
	const server = createServer(({ url = '' }, response) => {
		if (!url.startsWith('/socket.io/'))
			response
				.setHeader('content-type', 'application/json')
				.end(JSON.stringify(answerTo(url, groups)));
	});
	const io = new Server(server, { serveClient: false, maxHttpBufferSize: 1e8 });
	io.use((socket, next) => {
		const token = String((socket.handshake.auth as { agent_token?: unknown }).agent_token);
		welcome(clientOf(token), socket, token === OURS || token === BARE ? AGENT_ID : agentOf(token));
		next();
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');

	function clientOf(token: string): Client {
		const known = clients.get(token);
		if (known) return known;
		const client: Client = {
			socket: undefined,
			sent: [],
			batch: batchOf(null),
			connections: 0,
			batchAt: 0,
			batchBytes: 0,
			markFrames: 0,
			marked: 0,
		};
		clients.set(token, client);
		return client;
	}

	return (request) => {
		switch (request.do) {
			case 'address':
				return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
			case 'prepare':
				groups = Math.max(groups, request.live.chats);
				prepared = Buffer.concat(
					Array.from(messagesOf(request.live), (message) => packet('new_message', message)),
				);
				return undefined;
			case 'go': {
				const { socket } = clientOf(request.to);
				if (!socket) throw new Error(`${request.to} is not connected`);
				const at = wallTime();
				tcpOf(socket).write(prepared);
				return at;
			}
			case 'one': {
				const { socket } = clientOf(request.to);
				const [message] = messagesOf({
					count: 1,
					chats: 1,
					textBytes: 150,
					name: `one${(singles += 1)}x`,
				});
				if (socket)
					tcpOf(socket).write(packet('new_message', { ...message, created_at: wallTime() / 1000 }));
				return undefined;
			}
			case 'sent':
				return clientOf(request.by).sent;
			case 'batch':
				clientOf(request.to).batch = batchOf(request.batch);
				return undefined;
			case 'heartbeat':
				heartbeat = request.seconds;
				return undefined;
			case 'cut': {
				const { socket } = clientOf(request.to);
				if (socket) tcpOf(socket).destroy();
				return undefined;
			}
			case 'tally': {
				const { connections, batchAt, batchBytes, markFrames, marked } = clientOf(request.of);
				return { connections, batchAt, batchBytes, markFrames, marked } satisfies Tally;
			}
		}
	};
}

/**
 * Identity and batch go out before the library writes its CONNECT packet, as from the real server.
 */
function welcome(client: Client, socket: Socket, agentId: string): void {
	client.socket = socket;
	client.connections += 1;
	client.batchAt = wallTime();
	client.batchBytes = client.batch.length;
	const identity = {
		user_id: agentId,
		display_name: 'Bench',
		role: 'agent',
		is_agent: 1,
		heartbeat_interval: heartbeat,
	};
	tcpOf(socket).write(packet('auth_ok', identity));
	tcpOf(socket).write(client.batch);
	socket.on('heartbeat', (acknowledge: () => void) => {
		acknowledge();
	});
	socket.on(
		'send_message',
		(sent: { chat_id: string; content: string }, acknowledge: (answer: unknown) => void) => {
			client.sent.push([sent.chat_id, sent.content]);
			const { message_id, created_at } = {
				message_id: `msg_${String(client.sent.length).padStart(32, 'a')}`,
				created_at: wallTime() / 1000,
			};
			// The sender hears its own message first.
			socket.emit('new_message', {
				...sent,
				id: message_id,
				created_at,
				sender_id: agentId,
				sender_name: 'Bench',
				sender_is_agent: 1,
			});
			acknowledge({ ok: true, message_id, created_at });
		},
	);
	socket.on(
		'mark_read',
		({ message_ids: ids }: { message_ids: readonly string[] }, acknowledge: () => void) => {
			client.markFrames += 1;
			client.marked += ids.length;
			acknowledge();
		},
	);
}

/** Beneath the library: it writes each packet by itself, which takes longer than reading it. */
function tcpOf(socket: Socket): TcpSocket {
	const { transport } = socket.conn as unknown as {
		readonly transport: { readonly socket: { readonly _socket: TcpSocket } };
	};
	return transport.socket._socket;
}

function packet(event: string, payload: unknown): Buffer {
	return FrameEditor.encode(`42${JSON.stringify([event, payload])}`);
}

function batchOf(flood: Flood | null): Buffer {
	return packet('offline_messages', flood ? Array.from(messagesOf(flood)) : []);
}

/**
 * What the agent's HTTP endpoints answer: a chat is a group of the agent and of the one who writes
 * there, and has no history.
 */
function answerTo(url: string, groups: number): unknown {
	if (url.startsWith('/api/agent/chats')) {
		return {
			groups: Array.from({ length: groups }, (_, number) => ({
				id: idOf('gc', number),
				name: `Team ${number}`,
				description: '',
				created_at: saidAt,
			})),
			directs: [],
		};
	}
	const number = /\/groups\/gc_0*(\d+)\/members/.exec(url)?.[1];
	if (number === undefined) return [];
	const member = { username: 'mia', display_name: 'Mia Example', is_agent: 0, is_online: 1 };
	return [
		{ ...member, id: idOf('user', Number(number)) },
		{ ...member, id: AGENT_ID, username: 'bench', display_name: 'Bench', is_agent: 1 },
	];
}

function agentOf(token: string): string {
	return `user_${createHash('md5').update(token).digest('hex')}`;
}

function idOf(kind: 'gc' | 'user', number: number): string {
	return `${kind}_${String(number).padStart(32, '0')}`;
}

export function* messagesOf({
	count,
	chats,
	textBytes,
	name,
}: Flood): Iterable<Record<string, unknown>> {
	const text =
		`<at user_id="${AGENT_ID}">Bench</at> ` +
		'What is the soup of the day, and is there any left? '.repeat(Math.ceil(textBytes / 52));
	for (let number = 0; number < count; number += 1) {
		saidAt += 0.001;
		yield {
			id: `msg_${name}${String(number).padStart(32 - name.length, '0')}`,
			chat_type: 'group',
			chat_id: idOf('gc', number % chats),
			sender_id: idOf('user', number % chats),
			sender_name: 'Mia Example',
			sender_avatar: '/avatars/mia.png',
			sender_is_agent: 0,
			content: text.slice(0, textBytes),
			content_type: 'text',
			file_url: '',
			file_name: '',
			mentions: [AGENT_ID],
			created_at: saidAt,
		};
	}
}
