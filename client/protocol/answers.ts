import * as z from 'zod/v4-mini';
import { AgentClubError } from '../errors';
import { describeIssues, flagField, idField, secondsField, textField } from './fields';
import { fileKindOf, type FileKind } from './file-kinds';

/**
 * The answers of the agent's HTTP endpoints. A row that cannot be read is left out; a whole answer
 * that cannot is an error.
 */

export interface GroupChat {
	readonly id: string;
	readonly name: string;
	readonly description: string;
	/** Seconds since 1970. */
	readonly createdAt: number | null;
}

export interface DirectChat {
	readonly id: string;
	readonly createdAt: number | null;
	readonly peer: {
		readonly id: string;
		readonly name: string;
		readonly kind: 'human' | 'agent';
		readonly isOnline: boolean;
	};
	readonly description: string;
}

export interface Chats {
	readonly groups: readonly GroupChat[];
	readonly directs: readonly DirectChat[];
	/** The agent's own id, which only direct chats tell. */
	readonly selfId?: string | undefined;
}

/** One member of a group. */
export interface Member {
	readonly id: string;
	readonly name: string;
	readonly username: string;
	readonly kind: 'human' | 'agent';
	readonly isOnline: boolean;
}

export interface UploadedFile {
	/** As the server gave it, relative to its origin. */
	readonly url: string;
	/** The server's own, sanitised name. */
	readonly fileName: string;
	readonly kind: FileKind;
}

const optionalSeconds = z.catch(z.nullable(secondsField), null);

const groupSchema = z.object({
	id: idField,
	name: textField,
	description: textField,
	created_at: optionalSeconds,
});

const directSchema = z.object({
	id: idField,
	created_at: optionalSeconds,
	user1_id: textField,
	user2_id: textField,
	peer_id: idField,
	peer_name: textField,
	peer_description: textField,
	peer_is_agent: flagField,
	peer_online: flagField,
});

const memberSchema = z.object({
	id: idField,
	username: textField,
	display_name: textField,
	is_agent: flagField,
	is_online: flagField,
});

const chatsSchema = z.object({ groups: z.array(z.unknown()), directs: z.array(z.unknown()) });
const uploadSchema = z.object({
	url: z.string().check(z.minLength(1)),
	filename: textField,
	content_type: textField,
});

/** @throws AgentClubError BAD_ANSWER */
export function readChats(answer: unknown): Chats {
	const { groups, directs } = whole(chatsSchema, answer, 'list of chats');
	const directRows = rows(directSchema, directs);
	return {
		selfId: directRows.flatMap(({ user1_id: first, user2_id: second, peer_id: peer }) =>
			[first, second].filter((id) => id !== '' && id !== peer),
		)[0],
		groups: rows(groupSchema, groups).map((row) => ({
			id: row.id,
			name: row.name,
			description: row.description,
			createdAt: row.created_at,
		})),
		directs: directRows.map((row) => ({
			id: row.id,
			createdAt: row.created_at,
			description: row.peer_description,
			peer: {
				id: row.peer_id,
				name: row.peer_name,
				kind: kindOf(row.peer_is_agent),
				isOnline: row.peer_online,
			},
		})),
	};
}

/** @throws AgentClubError BAD_ANSWER */
export function readMembers(answer: unknown): Member[] {
	return rows(memberSchema, whole(z.array(z.unknown()), answer, 'list of members')).map((row) => ({
		id: row.id,
		name: row.display_name || row.username,
		username: row.username,
		kind: kindOf(row.is_agent),
		isOnline: row.is_online,
	}));
}

/** @throws AgentClubError BAD_ANSWER */
export function readUpload(answer: unknown): UploadedFile {
	const row = whole(uploadSchema, answer, 'answer to an upload');
	return { url: row.url, fileName: row.filename, kind: fileKindOf(row.content_type) };
}

/** @throws AgentClubError BAD_ANSWER */
export function readHistoryRows(answer: unknown): unknown[] {
	return whole(z.array(z.unknown()), answer, 'message history');
}

function kindOf(isAgent: boolean): 'human' | 'agent' {
	return isAgent ? 'agent' : 'human';
}

function whole<T>(schema: z.ZodMiniType<T>, answer: unknown, what: string): T {
	const result = z.safeParse(schema, answer);
	if (result.success) return result.data;
	throw new AgentClubError(
		'BAD_ANSWER',
		`The server's ${what} has an unknown form (${describeIssues(result.error)})`,
		{
			remedy:
				'Check that the server URL leads to an Agent Club server, and that no proxy in ' +
				'between answers for it.',
		},
	);
}

function rows<T>(schema: z.ZodMiniType<T>, list: readonly unknown[]): T[] {
	return list.flatMap((row) => {
		const result = z.safeParse(schema, row);
		return result.success ? [result.data] : [];
	});
}
