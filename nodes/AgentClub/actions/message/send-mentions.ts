import { checkMentionIds, mayBeName } from '../../../../client/outbound/mention-ids';
import { isAway } from '../../../../client/http/http-errors';
import type { Member } from '../../../../client/protocol/answers';
import { mayHaveNames, resolveNames } from '../../../../client/outbound/resolve-names';
import type { Chat } from '../../../../client/protocol/chat';
import { repairTags } from '../../../../client/outbound/repair-tags';
import { CONNECT_DEADLINE, type OperationContext } from '../operation';
import type { SendOperationRequest } from './send-request';

/**
 * ms. Short, because who has left must not be mentioned or asked. But a loop over many items asks
 * once a second, and not for each item.
 */
const ROSTER_AGE = 1000;

/** @throws AgentClubError SETTINGS for a name among the IDs */
export async function checkMentionIdsOf(
	context: OperationContext,
	ids: readonly string[],
	chat: Chat,
): Promise<void> {
	if (!ids.some(mayBeName)) return;
	const { session, signal } = context;
	if (chat.type === 'group') {
		checkMentionIds(ids, await membersOf(context, chat));
		return;
	}
	await session.whenReady(CONNECT_DEADLINE, signal);
	const { identity } = session;
	const { directs } = await context.chats();
	const self = identity ? [{ id: identity.userId, name: identity.displayName }] : [];
	const peers = directs.filter(({ id }) => id === chat.id).map(({ peer }) => peer);
	checkMentionIds(ids, [...peers, ...self]);
}

/**
 * `@Name` becomes a mention in groups; where the members cannot be told, the text goes as it is.
 */
export async function withMentions(
	context: OperationContext,
	request: SendOperationRequest,
	chat: Chat,
): Promise<string> {
	if (request.format === 'code') return request.text;
	const exact = repairTags(request.text);
	if (!request.resolveNames || chat.type !== 'group') return exact;
	if (!mayHaveNames(exact)) return exact;
	const { directory, clock } = context.session;
	const since = clock.now();
	const allowAll = request.allowMentionAll;
	const members = await membersOf(context, chat);
	const resolved = resolveNames(exact, { members: members ?? [], allowAll });
	const { strangers } = resolved;
	if (strangers.length === 0) return resolved.text;
	const newMembers = await ask(context, () =>
		directory.rosterForStrangers(chat.id, strangers, since),
	);
	return newMembers ? resolveNames(exact, { members: newMembers, allowAll }).text : resolved.text;
}

/**
 * The members of a group as they are now, null where the server does not tell them. Waits for the
 * connection while the server is away.
 * @throws AgentClubError OFFLINE, CANCELLED, ...
 */
export async function membersOf(
	context: OperationContext,
	chat: Chat,
): Promise<readonly Member[] | null> {
	const { session, signal } = context;
	await session.whenReady(CONNECT_DEADLINE, signal);
	const self = session.identity?.userId ?? '';
	const members = await ask(context, () =>
		session.directory.rosterUnlessAway(chat.id, ROSTER_AGE, self),
	);
	return members ?? null;
}

/**
 * Waits for the connection while the server is away, as the text itself does. Undefined where HTTP
 * fails again and again although there is a connection.
 * @throws AgentClubError OFFLINE, CANCELLED, ...
 */
async function ask<T>(
	{ session, signal }: OperationContext,
	question: () => Promise<T>,
): Promise<T | undefined> {
	const answer = session.ask(question, signal);
	return await answer.catch((error: unknown) => {
		if (isAway(error)) return undefined;
		throw error;
	});
}
