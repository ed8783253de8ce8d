import type { IDataObject } from 'n8n-workflow';
import { AgentClubError } from '../../../client/errors';
import { type HistoryRange, readHistory } from '../../../client/http/history';
import { fetchAttachment } from '../../../client/inbound/item/attachments';
import { NO_ROSTER, type PreparedMessage } from '../../../client/inbound/item/prepare';
import type { Chats, Member } from '../../../client/protocol/answers';
import type { Chat } from '../../../client/protocol/chat';
import type { Identity } from '../../../client/protocol/frames';
import { binarySink } from '../../shared/binary-sink';
import { messageJson } from '../../shared/message-json';
import { CONNECT_DEADLINE, type OperationContext } from '../actions/operation';
import { askAbout, notInChat } from '../chats/access';

/**
 * Messages of the past, with what else an item says about them. Files are described, and stay on
 * the server.
 */

const ROSTER_AGE = 60_000;
const DESCRIBE_ONLY = { download: 'none', maxBytes: 0 } as const;

export interface PastMessages {
	readonly identity: Identity;
	readonly chatName: string | null;
	/** Null in a direct chat, and where it was not asked for or could not be had. */
	readonly roster: readonly Member[] | null;
	/** Oldest first. */
	readonly messages: ReadonlyArray<PreparedMessage<unknown>>;
}

/** @throws AgentClubError, also where the agent does not take part in the chat */
export async function pastMessages(
	context: OperationContext,
	chat: Chat,
	range: HistoryRange,
	includeRoster: boolean,
): Promise<PastMessages> {
	const { host, session, signal } = context;
	await session.whenReady(CONNECT_DEADLINE, signal);
	const { context: agent } = session.inbox;
	if (!agent)
		throw new AgentClubError(
			'OFFLINE',
			'The connection was lost before the server said who the agent is',
			{ retriable: true },
		);
	const found = await askAbout(
		chat,
		readHistory(
			(of, request) => session.ask(() => session.http.history(of, request), signal),
			chat,
			{ ...range, signal },
		),
	);
	const known = nameIn(await context.chats(), chat);
	// The oldest servers let anybody read any chat, and return an empty history for an id that does
	// not exist (`test/contract/http.test.ts`).
	if (known === undefined && found.length === 0) throw notInChat(chat);
	const chatName = known ?? null;
	const { identity } = agent;
	const isRosterWanted = includeRoster && chat.type === 'group';
	const roster = isRosterWanted
		? await session.ask(
				() => agent.directory.rosterUnlessAway(chat.id, ROSTER_AGE, identity.userId),
				signal,
			)
		: null;
	const problems = isRosterWanted && !roster ? [NO_ROSTER] : [];
	const messages: Array<PreparedMessage<unknown>> = [];
	for (const message of found) {
		const file = await fetchAttachment(
			message,
			DESCRIBE_ONLY,
			agent.files,
			binarySink(host.helpers),
			agent.clock,
		);
		messages.push({
			message,
			messages: [message],
			context: [],
			identity,
			chatName,
			roster,
			attachments: file ? [file] : [],
			problems,
		});
	}
	return { identity, chatName, roster, messages };
}

/** The item of a message of the past: that of the trigger, but for how it was delivered. */
export function pastMessageJson(prepared: PreparedMessage<unknown>): IDataObject {
	const attachments = prepared.attachments.map(
		({ fileName, kind, mimeType, fileSize, url, messageId, problem }): IDataObject => {
			return {
				fileName,
				kind,
				mimeType,
				fileSize,
				url,
				messageId,
				problem,
				binaryPropertyName: null,
			};
		},
	);
	return messageJson(prepared, attachments, {
		senderPrefix: true,
		mentionGuide: prepared.roster === null ? 'off' : 'field',
		mentionGuideText: '',
		collected: false,
		ignoreMentionAll: false,
	});
}

/** A group's name or the other person's; undefined for a chat that the agent is not in. */
function nameIn({ groups, directs }: Chats, { type, id }: Chat): string | undefined {
	return type === 'group'
		? groups.find((group) => group.id === id)?.name
		: directs.find((direct) => direct.id === id)?.peer.name;
}
