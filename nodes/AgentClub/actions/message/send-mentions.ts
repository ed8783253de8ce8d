import { checkMentionIds, mayBeName } from '../../../../client/outbound/mention-ids';
import { resolveNames } from '../../../../client/outbound/resolve-names';
import type { Chat } from '../../../../client/protocol/chat';
import { repairTags } from '../../../../client/protocol/mention-tags';
import { CONNECT_DEADLINE, type OperationContext } from '../operation';
import type { SendOperationRequest } from './send-request';

/** ms. Short, because who has left must not be mentioned. */
const ROSTER_AGE = 5000;
/** @throws AgentClubError SETTINGS for a name among the IDs */
export async function checkMentionIdsOf(
	context: OperationContext,
	ids: readonly string[],
	chat: Chat,
): Promise<void> {
	if (!ids.some(mayBeName)) return;
	const { session, signal } = context;
	await session.whenReady(CONNECT_DEADLINE, signal);
	const { directory, identity } = session;
	if (chat.type === 'group') {
		checkMentionIds(ids, await directory.roster(chat.id, ROSTER_AGE, identity?.userId ?? ''));
		return;
	}
	const { directs } = await context.chats();
	const self = identity ? [{ id: identity.userId, name: identity.displayName }] : [];
	const peers = directs.filter(({ id }) => id === chat.id).map(({ peer }) => peer);
	checkMentionIds(ids, [...peers, ...self]);
}

/**
 * `@Name` becomes a mention in groups; where the members cannot be told, the text goes as it is.
 */
export async function withMentions(
	{ session, signal }: OperationContext,
	request: SendOperationRequest,
	chat: Chat,
): Promise<string> {
	if (request.format === 'code') return request.text;
	const text = repairTags(request.text);
	if (!request.resolveNames || chat.type !== 'group' || !/[@＠﹫]/.test(text)) return text;
	await session.whenReady(CONNECT_DEADLINE, signal);
	const { directory } = session;
	const allowAll = request.allowMentionAll;
	const members = await directory.roster(chat.id, ROSTER_AGE, session.identity?.userId ?? '');
	const resolved = resolveNames(text, { members: members ?? [], allowAll });
	if (!resolved.hasStranger) return resolved.text;
	const newMembers = await directory.rosterForStranger(chat.id);
	return newMembers ? resolveNames(text, { members: newMembers, allowAll }).text : resolved.text;
}
