import type { HistoryPage } from '../../client/http/agent-http';
import type { Identity } from '../../client/protocol/frames';
import type { Member } from '../../client/protocol/answers';
import { decodeMessage, isMalformed, type Message } from '../../client/protocol/message';

/** Frames and what becomes of them, with only that spelt out which a test is about. */

export const AGENT = 'u_agent';
export const ALICE = 'u_alice';
export const BOB = 'u_bob';
export const GROUP = { type: 'group', id: 'gc_1', key: 'group:gc_1' } as const;
export const OTHER_GROUP = { type: 'group', id: 'gc_2', key: 'group:gc_2' } as const;
export const DIRECT = { type: 'direct', id: 'dc_1', key: 'direct:dc_1' } as const;

/** When the first message of a test was said, in seconds. */
export const START = 1_700_000_000;

/** A `new_message` as newer servers send it, in the group and mentioning the agent. */
export function frame(
	id: string,
	overrides: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
	return {
		id,
		chat_type: GROUP.type,
		chat_id: GROUP.id,
		sender_id: ALICE,
		sender_name: 'Alice',
		sender_avatar: '',
		sender_is_agent: 0,
		content: `text of ${id}`,
		content_type: 'text',
		file_url: '',
		file_name: '',
		mentions: [AGENT],
		created_at: START,
		...overrides,
	};
}

/** The same, decoded. */
export function message(id: string, overrides: Readonly<Record<string, unknown>> = {}): Message {
	const decoded = decodeMessage(frame(id, overrides));
	if (isMalformed(decoded)) throw new Error(`not a message: ${decoded.malformed}`);
	return decoded;
}

/** Puts a message into another chat. */
export function inChat(
	chat: { type: string; id: string },
	overrides: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
	return { chat_type: chat.type, chat_id: chat.id, ...overrides };
}

/** Said so many seconds after the start. */
export function saidAt(
	seconds: number,
	overrides: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
	return { created_at: START + seconds, ...overrides };
}

export function member(id: string, name: string, overrides: Partial<Member> = {}): Member {
	return { id, name, username: name.toLowerCase(), kind: 'human', isOnline: true, ...overrides };
}

export function identityOf(userId: string): Identity {
	return { userId, displayName: 'Robo', role: 'agent', kind: 'agent', heartbeatInterval: 30_000 };
}

/** A page of a chat's history that has no more than these messages, oldest first. */
export function historyPage(
	messages: readonly Message[],
	serverTime: number | null = null,
): HistoryPage {
	return {
		messages,
		size: messages.length,
		oldest: messages[0]?.createdAt,
		newest: messages.at(-1)?.createdAt,
		serverTime,
	};
}
