import { AgentClubError } from '../../../client/errors';
import { checkMentionIds } from '../../../client/outbound/mention-ids';
import { cleanName } from '../../../client/protocol/display-name';
import type { Chat } from '../../../client/protocol/chat';
import { membersOf } from '../actions/message/send-mentions';
import type { OperationContext } from '../actions/operation';

/**
 * The people who may answer, with the names that their mentions show.
 * @throws AgentClubError SETTINGS for a name among the IDs, for who is not in the group, and where
 * nobody could answer in a direct chat
 */
export async function approversIn(
	context: OperationContext,
	chat: Chat,
	ids: readonly string[],
): Promise<Array<{ id: string; name: string }>> {
	if (ids.length === 0) return [];
	const members = chat.type === 'group' ? await membersOf(context, chat) : null;
	checkMentionIds(ids, members, 'Approvers');
	if (chat.type === 'direct') await checkPeer(context, chat, ids);
	return ids.map((id) => {
		const member = members?.find((each) => each.id === id);
		if (members && !member)
			throw new AgentClubError('SETTINGS', `The approver "${id}" is not in the group`, {
				remedy: 'Add that person to the group in Agent Club, or name somebody who is in it.',
			});
		return { id, name: member?.name ?? id };
	});
}

/** Of those who are named, only the person of a direct chat can write there. */
async function checkPeer(
	context: OperationContext,
	chat: Chat,
	ids: readonly string[],
): Promise<void> {
	const { directs } = await context.chats();
	const peer = directs.find(({ id }) => id === chat.id)?.peer;
	if (!peer || ids.includes(peer.id)) return;
	const named = ids.map((id) => `"${id}"`).join(', ');
	const name = cleanName(peer.name) || peer.id;
	throw new AgentClubError(
		'SETTINGS',
		`None of the approvers (${named}) is in the direct chat with ${name}, so nobody could answer`,
		{
			remedy:
				'Under "Send To" choose "A Person" and an approver, or a group with the approvers. ' +
				`Without "Approvers" ${name} may answer.`,
		},
	);
}
