import { AgentClubError } from '../../../client/errors';
import { checkMentionIds } from '../../../client/outbound/mention-ids';
import type { Chat } from '../../../client/protocol/chat';
import type { OperationContext } from '../actions/operation';

/** ms. Short, because who has left must not be asked. */
const ROSTER_AGE = 5000;

/**
 * The people who may answer, with the names that their mentions show.
 * @throws AgentClubError SETTINGS for a name among the IDs, and for who is not in the group
 */
export async function approversIn(
	{ session }: OperationContext,
	chat: Chat,
	ids: readonly string[],
): Promise<Array<{ id: string; name: string }>> {
	if (ids.length === 0) return [];
	const members =
		chat.type === 'group'
			? await session.directory.roster(chat.id, ROSTER_AGE, session.identity?.userId ?? '')
			: null;
	checkMentionIds(ids, members);
	return ids.map((id) => {
		const member = members?.find((each) => each.id === id);
		if (members && !member)
			throw new AgentClubError('SETTINGS', `The approver "${id}" is not in the group`, {
				remedy: 'Add that person to the group in Agent Club, or name somebody who is in it.',
			});
		return { id, name: member?.name ?? id };
	});
}
